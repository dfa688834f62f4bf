"""Deadlines, reminders, escalation and raised urgency over a real record, in opening hours; no test waits."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.conversations import Conversations
from bot.handoff.engine import reading, writing
from bot.handoff.service import Handoff
from bot.handoff.tables import outbox
from bot.handoff.tables_hours import case_deadlines
from tests.handoff.office_days import at, hand_over, history, office, oslo, told
from tests.handoff.steps import new_cases


@pytest.fixture
def desk(engine: Engine, clock: Any) -> Handoff:
    return office(engine, clock)


def test_a_usual_case_is_due_after_a_working_day_and_reminded_of_twice_before(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    case = hand_over(desk, talk)
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-27T10:00")
    assert told(engine, clock) == ["queued"]
    assert at(clock, desk, "2026-11-26T12:59") == []
    assert at(clock, desk, "2026-11-26T13:00") == [case.id]
    assert at(clock, desk, "2026-11-26T13:01") == []
    assert at(clock, desk, "2026-11-26T14:30") == [case.id]
    assert told(engine, clock) == ["reminder", "reminder"]
    assert history(engine, case)[1:] == [("case.reminder", "half"), ("case.reminder", "three-quarters")]


def test_a_case_that_waits_past_its_time_is_escalated_once_and_marked_until_it_is_answered(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    assert at(clock, desk, "2026-11-27T10:00") == [case.id]
    assert at(clock, desk, "2026-11-27T10:05") == []
    assert told(engine, clock) == ["queued", "escalated"]
    assert history(engine, case)[-1] == ("case.escalated", "U1")
    assert desk.waits([case.id])[case.id].escalated_at == oslo("2026-11-27T10:00")
    assert desk.claim(case.id, coordinators[0]) is not None
    desk.reply(case.id, coordinators[0], client_id="1", body={"kind": "notice", "text": "Hei"})
    assert desk.waits([case.id]) == {}


def test_what_comes_in_the_evening_is_told_of_in_the_morning_and_once(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    clock.now = oslo("2026-11-27T19:00")
    case = hand_over(desk, talk)
    assert told(engine, clock) == []
    assert at(clock, desk, "2026-11-28T09:30") == []
    assert told(engine, clock) == []
    at(clock, desk, "2026-11-30T09:00")
    assert told(engine, clock) == ["queued"]
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-30T15:00")


def test_what_has_waited_over_night_is_announced_again_in_the_morning_and_once(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    case = hand_over(desk, talk, urgency="U2")
    told(engine, clock)
    assert at(clock, desk, "2026-11-27T08:59") == []
    assert at(clock, desk, "2026-11-27T09:00") == [case.id]
    assert at(clock, desk, "2026-11-27T09:01") == []
    assert told(engine, clock) == ["reminder"]
    assert history(engine, case)[-1] == ("case.reminder", "morning")


def test_a_reminder_and_the_morning_are_one_piece_of_news(engine: Engine, desk: Handoff, talk: str, clock: Any):
    clock.now = oslo("2026-11-26T12:00")
    hand_over(desk, talk)
    told(engine, clock)
    assert at(clock, desk, "2026-11-27T09:10") != []
    assert told(engine, clock) == ["reminder"]
    assert at(clock, desk, "2026-11-27T09:11") == []


def test_danger_is_told_of_in_the_night_and_escalated_after_an_hour(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    clock.now = oslo("2026-11-29T02:00")
    case = hand_over(desk, talk, "danger", "U0")
    assert told(engine, clock) == ["queued"]
    assert at(clock, desk, "2026-11-29T02:30") == [case.id]
    assert at(clock, desk, "2026-11-29T03:00") == [case.id]
    assert told(engine, clock) == ["reminder", "escalated"]
    assert at(clock, desk, "2026-11-30T09:00") == [case.id]
    assert told(engine, clock) == ["reminder"]


def test_what_falls_due_at_closing_is_told_of_before_people_leave(engine: Engine, desk: Handoff, talk: str, clock: Any):
    clock.now = oslo("2026-11-26T09:00")
    hand_over(desk, talk)
    told(engine, clock)
    at(clock, desk, "2026-11-26T15:01")
    assert told(engine, clock) == ["escalated"]


def test_a_step_that_a_job_was_too_late_for_waits_for_the_opening(engine: Engine, desk: Handoff, talk: str, clock: Any):
    clock.now = oslo("2026-11-26T09:00")
    hand_over(desk, talk)
    told(engine, clock)
    at(clock, desk, "2026-11-26T23:00")
    assert told(engine, clock) == []
    clock.now = oslo("2026-11-27T09:00")
    assert told(engine, clock) == ["escalated"]


def test_many_processes_take_each_step_once(engine: Engine, desk: Handoff, talk: str, clock: Any):
    case = hand_over(desk, talk)
    clock.now = oslo("2026-11-27T10:00")
    together = threading.Barrier(6)
    found: list[int] = []

    def round_of_a_job() -> None:
        together.wait()
        found.append(len(desk.keep_time()))

    threads = [threading.Thread(target=round_of_a_job) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, 0, 0, 1]
    assert [action for action, _ in history(engine, case)].count("case.escalated") == 1


def test_a_claimed_case_without_a_reply_goes_back_after_its_open_hours_and_goes_on_waiting(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    clock.now = oslo("2026-11-26T14:00")
    claimed = desk.claim(case.id, coordinators[0])
    assert claimed is not None
    assert claimed.deadline_at == oslo("2026-11-27T14:00")
    clock.now = oslo("2026-11-27T13:59")
    assert desk.expire_overdue() == ()
    assert desk.keep_time() == ()
    clock.now = oslo("2026-11-27T14:00")
    assert [back.id for back in desk.expire_overdue()] == [case.id]
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-27T10:00")
    assert [late.id for late in desk.keep_time()] == [case.id]
    assert [action for action, _ in history(engine, case)][-2:] == ["case.overdue", "case.escalated"]


def test_the_time_until_the_next_reply_is_counted_in_open_hours_too(
    desk: Handoff, talks: Conversations, talk: str, clock: Any, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    desk.claim(case.id, coordinators[0])
    desk.reply(case.id, coordinators[0], client_id="1", body={"kind": "notice", "text": "Hei"})
    clock.now = oslo("2026-11-27T14:00")
    talks.record_message(talk, client_id="m", body={"kind": "notice", "text": "Takk"})
    clock.now = oslo("2026-11-30T13:59")
    assert desk.expire_overdue() == ()
    clock.now = oslo("2026-11-30T14:00")
    assert [back.id for back in desk.expire_overdue()] == [case.id]
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-12-01T14:00")


def test_news_for_the_morning_is_kept_back_when_somebody_has_the_case_already(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str]
):
    clock.now = oslo("2026-11-26T20:00")
    case = hand_over(desk, talk)
    assert desk.claim(case.id, coordinators[0]) is not None
    clock.now = oslo("2026-11-27T09:00")
    assert told(engine, clock) == []


def test_danger_raises_a_waiting_case_at_any_hour_and_once(engine: Engine, desk: Handoff, talk: str, clock: Any):
    clock.now = oslo("2026-11-26T22:00")
    case = hand_over(desk, talk, urgency="U2")
    raised = desk.raise_urgency(talk)
    assert raised is not None
    assert raised.urgency == "U0"
    assert desk.raise_urgency(talk) is None
    assert told(engine, clock) == ["urgent"]
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-26T23:00")
    assert history(engine, case)[-1] == ("case.urgent", "U2")
    assert new_cases(desk)[0].urgency == "U0"


def test_danger_raises_a_live_case_without_taking_it_from_its_coordinator(
    engine: Engine, desk: Handoff, talks: Conversations, talk: str, clock: Any, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    desk.claim(case.id, coordinators[0])
    desk.reply(case.id, coordinators[0], client_id="1", body={"kind": "notice", "text": "Hei"})
    clock.now = oslo("2026-11-26T10:10")
    talks.record_message(talk, client_id="m1", body={"kind": "notice", "text": "…"})
    clock.now = oslo("2026-11-26T14:00")
    talks.record_message(talk, client_id="m2", body={"kind": "notice", "text": "…"})
    raised = desk.raise_urgency(talk)
    assert raised is not None
    assert (raised.state, raised.account, raised.deadline_at) == ("claimed", coordinators[0], oslo("2026-11-26T15:00"))
    assert desk.expire_overdue() == ()
    clock.now = oslo("2026-11-26T15:00")
    assert [back.urgency for back in desk.expire_overdue()] == ["U0"]
    assert "urgent" in told(engine, clock)


def test_nothing_is_raised_where_nobody_waits(desk: Handoff, talk: str):
    assert desk.raise_urgency(talk) is None
    desk.offer(talk, reason="own_case")
    assert desk.raise_urgency(talk) is None


def test_an_offer_is_raised_by_danger_and_lowered_by_nothing(desk: Handoff, talk: str):
    desk.offer(talk, reason="own_case", urgency="U2")
    assert desk.offer(talk, reason="danger", urgency="U0").urgency == "U0"
    assert desk.offer(talk, reason="own_case", urgency="U1").urgency == "U0"


def test_danger_while_she_chooses_what_to_pass_on_raises_what_she_hands_over(desk: Handoff, talk: str):
    desk.offer(talk, reason="own_case", urgency="U1")
    desk.accept(talk, summary="")
    raised = desk.offer(talk, reason="danger", urgency="U0")
    assert (raised.state, raised.urgency, raised.reason) == ("consenting", "U0", "own_case")


def test_a_parent_can_be_told_when_somebody_is_there(desk: Handoff, talk: str, clock: Any):
    assert desk.expectation(talk) is None
    hand_over(desk, talk)
    now = desk.expectation(talk)
    assert now is not None
    assert (now.is_open, now.opens_at, now.due_at) == (True, None, oslo("2026-11-27T10:00"))
    clock.now = oslo("2026-11-27T16:00")
    later = desk.expectation(talk)
    assert later is not None
    assert (later.is_open, later.opens_at) == (False, oslo("2026-11-30T09:00"))
    assert later.closed_since == oslo("2026-11-27T15:00")


def test_a_waiting_case_from_before_there_were_deadlines_gets_its_own(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    case = hand_over(desk, talk)
    with writing(engine) as connection:
        connection.execute(sa.delete(case_deadlines))
    assert at(clock, desk, "2026-11-26T11:00") == []
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-27T10:00")


def test_news_that_waits_for_the_morning_of_a_withdrawn_case_never_leaves(
    engine: Engine, desk: Handoff, talk: str, clock: Any
):
    clock.now = oslo("2026-11-26T20:00")
    hand_over(desk, talk)
    (receipt,) = desk.receipts(talk)
    desk.withdraw(talk, receipt.id)
    clock.now = oslo("2026-11-27T09:00")
    assert told(engine, clock) == ["withdrawn"]
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_deadlines)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 2
