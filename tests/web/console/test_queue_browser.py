"""The queues in a real browser: rows come and go, alerts, and the keyboard."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect
from starlette.types import ASGIApp

from bot.handoff.ids import new_id
from bot.handoff.records import utc_now
from bot.handoff.tables import cases, consent_records
from bot.settings import Settings, read_settings
from bot.texts import text
from bot.web.services import Services
from tests.conftest import free_port

PASSWORD = "a long enough password"
PATIENCE = 15_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]

pytestmark = pytest.mark.browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    port = str(free_port())
    given = {"VAR": str(tmp_path), "SECRET": "s" * 40, "RASA_PORT": "1", "WEB_PORT": port}
    return read_settings({f"BROBYGGER_{name}": value for name, value in given.items()})


@pytest.fixture
async def address(services: Services, console: ASGIApp) -> AsyncIterator[str]:
    port = services.settings.web_port
    server = uvicorn.Server(uvicorn.Config(console, port=port, log_level="error", lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = server.force_exit = True
    await serving


@pytest.fixture
async def desk(services: Services, address: str) -> AsyncIterator[Page]:
    """A coordinator who has signed in, in English; notifications are allowed and written down."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("BROBYGGER_TEST_REQUIRE") == "all":
            pytest.fail("there is no chromium on this machine, and BROBYGGER_TEST_REQUIRE=all asks for it")
        pytest.skip("there is no chromium on this machine")
    services.accounts.create("kari", "coordinator", PASSWORD)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        context = await browser.new_context(locale="en", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        await context.add_init_script(
            "window.shown = []; window.Notification = class { static permission = 'granted';"
            " static requestPermission = async () => 'granted';"
            " constructor(title, given) { window.shown.push(given.body); } };"
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{address}/console/sign-in?language=en")
        await page.locator("#name").fill("kari")
        await page.locator("#password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#waiting-cases")).to_be_visible()
        yield page
        assert errors == []
        await browser.close()


@pytest.fixture
def arrive(services: Services, guide: Any) -> Callable[..., Any]:
    """Let a case come into the queue while pages are open."""

    async def make(**columns: Any) -> str:
        now = utc_now()
        talk = services.conversations.create(language="uk", municipality="fjordvik")[0].id
        case = services.handoff.offer(talk, reason="own_case", topic="barnehage.cost").id
        values = {"state": "queued", "queued_at": now, "waiting_at": now, "share": "contact_only"} | columns
        with services.engine.begin() as connection:
            connection.execute(sa.update(cases).where(cases.c.id == case).values(**values))
            consent = {"case_id": case, "schema_version": "1", "notice_version": "1", "notice_language": "uk"}
            consent |= {"id": new_id(), "notice_sha256": "0", "data": ["request", "messages"], "purpose": "handoff"}
            consent |= {"recipients": [{"kind": "coordinators", "municipality": "fjordvik"}], "retention_days": 90}
            connection.execute(sa.insert(consent_records).values(**consent, given_at=now, state="given"))
        await services.wakeups.wake("queue")
        return case

    return make


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where a folder was named."""
    folder = os.environ.get("BROBYGGER_TEST_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_cases_come_and_go_without_a_reload_and_the_focus_stays_near(
    desk: Page, arrive: Any, services: Services
) -> None:
    first, second = await arrive(), await arrive()
    await expect(desk.locator("tr[data-case]")).to_have_count(2)
    await expect(desk).to_have_title("(2) New cases – Brobygger")
    await desk.locator(f"#open-{first}").focus()
    await arrive(urgency="U0")
    await expect(desk.locator("tr[data-case]")).to_have_count(3)
    await expect(desk.locator(f"#open-{first}")).to_be_focused()
    services.handoff.claim(first, services.accounts.create("ola", "coordinator", PASSWORD)[0].id)
    await services.wakeups.wake("queue")
    await expect(desk.locator("tr[data-case]")).to_have_count(2)
    await expect(desk.locator(f"#open-{second}")).to_be_focused()
    await expect(desk.locator("#queue-all .count")).to_have_text("3")


async def test_an_alert_names_the_case_only_and_danger_sounds_and_reads_different(desk: Page, arrive: Any) -> None:
    await desk.locator("#sound").click()
    await desk.locator("#notify").click()
    await desk.locator("#queue-mine").click()  # alerts come whatever list is open
    await expect(desk.locator("#my-cases")).to_be_visible()
    case = await arrive()
    await expect(desk.locator("#announcer")).to_have_text(text("console.alert_new", "en", case=case).value)
    assert await desk.evaluate("document.body.dataset.sounded") == "usual"
    danger = await arrive(urgency="U0")
    told = text("console.queues.alert_danger", "en", case=danger).value
    await expect(desk.locator("#alarm")).to_have_text(told)
    assert await desk.evaluate("document.body.dataset.sounded") == "danger"
    assert await desk.evaluate("window.shown") == [text("console.alert_new", "en", case=case).value, told]
    await picture(desk, "queue-danger")


async def test_a_told_danger_goes_away_when_the_case_has_somebody(desk: Page, arrive: Any, services: Services) -> None:
    danger = await arrive(urgency="U0")
    await expect(desk.locator("#alarm")).to_contain_text(danger)
    services.handoff.claim(danger, services.accounts.create("ola", "coordinator", PASSWORD)[0].id)
    await services.wakeups.wake("queue")
    await expect(desk.locator("#alarm")).to_be_empty()


async def test_the_queues_are_worked_by_keyboard(desk: Page, arrive: Any) -> None:
    first, second = await arrive(), await arrive()
    await expect(desk.locator("tr[data-case]")).to_have_count(2)
    for key, at in (("j", first), ("j", second), ("j", second), ("k", first)):
        await desk.keyboard.press(key)
        await expect(desk.locator(f"#open-{at}")).to_be_focused()
    await desk.keyboard.press("/")
    await expect(desk.locator("#search")).to_be_focused()
    await desk.keyboard.type("j?c")
    await expect(desk.locator("#search")).to_have_value("j?c")
    await desk.locator(f"#open-{first}").focus()
    await desk.keyboard.press("c")
    await desk.wait_for_url(f"**/console/cases/{first}")
    await desk.keyboard.press("r")
    await expect(desk.locator("#reply")).to_be_focused()
    await desk.locator("h1").click()
    await desk.keyboard.press("n")
    await expect(desk.locator("#note")).to_be_focused()
    await desk.locator("h1").click()
    for key, queue in zip("ntmwaxs", ("new", "team", "mine", "waiting", "all", "closed", "snoozed"), strict=True):
        await desk.wait_for_load_state("load")
        await desk.keyboard.press("g")
        await desk.keyboard.press(key)
        await expect(desk.locator(f"#queue-{queue}")).to_have_attribute("aria-current", "page")


async def test_the_list_of_keys_is_a_dialog_and_can_switch_them_off(desk: Page, arrive: Any) -> None:
    await arrive()
    await expect(desk.locator("tr[data-case]")).to_have_count(1)
    opener, dialog = desk.locator("#shortcuts-open"), desk.locator("#shortcuts")
    await opener.focus()
    await desk.keyboard.press("?")
    await expect(dialog).to_be_visible()
    await picture(desk, "queue-keys")
    await desk.keyboard.press("j")
    await desk.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()
    await opener.click()
    await desk.locator("#shortcuts-on").uncheck()
    await desk.keyboard.press("Escape")
    await desk.reload()
    await desk.keyboard.press("?")
    await desk.keyboard.press("j")
    await expect(dialog).to_be_hidden()
    assert await desk.evaluate("document.activeElement === document.body")
    await opener.click()
    await expect(dialog).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["nb", "en"])
async def test_axe_finds_nothing_grave_in_the_queues_and_nothing_is_wider_than_the_page(
    language: str, width: int, desk: Page, arrive: Any, address: str
) -> None:
    for urgency in ("U1", "U0", "U2"):
        await arrive(urgency=urgency)
    await desk.set_viewport_size({"width": width, "height": 900})
    for path in (
        f"/console?language={language}",
        "/console?queue=new&urgency=U1",
        "/console?queue=all",
        "/console/search",
    ):
        await desk.goto(address + path)
        await picture(desk, f"queue-{language}-{width}-{path[8:].replace('?', '').replace('/', '').replace('&', '')}")
        looked = (await Axe().run(desk)).response
        grave = [one for one in looked["violations"] if one["impact"] in ("serious", "critical")]
        assert grave == [], path
        assert await desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


async def test_a_case_that_is_back_sounds_once_also_when_nobody_was_there(
    desk: Page, arrive: Any, services: Services, address: str
) -> None:
    await desk.locator("#sound").click()
    await desk.locator("#notify").click()
    case = await arrive()
    kari = services.accounts.named("kari")
    assert kari is not None
    services.handoff.claim(case, kari.id)
    services.handoff.snooze(case, kari.id, utc_now() + timedelta(hours=1))
    await desk.goto(f"{address}/console/account")  # no page that is open hears of changes
    with services.engine.begin() as connection:
        connection.execute(sa.update(cases).where(cases.c.id == case).values(snoozed_until=utc_now()))
    told = text("console.queues.alert_woken", "en", case=case).value
    second = await desk.context.new_page()
    for page in (desk, second):
        await page.goto(f"{address}/console?queue=mine")
    await expect(desk.locator(f"tr[data-case={case}] .back")).to_be_visible()
    await desk.wait_for_function("() => window.shown.length > 0 || document.hidden")
    await asyncio.sleep(1)
    shown = [one for page in (desk, second) for one in await page.evaluate("window.shown")]
    assert shown == [told]
    await desk.reload()
    await expect(desk.locator(f"tr[data-case={case}] .back")).to_be_visible()
    await asyncio.sleep(1)
    assert await desk.evaluate("window.shown") == []
    await picture(desk, "queue-back")
    await desk.locator(f"#open-{case}").click()
    await desk.goto(f"{address}/console?queue=mine")
    await expect(desk.locator(f"tr[data-case={case}]")).to_be_visible()
    await expect(desk.locator(".back")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_pages_of_a_lead_fit_in_one_row_and_the_rest_opens_by_keyboard(
    language: str, width: int, desk: Page, services: Services, address: str
) -> None:
    services.accounts.create("ida", "lead", PASSWORD)
    await desk.context.clear_cookies()
    await desk.goto(f"{address}/console/sign-in?language={language}")
    await desk.locator("#name").fill("ida")
    await desk.locator("#password").fill(PASSWORD)
    await desk.locator("main form button").first.click()
    await expect(desk.locator("#more")).to_be_visible()
    await desk.set_viewport_size({"width": width, "height": 900})
    header = await desk.locator("header").bounding_box()
    assert header is not None
    if width == 1280:
        assert header["height"] < 60, "one row"
    await expect(desk.locator("#more a").first).to_be_hidden()
    await desk.locator("#more summary").focus()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#more a")).to_have_count(6)
    await picture(desk, f"menu-{language}-{width}")
    for link in await desk.locator("#more a").all():
        await desk.keyboard.press("Tab")
        await expect(link).to_be_focused()
        box = await link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    await desk.keyboard.press("Escape")
    await expect(desk.locator("#more a").first).to_be_hidden()
    await expect(desk.locator("#more summary")).to_be_focused()
    assert await desk.evaluate("document.documentElement.scrollWidth") <= width
    await desk.keyboard.press("Space")
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await desk.wait_for_url("**/console/teams")
    await expect(desk.locator("#more [aria-current=page]")).to_have_count(1)
    looked = (await Axe().run(desk)).response
    assert [one for one in looked["violations"] if one["impact"] in ("serious", "critical")] == []


async def test_the_menu_of_a_lead_opens_without_a_script(desk: Page, services: Services, address: str) -> None:
    services.accounts.create("ida", "lead", PASSWORD)
    browser = desk.context.browser
    assert browser is not None
    context = await browser.new_context(java_script_enabled=False, locale="en")
    page = await context.new_page()
    await page.goto(f"{address}/console/sign-in?language=en")
    await page.locator("#name").fill("ida")
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#more summary").press("Enter")
    await page.get_by_role("link", name="Audit log").click()
    await expect(page.locator("h1")).to_have_text("Audit log")
    await context.close()
