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
from bot.texts import text, texts
from bot.web.console.hours import week_words
from bot.weekly import read_week
from tests.handoff.steps import new_cases


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
    assert new_cases(services.handoff)[0].id == case
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
    assert new_cases(services.handoff)[0].state == "returned"
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


async def test_a_limited_lead_sees_and_closes_her_own_offices(open_desk: Any, services: Any) -> None:
    ida, nils = await open_desk("ida", "lead"), await open_desk("nils", "lead")
    services.accounts.limit(nils.account.id, ("fjordvik",))
    day = (services.handoff.today() + timedelta(days=30)).isoformat()
    for place in ("heimvik", ""):
        assert (await ida.send("/console/hours/periods", municipality=place, first=day, last=day)).status_code == 200
    everywhere, far = sorted(services.handoff.closed_periods(), key=lambda period: period.municipality or "")
    page = (await nils.get("/console/hours")).text
    assert "Fjordvik" in page
    assert "Heimvik" not in page
    assert periods(page) == [], "she sees when all are closed, and cannot change it"
    assert "All municipalities" in page
    assert '<option value="">All municipalities' not in page
    for period in (far.id, everywhere.id, "0" * 32):
        refused = await nils.send(f"/console/hours/periods/{period}/open")
        assert refused.status_code == 404
    other = (services.handoff.today() + timedelta(days=31)).isoformat()
    for place in ("heimvik", "", "atlantis"):
        refused = await nils.send("/console/hours/periods", municipality=place, first=other, last=other)
        assert refused.status_code == 422, place
    assert len(services.handoff.closed_periods()) == 2
    own = await nils.send("/console/hours/periods", municipality="fjordvik", first=other, last=other)
    assert len(periods(own.text)) == 1
    coordinator = await open_desk("siri")
    services.accounts.limit(coordinator.account.id, ("heimvik",))
    page = (await coordinator.get("/console/hours")).text
    assert "Heimvik" in page
    assert "Fjordvik" not in page


async def test_a_lead_gives_the_case_of_somebody_absent_to_a_person(
    kari: Any, open_desk: Any, queued: Any, client: Any, services: Any
) -> None:
    case = await queued()
    services.handoff.claim(case, kari.account.id)
    ida, per, siri = await open_desk("ida", "lead"), await open_desk("per"), await open_desk("siri")
    services.handoff.go_away(kari.account.id, services.handoff.today())
    address = f"/console/hours/cases/{case}/give"
    page = (await ida.get("/console/hours")).text
    assert address in page
    assert f'<option value="{per.account.id}">per</option>' in page
    assert f'<option value="{kari.account.id}">' not in page
    assert (await per.send(address, to=per.account.id)).status_code == 403
    refused = await ida.send(address, to=kari.account.id, text="Hei")
    assert refused.status_code == 409
    assert text("console.desk.hand_on_nobody", "en").value in refused.text
    assert (await ida.send(address, to=per.account.id)).status_code == 200
    assert services.handoff.mine(per.account.id)[0].id == case
    assert (await client.history())["messages"][-1]["text"] == text("bridge.another", "en", case=case).value
    (mention,) = services.mentions.of(per.account.id)
    heard = await per.send(f"/console/mentions/{mention.note}/read")
    assert text("console.hours.given_note", "en").value in heard.text, "without a note she hears of it all the same"
    services.handoff.go_away(per.account.id, services.handoff.today())
    await ida.send(address, to=siri.account.id, text="Ring tolken, 93 45 67 89 <b>")
    assert "Ring tolken" in await siri.case(case)
    assert (await ida.send(address, to=ida.account.id)).status_code == 409, "siri is there"
