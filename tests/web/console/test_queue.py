"""The queue, taking a case, roles, the audit log, and pages for faults."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.handoff.engine import RecordUnavailable
from bot.handoff.records import utc_now
from bot.handoff.tables import cases
from bot.languages import languages
from bot.texts import text
from bot.web.console.live import watcher
from bot.web.console.pages import language_name, waited
from bot.web.console.session import COOKIE
from bot.web.services import Services
from tests.handoff.steps import held_cases


def rows(page: str, section: str) -> list[str]:
    """The case numbers of one list, in order."""
    part = page.split(f'id="{section}"')[1].split("</section>")[0]
    return re.findall(r'data-case="([^"]+)"', part)


async def test_an_empty_queue_says_so(kari: Any) -> None:
    page = (await kari.get("/console")).text
    assert text("console.queues.empty.new", "en").value in page
    assert "<title>(0) " in page


async def test_the_queue_shows_what_coordinators_need_and_nothing_she_wrote(kari: Any, queued: Any) -> None:
    number = await queued(language="uk", before="Barnevernet har sendt meg et brev")
    page = (await kari.get("/console")).text
    assert rows(page, "waiting-cases") == [number]
    assert "<title>(1) " in page
    for key in ("console.urgency.u1", "console.share.contact_only", "console.state.queued"):
        assert text(key, "en").value in page
    assert "Ukrainian" in page
    assert "har sendt meg" not in page


async def test_danger_comes_first_and_then_the_longest_wait(
    kari: Any, client: Any, queued: Any, services: Services
) -> None:
    numbers = [await queued() for _ in range(3)]
    with services.engine.begin() as connection:
        for number, urgency, minutes in zip(numbers, ("U1", "U1", "U0"), (5, 90, 1), strict=True):
            since = utc_now() - timedelta(minutes=minutes)
            connection.execute(sa.update(cases).where(cases.c.id == number).values(urgency=urgency, queued_at=since))
    page = (await kari.get("/console")).text
    assert rows(page, "waiting-cases") == [numbers[2], numbers[1], numbers[0]]


async def test_of_two_who_take_a_case_at_once_one_has_it_and_the_other_is_told_who(
    open_desk: Any, queued: Any, services: Services
) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    answers = await asyncio.gather(*(desk.send(f"/console/cases/{number}/claim") for desk in (kari, ola)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner, loser = (kari, ola) if answers[0].status_code == 200 else (ola, kari)
    lost = answers[1] if winner is kari else answers[0]
    assert text("console.lost", "en", name=winner.account.name).value in lost.text
    assert [case.account for case in held_cases(services.handoff)] == [winner.account.id]
    assert rows((await loser.get("/console")).text, "waiting-cases") == []
    page = (await loser.get("/console?queue=all")).text
    assert rows(page, "all-cases") == [number]
    assert winner.account.name in page
    assert rows((await loser.get("/console?queue=mine")).text, "my-cases") == []
    assert rows((await winner.get("/console?queue=mine")).text, "my-cases") == [number]


async def test_taking_a_case_twice_is_taking_it_once(kari: Any, queued: Any) -> None:
    number = await queued()
    for _ in range(2):
        page = await kari.send(f"/console/cases/{number}/claim")
        assert page.status_code == 200
        assert 'id="reply-form"' in page.text


async def test_the_parent_hears_that_a_person_took_returned_and_closed_her_case(
    kari: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued()
    conversation = client.conversation
    async with services.wakeups.listen(f"conversation:{conversation}") as bell:
        for action, form, state in (
            ("claim", {}, "human"),
            ("release", {}, "waiting"),
            ("claim", {}, "human"),
            ("close", {"outcome": "answered"}, "closed"),
        ):
            await kari.send(f"/console/cases/{number}/{action}", **form)
            assert await bell.wait(1)
            assert (await client.history())["state"] == state
    told = [message["text"] for message in (await client.history())["messages"][-4:]]
    keys = ("handoff.claimed", "handoff.returned", "handoff.claimed", "handoff.closed.answered")
    assert told == [text(key, "en", case=number).value for key in keys]


async def test_closing_needs_an_outcome(kari: Any, queued: Any, services: Services) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    page = await kari.send(f"/console/cases/{number}/close", outcome="gone fishing")
    assert page.status_code == 422
    assert len(held_cases(services.handoff)) == 1


async def test_an_auditor_sees_the_log_and_no_case(open_desk: Any, queued: Any) -> None:
    number = await queued()
    auditor = await open_desk("revisor", "auditor")
    page = await auditor.get("/console")
    assert page.url.path == "/console/audit"
    assert "consent.given" in page.text
    assert "account.signed_in" in page.text
    for path in (f"/console/cases/{number}", "/console/events", "/console/changes"):
        assert (await auditor.get(path)).status_code == 403
    assert (await auditor.send(f"/console/cases/{number}/claim")).status_code == 403


async def test_a_coordinator_does_not_see_the_log_and_a_lead_does(open_desk: Any) -> None:
    kari, lead = await open_desk("kari"), await open_desk("leder", "lead")
    assert (await kari.get("/console/audit")).status_code == 403
    page = await lead.get("/console/audit")
    assert page.status_code == 200
    assert "kari" in page.text
    assert (await lead.get("/console")).url.path == "/console"


async def test_the_log_can_be_read_back_to_its_beginning(open_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.console.log.LINES", 2)
    lead = await open_desk("leder", "lead")
    seen, path = 0, "/console/audit"
    for _ in range(5):
        page = (await lead.get(path)).text
        seen += page.count("<tr><td>")
        older = re.search(r'href="(/console/audit\?before=\d+)"', page)
        if older is None:
            break
        path = older[1]
    assert seen == 2  # the account was made, and it signed in
    assert text("console.audit_empty", "en").value in page


@pytest.mark.parametrize("path", ["/console/cases/K-0000", "/console/cases/%3Cscript%3E", "/console/nowhere"])
async def test_an_address_without_a_page_is_a_page_with_a_sentence(kari: Any, path: str) -> None:
    response = await kari.get(path)
    assert response.status_code == 404
    assert '<html lang="en" dir="ltr">' in response.text
    assert "<script>" not in response.text


async def test_without_the_database_there_is_a_sentence_and_the_reply_is_still_there(
    kari: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise RecordUnavailable

    monkeypatch.setattr(services.accounts, "session", away)
    page = await kari.get("/console")
    assert page.status_code == 503
    assert text("console.database_down", "en").value in page.text
    reply = await kari.send("/console/cases/K-2345/reply", id="1", text="Takk for at du spør")
    assert reply.status_code == 503
    assert "Takk for at du spør" in reply.text
    assert "Traceback" not in reply.text


async def test_an_unforeseen_fault_is_a_page_with_a_sentence(
    kari: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.handoff, "holders", lambda _: 1 / 0)
    page = await kari.get("/console")
    assert page.status_code == 500
    assert text("console.failed", "en").value in page.text
    assert "ZeroDivisionError" not in page.text


async def test_every_page_names_its_language_and_holds_no_inline_script(kari: Any, queued: Any) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    for path in ("/console", f"/console/cases/{number}", "/console/sign-in", "/console/cases/K-0000"):
        page = (await kari.get(path)).text
        assert re.search(r'<html lang="en" dir="ltr">', page), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)


async def test_a_change_in_the_queue_changes_what_open_pages_hear(kari: Any, queued: Any, services: Services) -> None:
    look = watcher(services, kari.http.cookies[COOKIE], None)
    empty = look(None)
    number = await queued()
    waiting = look(None)
    await kari.send(f"/console/cases/{number}/claim")
    taken = look(None)
    assert empty is not None
    assert waiting is not None
    assert taken is not None
    assert (empty["waiting"], waiting["waiting"], taken["waiting"]) == (0, 1, 0)
    assert len({empty["state"], waiting["state"], taken["state"]}) == 3
    assert look(None) == taken
    await kari.send("/console/sign-out")
    assert look(None) is None


async def test_a_page_knows_the_state_it_was_read_at(kari: Any, queued: Any) -> None:
    await queued()
    page = (await kari.get("/console")).text
    news = (await kari.get("/console/changes")).json()
    assert f'data-state="{news["state"]}"' in page


async def test_the_stream_ends_with_the_session(kari: Any, services: Services) -> None:
    token = kari.http.cookies[COOKIE]
    calls = 0

    def ended_after_the_door(given: str) -> Any:
        nonlocal calls
        calls += 1
        return kari.account if calls == 1 and given == token else None

    services.accounts.session = ended_after_the_door  # type: ignore[method-assign]
    stream = await kari.get("/console/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "event: gone" in stream.text


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0 min"), (5, "5 min"), (65, "1 t 5 min"), (120, "2 t"), (1500, "1 d 1 t")]
)
def test_waiting_is_told_in_two_units(minutes: int, shown: str) -> None:
    assert waited(timedelta(minutes=minutes), languages()["nb"]).replace("\xa0", " ") == shown


def test_languages_are_named_in_the_language_of_the_reader() -> None:
    assert language_name("uk", languages()["nb"]) == "ukrainsk"
    assert language_name("prs", languages()["en"]) == "Dari"
