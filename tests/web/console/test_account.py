"""One's own account and a lead's pages for those of others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from bot.handoff.records import utc_now
from bot.handoff.second_factor import SecondFactor
from bot.handoff.tables import accounts
from bot.texts import text
from bot.web.console.account import CODE_COOKIE
from bot.web.console.live import watcher
from bot.web.console.session import COOKIE
from bot.web.services import Services
from tests.handoff.steps import new_cases

PASSWORD = "a long enough password"


def say(key: str, **values: object) -> str:
    return text(f"console.people.{key}", "en", **values).value


def shown(page: str) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code></li>", page)


@pytest.fixture
async def lena(open_desk: Any) -> Any:
    return await open_desk("lena", "lead")


async def test_codes_are_switched_on_by_picture_and_asked_for_from_then_on(kari: Any, services: Services) -> None:
    page = await kari.send("/console/account/code/begin", password=PASSWORD)
    assert "<svg" in page.text
    assert " style=" not in page.text
    assert "<script" not in page.text.split("<svg")[1].split("</svg>")[0]
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page.text)
    assert secret is not None
    generator = pyotp.TOTP(secret[1])
    wrong = await kari.send("/console/account/code/confirm", code="000000")
    assert say("wrong_code") in wrong.text
    given = await kari.send("/console/account/code/confirm", code=generator.now())
    codes = shown(given.text)
    assert len(codes) == 10
    after = (await kari.get("/console/account")).text
    assert secret[1] not in after
    assert not any(code in after for code in codes)
    await kari.send("/console/sign-out")
    asked = await kari.sign_in(after="/console/account")
    assert asked.url.path == "/console/sign-in/code"
    assert COOKIE not in kari.http.cookies
    assert (await kari.get("/console")).url.path == "/console/sign-in"
    again = await kari.send("/console/sign-in/code", code="000000", next="/console/account")
    assert again.status_code == 401
    arrived = await kari.send("/console/sign-in/code", code=codes[0], next="/console/account")
    assert arrived.url.path == "/console/account"
    assert CODE_COOKIE not in kari.http.cookies
    assert say("code_is_on", number=9) in arrived.text


async def test_a_code_without_a_password_before_it_opens_nothing(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    page = await desk.send("/console/sign-in/code", code="123456")
    assert page.status_code == 409
    assert say("too_late") in page.text


async def test_the_lock_out_holds_for_codes_too(kari: Any, services: Services) -> None:
    factor = SecondFactor(services.engine, services.settings.secret)
    assert factor.begin(kari.account.id, PASSWORD)
    set_up = factor.waiting(kari.account.id)
    assert set_up is not None
    assert factor.confirm(kari.account.id, pyotp.TOTP(set_up.secret).at(datetime.now(UTC)))
    await kari.send("/console/sign-out")
    await kari.sign_in()
    pages = [await kari.send("/console/sign-in/code", code="000000") for _ in range(6)]
    assert [page.status_code for page in pages] == [401] * 5 + [429]


async def test_the_own_password_is_changed_with_the_old_one(kari: Any) -> None:
    new = "quite another password"
    for old, first, again, problem in (
        ("wrong wrong wrong", new, new, "wrong_password"),
        (PASSWORD, new, new + "!", "not_the_same"),
        (PASSWORD, PASSWORD, PASSWORD, "the_old_one"),
    ):
        page = await kari.send("/console/account/password", old=old, new=first, again=again)
        assert say(problem) in page.text
    short = await kari.send("/console/account/password", old=PASSWORD, new="short", again="short")
    assert short.status_code == 422
    done = await kari.send("/console/account/password", old=PASSWORD, new=new, again=new)
    assert say("told_password_changed") in done.text
    await kari.send("/console/sign-out")
    assert (await kari.sign_in()).status_code == 401
    assert (await kari.sign_in(new)).url.path == "/console"


async def test_signing_out_everywhere_ends_every_session(kari: Any, services: Services) -> None:
    other = services.accounts.sign_in("kari", PASSWORD)
    assert other is not None
    page = (await kari.get("/console/account")).text
    assert page.count("last used") == 2
    assert page.count(say("session_here")) == 1
    await kari.send("/console/account/sign-out-everywhere")
    assert services.accounts.session(other.token) is None
    assert (await kari.get("/console")).url.path == "/console/sign-in"


async def test_a_lead_makes_an_account_whose_password_is_shown_once_and_must_be_changed(
    lena: Any, open_desk: Any, services: Services
) -> None:
    page = await lena.send("/console/people", name="Nora", role="coordinator", municipality="fjordvik")
    (password,) = shown(page.text)
    assert password not in (await lena.get("/console/people")).text
    nora = await open_desk("unused", signed_in=False)
    first = await nora.send("/console/sign-in", name="nora", password=password, next="/console")
    assert first.url.path == "/console/account"
    assert say("told_must_change") in first.text
    for path in ("/console", "/console/cases/K-2345", "/console/changes"):
        assert (await nora.get(path)).url.path == "/console/account"
    new = "quite another password"
    await nora.send("/console/account/password", old=password, new=new, again=new)
    assert (await nora.get("/console")).url.path == "/console"
    account = services.accounts.named("nora")
    assert account is not None
    assert account.municipalities == ("fjordvik",)


async def test_what_cannot_be_done_to_an_account_is_said(lena: Any, kari: Any) -> None:
    taken = await lena.send("/console/people", name="kari", role="coordinator")
    assert say("name_taken") in taken.text
    assert 'value="kari"' in taken.text
    forged = await lena.send(f"/console/people/{kari.account.id}/municipalities", municipality="nowhere")
    assert say("within_own") in forged.text
    last = await lena.send(f"/console/people/{lena.account.id}/disable")
    assert say("last_lead") in last.text
    own = await lena.send(f"/console/people/{lena.account.id}/password")
    assert say("within_own") in own.text
    assert (await lena.get("/console/people/nobody")).status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
async def test_accounts_are_for_leads(open_desk: Any, lena: Any, role: str) -> None:
    desk = await open_desk("ada", role)
    assert (await desk.get("/console/people")).status_code == 403
    assert (await desk.send(f"/console/people/{lena.account.id}/disable")).status_code == 403
    assert (await desk.get("/console/account")).status_code == 200


async def test_closing_an_account_ends_its_sessions_and_gives_its_cases_back(
    lena: Any, kari: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    assert [case.id for case in services.handoff.mine(kari.account.id)] == [number]
    page = await lena.send(f"/console/people/{kari.account.id}/disable")
    assert say("told_changed") in page.text
    assert (await kari.get("/console")).url.path == "/console/sign-in"
    assert [case.id for case in new_cases(services.handoff)] == [number]
    assert (await client.history())["state"] == "waiting"


async def test_a_case_of_another_municipality_is_nowhere(
    lena: Any, kari: Any, open_desk: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued()
    services.conversations.update(client.conversation, municipality="fjordvik")
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET municipality = 'fjordvik'")
    await lena.send(f"/console/people/{kari.account.id}/municipalities", municipality="heimvik")
    page = (await kari.get("/console")).text
    assert number not in page
    assert "<title>(0) " in page
    assert (await kari.get(f"/console/cases/{number}")).status_code == 404
    assert (await kari.send(f"/console/cases/{number}/claim")).status_code == 404
    look = watcher(services, kari.http.cookies[COOKIE], number)
    before = look(None)
    assert before is not None
    assert before["waiting"] == 0
    per = await open_desk("per")
    await per.send(f"/console/cases/{number}/claim")
    assert look(None) == before, "not even that somebody took it"
    await lena.send(f"/console/people/{per.account.id}/municipalities", municipality="heimvik")
    assert [case.id for case in new_cases(services.handoff)] == [number], "given back: she may not see it any more"
    assert (await per.send(f"/console/cases/{number}/reply", id="1", text="Hei")).status_code in (404, 409)


async def test_a_password_that_was_handed_over_runs_out_and_whoever_has_it_is_told_so(
    lena: Any, open_desk: Any, services: Services
) -> None:
    page = await lena.send("/console/people", name="nora", role="coordinator")
    (password,) = shown(page.text)
    assert "72 hours" in page.text
    account = services.accounts.named("nora")
    assert account is not None
    assert "works until" in (await lena.get(f"/console/people/{account.id}")).text
    with services.engine.begin() as connection:
        ended = utc_now() - timedelta(minutes=1)
        connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(password_until=ended))
    nora = await open_desk("unused", signed_in=False)
    refused = await nora.send("/console/sign-in", name="nora", password=password, next="/console")
    assert refused.status_code == 403
    assert say("password_over", hours="72") in refused.text
    assert say("is_over") in (await lena.get("/console/people")).text
    page = await lena.get(f"/console/people/{account.id}")
    assert say("password_ran_out") in page.text
    (again,) = shown((await lena.send(f"/console/people/{account.id}/password")).text)
    assert (await nora.send("/console/sign-in", name="nora", password=again, next="/console")).status_code == 200


async def test_a_lead_sees_how_many_recovery_codes_are_left(lena: Any, kari: Any, services: Services) -> None:
    factor = SecondFactor(services.engine, services.settings.secret)
    assert factor.begin(kari.account.id, PASSWORD)
    waiting = factor.waiting(kari.account.id)
    assert waiting is not None
    codes = factor.confirm(kari.account.id, pyotp.TOTP(waiting.secret).now())
    assert codes is not None
    begun = services.accounts.sign_in("kari", PASSWORD)
    assert begun is not None
    assert factor.finish(begun.token, codes[0]) is not None
    told = say("code_is_on", number="9")
    assert told in (await kari.get("/console/account")).text
    assert told in (await lena.get("/console/people")).text
    assert told in (await lena.get(f"/console/people/{kari.account.id}")).text
