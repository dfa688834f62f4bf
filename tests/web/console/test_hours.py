"""The page of opening hours: periods, absence, and deadlines in the queue and on a case."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.handoff.engine import writing
from bot.handoff.holiday import CODES
from bot.handoff.records import utc_now
from bot.handoff.tables_hours import case_deadlines
from bot.languages import languages
from bot.texts import texts
from bot.web.console.hours import week_words
from bot.weekly import read_week


def periods(page: str) -> list[str]:
    return re.findall(r"/console/hours/periods/([0-9a-f]{32})/open", page)


async def test_a_lead_closes_days_and_opens_them_again(open_desk: Any, services: Any) -> None:
    ida = await open_desk("ida", "lead")
    day = (services.handoff.today() + timedelta(days=30)).isoformat()
    page = await ida.send("/console/hours/periods", municipality="fjordvik", first=day, last=day)
    assert page.status_code == 200
    assert "Fjordvik" in page.text
    (period,) = periods(page.text)
    again = await ida.send("/console/hours/periods", municipality="fjordvik", first=day, last=day)
    assert again.status_code == 422
    assert "entered already" in again.text
    opened = await ida.send(f"/console/hours/periods/{period}/open")
    assert periods(opened.text) == []
    assert "No closed periods" in opened.text


@pytest.mark.parametrize(
    "typed",
    [
        {"municipality": "", "first": "2020-01-01", "last": "2020-01-02"},
        {"municipality": "", "first": "soon", "last": "later"},
        {"municipality": "atlantis", "first": "2099-01-01", "last": "2099-01-02"},
        {"municipality": ""},
    ],
)
async def test_days_that_cannot_be_meant_are_told_of_and_what_was_typed_stays(
    open_desk: Any, typed: dict[str, str]
) -> None:
    ida = await open_desk("ida", "lead")
    page = await ida.send("/console/hours/periods", **typed)
    assert page.status_code == 422
    assert 'role="alert">These days cannot be closed.' in page.text
    assert f'value="{typed.get("first", "")}"' in page.text


async def test_a_coordinator_sees_the_hours_and_closes_nothing(kari: Any, services: Any) -> None:
    page = await kari.get("/console/hours")
    assert page.status_code == 200
    assert "Mon–Fri 09:00–11:30, 12:00–15:00" in page.text
    assert "A lead can enter" in page.text
    day = (services.handoff.today() + timedelta(days=3)).isoformat()
    refused = await kari.send("/console/hours/periods", municipality="", first=day, last=day)
    assert refused.status_code == 403
    assert services.handoff.closed_periods() == ()


async def test_a_coordinator_goes_away_hands_her_cases_back_and_the_parent_is_told(
    kari: Any, queued: Any, client: Any, services: Any
) -> None:
    case = await queued()
    services.handoff.claim(case, kari.account.id)
    until = (services.handoff.today() + timedelta(days=4)).isoformat()
    page = await kari.send("/console/hours/away", until=until, give_back="yes")
    assert "You are away until and including" in page.text
    assert services.handoff.queue()[0].id == case
    assert "waiting for another coordinator" in (await client.history())["messages"][-1]["text"]
    assert "Nobody is away." in (await kari.send("/console/hours/back")).text
    assert (await kari.send("/console/hours/away", until="2020-01-01")).status_code == 422


async def test_a_lead_hands_on_what_lies_still_while_its_coordinator_is_away(
    kari: Any, open_desk: Any, queued: Any, client: Any, services: Any
) -> None:
    case = await queued()
    services.handoff.claim(case, kari.account.id)
    ida = await open_desk("ida", "lead")
    address = f"/console/hours/cases/{case}/return"
    assert (await ida.send(address)).status_code != 200, "she is there"
    services.handoff.go_away(kari.account.id, services.handoff.today())
    assert address in (await ida.get("/console/hours")).text
    assert address not in (await kari.get("/console/hours")).text
    assert (await kari.send(address)).status_code == 403
    assert (await ida.send(address)).status_code == 200
    assert services.handoff.queue()[0].state == "returned"
    assert "waiting for another coordinator" in (await client.history())["messages"][-1]["text"]


async def test_the_queue_and_the_case_show_the_deadline_and_what_is_past_it(
    kari: Any, queued: Any, services: Any
) -> None:
    case = await queued()
    assert "First answer before" in (await kari.get("/console")).text
    before = (await kari.get("/console/changes")).json()["state"]
    with writing(services.engine) as connection:
        connection.execute(
            case_deadlines.update().values(counts_from=utc_now() - timedelta(hours=7), next_at=utc_now())
        )
    assert [late.id for late in services.handoff.keep_time()] == [case]
    assert (await kari.get("/console/changes")).json()["state"] != before, "an open page must notice"
    for page in ("/console", f"/console/cases/{case}"):
        assert "<b>Time is over</b>" in (await kari.get(page)).text
    history = await kari.case(case)
    assert "case.escalated U1" in history
    assert "consent.given" in history
    assert "case.read" not in history


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_page_can_be_read_in_every_language_of_the_console(open_desk: Any, language: str) -> None:
    ida = await open_desk("ida", "lead")
    page = await ida.get(f"/console/hours?language={language}")
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert [code for code in CODES if not texts().has(f"console.hours.days.{code}", language)] == []


def test_the_hours_of_a_week_are_written_as_a_language_writes_them() -> None:
    week = read_week("mon-thu 09:00-15:00; sun 00:00-24:00")
    assert week_words(week, languages()["en"]) == ("Mon–Thu 09:00–15:00", "Sun 00:00–24:00")
    assert week_words(week, languages()["nb"])[0] == "man.–tor. 09:00–15:00"
