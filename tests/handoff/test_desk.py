"""The coordinators' side of a case: queue, claim, what they see, reply, handing back, closing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff.conversations import Conversations
from bot.handoff.records import CaseGone
from bot.handoff.service import Handoff
from tests.handoff.steps import PHONE, SUMMARY, WAYS, answer, handed_over, live, new_cases, news, said


def test_the_queue_has_danger_first_then_the_longest_wait(
    handoff: Handoff, talks: Conversations, clock: Any, coordinators: tuple[str, str]
):
    made = []
    for urgency in ("U1", "U2", "U0", "U1"):
        talk = talks.create(language="ar")[0].id
        handoff.offer(talk, reason="own_case", urgency=urgency)
        handoff.accept(talk, summary=SUMMARY)
        made.append(answer(handoff, talk, *WAYS["contact_only"]).case)
        clock.forward(minutes=1)
    order = [made[2], made[0], made[3], made[1]]
    assert list(new_cases(handoff)) == order
    taken = handoff.claim(order[1].id, coordinators[0])  # type: ignore[union-attr]
    assert taken is not None
    handoff.release(taken.id, coordinators[0])
    assert [case.id for case in new_cases(handoff)] == [case.id for case in order if case]


@pytest.mark.timeout(120)
def test_of_two_who_claim_at_once_exactly_one_wins_a_hundred_times(
    handoff: Handoff, talk: str, coordinators: tuple[str, str]
):
    case = handed_over(handoff, talk)
    for _ in range(100):
        start = threading.Barrier(2)
        won: list[str] = []

        def claim(account: str, start: threading.Barrier = start, won: list[str] = won, number: str = case.id) -> None:
            start.wait()
            if handoff.claim(number, account):
                won.append(account)

        threads = [threading.Thread(target=claim, args=(account,)) for account in coordinators]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert [case.account for case in handoff.mine(won[0])] == won
        handoff.release(case.id, won[0])


def test_only_coordinators_and_leads_may_take_a_case(engine: Engine, handoff: Handoff, talk: str, clock: Any):
    from bot.handoff.accounts import Accounts

    case = handed_over(handoff, talk)
    auditor = Accounts(engine, clock).create("revisor", "auditor")[0]
    for account in (auditor.id, "nobody"):
        with pytest.raises(CaseGone):
            handoff.claim(case.id, account)
        with pytest.raises(CaseGone):
            handoff.view(case.id, account)


@pytest.mark.parametrize(
    ("share", "texts", "summary", "contact", "name"),
    [
        ("contact_only", ["while waiting", "while live"], None, None, None),
        ("summary", ["while waiting", "while live"], SUMMARY, PHONE, "Olena"),
        (
            "conversation",
            ["before the case", "an answer before", "while waiting", "while live"],
            None,
            "olena@example.no",
            None,
        ),
    ],
)
def test_a_coordinator_sees_what_the_consent_covers_and_no_more(
    handoff: Handoff,
    talks: Conversations,
    talk: str,
    coordinators: tuple[str, str],
    share: str,
    texts: list[str],
    summary: str | None,
    contact: str | None,
    name: str | None,
):
    case = live(handoff, talks, talk, share, coordinators[0])
    seen = handoff.view(case.id, coordinators[0])
    assert seen.own
    assert [message.body["text"] for message in seen.messages] == texts
    assert (seen.shared.summary, seen.shared.contact, seen.shared.name) == (summary, contact, name)
    other = handoff.view(case.id, coordinators[1])
    assert (other.own, other.messages, other.shared.summary, other.notes) == (False, (), None, ())
    assert other.receipt is not None
    assert other.receipt.notice is None


def test_replies_go_both_ways_and_a_repeated_one_is_stored_once(
    handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    cursor = talks.after(talk)[-1].seq
    first = handoff.reply(case.id, coordinators[0], client_id="c", body=said("hei"))
    again = handoff.reply(case.id, coordinators[0], client_id="c", body=said("noe annet"))
    assert (first.repeated, again.repeated) == (False, True)
    assert again.message == first.message
    (message,) = talks.after(talk, cursor)
    assert message.public()["from"] == "coordinator"
    assert message.public()["text"] == "hei"
    assert message.case == case.id
    with pytest.raises(CaseGone):
        handoff.reply(case.id, coordinators[1], client_id="d", body=said("not mine"))


def test_a_case_can_be_handed_back_taken_by_another_and_closed(
    handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    handoff.note(case.id, coordinators[0], "ring etter kl. 12", "n1")
    handoff.note(case.id, coordinators[0], "ring etter kl. 12", "n1")  # sent again: stored once
    assert handoff.release(case.id, coordinators[0]).state == "returned"
    assert talks.find(talk).state == "waiting"  # type: ignore[union-attr]
    assert handoff.claim(case.id, coordinators[1]) is not None
    assert [note.text for note in handoff.view(case.id, coordinators[1]).notes] == ["ring etter kl. 12"]
    with pytest.raises(ValueError, match="outcome"):
        handoff.close(case.id, coordinators[1], "won")
    closed = handoff.close(case.id, coordinators[1], "answered")
    assert (closed.state, closed.outcome) == ("closed", "answered")
    assert talks.find(talk).state == "closed"  # type: ignore[union-attr]
    talks.record_replies(talk, [], reply_to="x", reopen=True)
    reopened = talks.find(talk)
    assert reopened is not None
    assert reopened.state == "bot"
    with pytest.raises(CaseGone):
        handoff.reply(case.id, coordinators[1], client_id="x", body=said("late"))
    assert handoff.offer(talk, reason="human").id != case.id


def test_a_claimed_case_without_a_reply_goes_back_and_alerts(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str], clock: Any
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    clock.forward(hours=23, minutes=59)
    assert handoff.expire_overdue() == ()
    clock.forward(minutes=1)
    assert [late.id for late in handoff.expire_overdue()] == [case.id]
    assert handoff.expire_overdue() == ()
    assert news(engine) == ["queued", "overdue"]
    assert talks.find(talk).state == "waiting"  # type: ignore[union-attr]
    assert handoff.view(case.id, coordinators[0]).own is False


def test_the_deadline_runs_again_from_the_parents_next_message(
    handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str], clock: Any
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    handoff.reply(case.id, coordinators[0], client_id="1", body=said("hei"))
    clock.forward(days=3)
    assert handoff.expire_overdue() == ()
    talks.record_message(talk, client_id="later", body=said("er du der?"))
    clock.forward(hours=24)
    assert [late.id for late in handoff.expire_overdue()] == [case.id]
