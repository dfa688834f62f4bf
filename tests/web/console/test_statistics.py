"""The page of statistics: for leads only, in three languages, with nothing small in page, plot or file."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
from datetime import UTC, date, datetime
from itertools import pairwise, product
from typing import Any
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Route, async_playwright

from bot.handoff.counting import add_months
from bot.handoff.engine import writing
from bot.handoff.publishing import Figure
from bot.handoff.tables import cases
from bot.handoff.tables_statistics import usage_counts
from bot.texts import text
from bot.web.console.statistics import finished_quarters, read_wish
from bot.web.console.statistics_files import to_csv, to_svg
from bot.web.console.statistics_tables import KINDS, Row, Table
from bot.web.services import Services
from tests.handoff.sparse import sparse_month

HERE = "/console/statistics"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def november(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.counting, "_clock", lambda: NOW)


@pytest.fixture
def put(services: Services) -> Any:
    """Store counts of a month: ``{(measure, dimension): {code: n}}``."""

    def store(counts: dict[tuple[str, str], dict[str, int]], month: date = OCTOBER, place: str = "") -> None:
        with writing(services.engine) as connection:
            for (measure, dimension), numbers in counts.items():
                for code, n in numbers.items():
                    connection.execute(
                        sa.insert(usage_counts).values(
                            month=month, municipality=place, measure=measure, dimension=dimension, code=code, n=n
                        )
                    )

    return store


def some(uk: int = 30, ti: int = 12, so: int = 9) -> dict[tuple[str, str], dict[str, int]]:
    n = uk + ti + so
    return {
        ("cases", "topic"): {"barnehage.cost": uk, "school.start": ti, "sfo.cost": so},
        ("cases", "language"): {"uk": uk, "ti": ti, "so": so},
        ("cases", "reason"): {"own_case": n},
        ("cases", "urgency"): {"U0": so, "U1": uk + ti},
        ("closed", "outcome"): {"answered": n},
        ("first_answer", "deadline"): {"within": 40, "after": 10},
        ("first_answer", "wait"): {"04": 40, "08": 10},
        ("conversations", "language"): {"uk": 300, "ti": 100, "so": 80},
        ("offers", "answer"): {"declined": 20, "unanswered": 10},
        ("answers", "topic"): {"barnehage.cost": 500, "sfo.cost": 60},
        ("answers", "language"): {"uk": 460, "ti": 100},
        ("useful", "topic"): {"barnehage.cost": 70},
        ("useful", "language"): {"uk": 70},
        ("not_useful", "topic"): {"barnehage.cost": 11},
        ("not_useful", "language"): {"uk": 11},
        ("not_understood", "language"): {"ti": 25},
        ("not_understood", "near"): {"barnehage": 25},
    }


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
@pytest.mark.parametrize("path", ["", "/topic.csv", "/topic.svg"])
async def test_nobody_but_a_lead_reads_it(open_desk: Any, role: str, path: str) -> None:
    desk = await open_desk("kari", role)
    assert (await desk.get(HERE + path)).status_code == 403
    assert HERE not in (await desk.get("/console")).text


async def test_before_the_first_month_is_over_the_page_says_so(open_desk: Any, put: Any) -> None:
    put(some(), month=date(2026, 11, 1))  # the running month is never shown
    lead = await open_desk("liv", "lead")
    page = await lead.get(HERE)
    assert page.status_code == 200
    assert text("console.statistics.no_month", "en").value in page.text
    assert 'class="counted"' not in page.text


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_every_table_is_on_the_page_with_a_plot_and_a_file(open_desk: Any, put: Any, language: str) -> None:
    put(some())
    lead = await open_desk("liv", "lead")
    page = await lead.get(f"{HERE}?language={language}")
    assert page.status_code == 200
    for kind in KINDS:
        assert text(f"console.statistics.{kind.name}", language).value in page.text, kind.name
    assert "console.statistics" not in page.text
    sources = re.findall(r'(?:src|href)="(/console/statistics/[^"]+)"', page.text)
    assert len(sources) == 2 * len(KINDS)
    for source in sources:
        assert (await lead.get(source.replace("&amp;", "&"))).status_code == 200, source


async def test_shares_and_waits_come_from_shown_figures(open_desk: Any, put: Any) -> None:
    put(some())
    lead = await open_desk("liv", "lead")
    page = (await lead.get(HERE)).text
    figures = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', page))
    assert figures[text("console.statistics.share_accepted", "en").value].startswith("63")  # 51 of 81
    assert figures[text("console.statistics.share_within", "en").value].startswith("80")
    assert "2 hr" in figures[text("console.statistics.wait_median", "en").value]


async def test_a_small_number_is_in_no_page_plot_or_file(open_desk: Any, put: Any) -> None:
    put(some(uk=40, ti=3, so=31), place="fjordvik")
    put(some(uk=25, ti=14, so=17), place="granli")
    lead = await open_desk("liv", "lead")
    numbers: dict[str, list[str]] = {}
    for place in ("", "fjordvik", "granli"):
        file = (await lead.get(f"{HERE}/language.csv?municipality={place}")).content.decode("utf-8-sig")
        numbers[place] = [row[2] for row in csv.reader(io.StringIO(file), delimiter=";") if row[1] == "ti"]
        page = (await lead.get(f"{HERE}?municipality={place}")).text
        cells = [int(cell) for cell in re.findall(r"<td>(\d+)</td>", page)]
        assert cells
        assert not [n for n in cells if 0 < n < 5]
    assert numbers["fjordvik"] == ["under 5"]
    assert not numbers[""][0].isdigit() or not numbers["granli"][0].isdigit()  # or one less the other tells it


async def test_a_period_is_whole_months_that_are_over(open_desk: Any, put: Any) -> None:
    for number in range(7):
        put(some(uk=30 + number), month=add_months(date(2026, 4, 1), number))
    lead = await open_desk("liv", "lead")
    for period in ("2026-10", "2026-q3", "own&from=2026-05&to=2026-09"):
        assert (await lead.get(f"{HERE}?period={period}")).status_code == 200, period
    for wrong in (
        "2026-11",
        "2026-q4",
        "own&from=2026-09&to=2026-05",
        "own&from=2026-10-03&to=2026-10-04",
        "x",
        "2026-13",
    ):
        page = await lead.get(f"{HERE}?period={wrong}")
        assert page.status_code == 422, wrong
        assert text("console.statistics.wrong_period", "en").value in page.text
        assert (await lead.get(f"{HERE}/topic.csv?period={wrong}")).status_code == 404
    file = (await lead.get(f"{HERE}/language.csv?period=2026-q3")).content.decode("utf-8-sig")
    rows = {row[1]: row for row in csv.reader(io.StringIO(file), delimiter=";")}
    assert rows["uk"][2:] == [str(33 + 34 + 35), str(30 + 31 + 32)]


async def test_another_municipality_than_one_that_has_counts_is_refused(open_desk: Any, put: Any) -> None:
    put(some(), place="fjordvik")
    lead = await open_desk("liv", "lead")
    assert (await lead.get(f"{HERE}?municipality=granli")).status_code == 422
    assert (await lead.get(f"{HERE}/nothing.csv")).status_code == 404


def test_the_periods_that_can_be_chosen() -> None:
    months = tuple(add_months(date(2026, 2, 1), n) for n in range(8))
    assert finished_quarters(months) == (date(2026, 4, 1), date(2026, 7, 1))
    wish, wrong = read_wish({"period": "own", "from": "2026-03", "to": "2026-05"}, months, ())
    assert (wish.span, wish.before, wrong) == (
        (date(2026, 3, 1), date(2026, 6, 1)),
        (date(2025, 12, 1), date(2026, 3, 1)),
        False,
    )


def made(*titles: str) -> Table:
    rows = tuple(Row(f"c{n}", title, (Figure(9 * n), Figure(None, "few"))) for n, title in enumerate(titles, start=1))
    return Table("topic", "Tema", ("A", "B"), rows, None)


def test_a_file_opens_in_a_spreadsheet_and_runs_nothing() -> None:
    dangerous = ('=HYPERLINK("http://x.example")', "+47", "-1", "@x", "|calc", "En; to", 'Med "hermetegn"', "Блокнот")
    file = to_csv(made(*dangerous), "nb")
    assert file.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Tema", "", "A", "B"]
    assert [row[0].removeprefix("'") for row in rows[1:]] == list(dangerous)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "|"))]
    assert {row[3] for row in rows[1:]} == {"under 5"}


def test_a_plot_is_the_same_each_time_and_its_hidden_bars_have_no_length() -> None:
    first = to_svg(made("En", "To"), "nb")
    from bot.web.console import statistics_files

    statistics_files._drawn.cache_clear()
    assert to_svg(made("En", "To"), "nb") == first
    ElementTree.fromstring(first)
    assert b"<script" not in first
    hidden = [
        Table("t", "T", ("A",), (Row("a", "En", (Figure(None, "few"),)), Row("b", "To", (Figure(20),))), None)
    ] * 2
    assert to_svg(hidden[0], "nb") == to_svg(hidden[1], "nb")


async def test_a_plot_may_load_and_run_nothing(open_desk: Any, put: Any) -> None:
    put(some())
    lead = await open_desk("liv", "lead")
    plot = await lead.get(f"{HERE}/topic.svg")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert plot.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"


async def test_with_ten_thousand_cases_the_page_is_there_at_once(open_desk: Any, services: Services) -> None:
    """Under 300 ms is the aim, on two free cores; the bound here is for a busy machine."""
    topics = sorted(services.guide.knowledge.topics)
    choices = list(product(topics[:60], ("uk", "ar", "so", "ti"), ("fjordvik", "granli", None)))
    at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    rows = []
    for n in range(10_000):
        topic, language, place = choices[(n * n) % len(choices)]
        rows.append(
            {"id": f"C{n}", "state": "closed", "reason": "human", "urgency": "U1", "topic": topic, "writing": False}
            | {"language": language, "municipality": place, "opened_at": at, "queued_at": at, "closed_at": at}
            | {"outcome": "answered"}
        )
    with writing(services.engine) as connection:
        connection.execute(sa.insert(cases), rows)
    assert services.counting.run() > 0
    lead = await open_desk("liv", "lead")
    spent = []
    for _ in range(4):
        begun = time.perf_counter()
        page = await lead.get(HERE)
        spent.append(time.perf_counter() - begun)
        assert page.status_code == 200
    assert "10000" in page.text
    print("milliseconds", [round(1000 * one) for one in spent])
    assert min(spent) < 0.6


async def test_others_are_served_while_a_large_sparse_month_is_worked_out(open_desk: Any, put: Any) -> None:
    for (place, measure, dimension, code), n in sparse_month(11).items():
        put({(measure, dimension): {code: n}}, place=place)
    lead = await open_desk("liv", "lead")
    beats = [time.perf_counter()]

    async def beat() -> None:
        while True:
            await asyncio.sleep(0.01)
            beats.append(time.perf_counter())

    heart = asyncio.create_task(beat())
    begun = time.perf_counter()
    page = await lead.get(HERE)
    spent = time.perf_counter() - begun
    heart.cancel()
    assert page.status_code == 200
    longest = max(later - earlier for earlier, later in pairwise(beats))
    print(f"{spent:.2f} s, and nobody else waited for longer than {1000 * longest:.0f} ms")
    assert spent > 0.5  # else there was nothing to work out
    assert longest < 0.3


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_grave_and_nothing_is_wider_than_the_screen(
    open_desk: Any, put: Any, width: int, tmp_path: Any
) -> None:
    put(some(), month=date(2026, 9, 1))
    put(some(uk=41, so=3), place="fjordvik")
    lead = await open_desk("liv", "lead")

    async def serve(route: Route) -> None:
        url = route.request.url.removeprefix("http://127.0.0.1:8080")
        found = await lead.get(url)
        headers = {k: v for k, v in found.headers.items() if k not in ("content-encoding", "content-length")}
        await route.fulfill(status=found.status_code, headers=headers, body=found.content)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page: Page = await browser.new_page(viewport={"width": width, "height": 900})
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        await page.route("**/*", serve)
        await page.goto(f"http://127.0.0.1:8080{HERE}?language=nb")
        await page.evaluate("for (const image of document.images) image.loading = 'eager'")
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        looked = (await Axe().run(page)).response
        assert [one["id"] for one in looked["violations"] if one["impact"] in ("serious", "critical")] == []
        assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert not [one for one in refused if "Content Security Policy" in one]
        await page.screenshot(path=tmp_path / "statistics.png", full_page=True)
        await page.unroute_all(behavior="ignoreErrors")
        await browser.close()
