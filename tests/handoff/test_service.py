"""The parent's side of a case: offer, consent, receipts, withdrawal."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.consent import Effect, Step
from bot.handoff.conversations import Conversations
from bot.handoff.records import CaseGone, ConversationGone, UnknownReceipt
from bot.handoff.service import Handoff, Turn
from bot.handoff.tables import cases, messages, notes, shared
from bot.handoff.tables import metadata as tables
from bot.handoff.tables_consent import case_safety, consent_asks
from tests.handoff.steps import NOTICE, PHONE, SUMMARY, WAYS, answer, every_word, handed_over, new_cases, news, said


def test_an_offer_is_pending_until_it_is_answered_or_dropped(handoff: Handoff, talks: Conversations, talk: str):
    case = handoff.offer(talk, reason="own_case", topic="barnehage.apply")
    assert case.state == "offered"
    assert handoff.pending_offer(talk) == case
    found = talks.find(talk)
    assert found is not None
    assert (found.pending_offer, found.state) == (case.id, "bot")
    again = handoff.offer(talk, reason="danger", urgency="U0")
    assert (again.id, again.reason, again.topic) == (case.id, "danger", None)
    handoff.drop_offer(talk)
    assert handoff.pending_offer(talk) is None
    assert handoff.accept(talk, summary=SUMMARY) is None
    assert handoff.decline(talk) is None


def test_an_offer_is_written_with_what_else_its_turn_changes(handoff: Handoff, talks: Conversations, talk: str):
    case = handoff.offer(
        talk, reason="own_case", changes={"last_topic": "barnevern.meeting", "misses": 0, "language": "uk"}
    )
    found = talks.find(talk)
    assert found is not None
    assert (found.last_topic, found.language, found.pending_offer) == ("barnevern.meeting", "uk", case.id)
    assert case.language == "uk"


def test_no_to_the_offer_passes_nothing_on(engine: Engine, handoff: Handoff, talk: str):
    handoff.offer(talk, reason="human")
    declined = handoff.decline(talk)
    assert declined is not None
    assert declined.state == "declined"
    assert news(engine) == []


def test_nothing_leaves_the_conversation_before_the_last_yes(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    handoff.offer(talk, reason="own_case", topic="barnehage.apply")
    prompt = handoff.accept(talk, summary=SUMMARY)
    assert prompt is not None
    assert prompt.step is Step.SHARE
    answer(handoff, talk, *WAYS["summary"][:-1])
    assert new_cases(handoff) == ()
    assert handoff.receipts(talk) == ()
    assert handoff.claim(prompt.case, coordinators[0]) is None
    with pytest.raises(CaseGone):  # not even that there is a case
        handoff.view(prompt.case, coordinators[0])
    assert news(engine) == []
    found = talks.find(talk)
    assert found is not None
    assert found.state == "bot"


def test_yes_makes_a_case_a_receipt_and_news_without_content(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str
):
    case = handed_over(handoff, talk)
    assert (case.state, case.share, case.reach, case.talk_language) == ("queued", "summary", "phone", "nb")
    assert new_cases(handoff) == (case,)
    (receipt,) = handoff.receipts(talk)
    assert receipt.notice == NOTICE
    assert receipt.notice_sha256 == hashlib.sha256(NOTICE.encode()).hexdigest()
    assert receipt.data == ("request", "summary", "phone", "safe_contact", "language", "name", "messages")
    assert (receipt.state, receipt.retention_days, receipt.municipality) == ("given", 90, "fjordvik")
    assert news(engine) == ["queued"]
    found = talks.find(talk)
    assert found is not None
    assert found.state == "waiting"


def test_a_yes_without_the_notice_on_the_screen_does_not_count(handoff: Handoff, talk: str):
    handoff.offer(talk, reason="own_case")
    handoff.accept(talk, summary=SUMMARY)
    answer(handoff, talk, *WAYS["contact_only"][:-1])
    prompt = handoff.open_prompt(talk)
    assert prompt is not None
    turn = handoff.answer_step(talk, prompt.case, "confirm", "yes")
    assert turn.effect is Effect.STALE
    assert turn.prompt == prompt
    assert handoff.receipts(talk) == ()


def test_a_no_in_the_middle_forgets_what_was_typed(engine: Engine, handoff: Handoff, talk: str):
    handoff.offer(talk, reason="own_case")
    handoff.accept(talk, summary=SUMMARY)
    answer(handoff, talk, "summary", "ok", "phone", PHONE, "yes", "yes")
    turn = answer(handoff, talk, "no")
    assert turn.effect is Effect.DECLINED
    assert turn.case is not None
    assert turn.case.state == "declined"
    assert PHONE not in every_word(engine)
    assert SUMMARY not in every_word(engine)
    assert handoff.open_prompt(talk) is None


def test_old_and_foreign_payloads_repeat_the_open_step(handoff: Handoff, talks: Conversations, talk: str):
    handoff.offer(talk, reason="own_case")
    prompt = handoff.accept(talk, summary=SUMMARY)
    assert prompt is not None
    answer(handoff, talk, "contact_only")
    open_now = handoff.open_prompt(talk)
    other = talks.create(language="nb")[0].id
    for case, step, given in [(prompt.case, "share", "summary"), ("K-XXXX", "reach", "chat"), (prompt.case, "x", "y")]:
        turn = handoff.answer_step(talk, case, step, given)
        assert (turn.effect, turn.prompt) == (Effect.STALE, open_now)
    turn = handoff.answer_step(other, prompt.case, "reach", "chat")
    assert (turn.effect, turn.prompt, turn.case) == (Effect.STALE, None, None)
    assert handoff.open_prompt(talk) == open_now


def test_after_the_yes_every_button_is_harmless(handoff: Handoff, talk: str):
    case = handed_over(handoff, talk)
    for step in Step:
        assert handoff.answer_step(talk, case.id, step, "no") == Turn(Effect.STALE, None, None)
    assert handoff.answer_text(talk, "hei").effect is Effect.NOT_TAKEN
    assert handoff.offer(talk, reason="human") == case
    assert new_cases(handoff) == (case,)


def test_a_text_that_is_no_contact_is_asked_for_again(handoff: Handoff, talk: str):
    handoff.offer(talk, reason="own_case")
    handoff.accept(talk, summary=SUMMARY)
    answer(handoff, talk, "contact_only", "phone")
    turn = handoff.answer_text(talk, "jeg vet ikke")
    assert turn.effect is Effect.INVALID
    assert turn.prompt is not None
    assert turn.prompt.step is Step.CONTACT


@pytest.mark.parametrize("end", ["queued", "claimed", "closed"])
def test_withdrawal_removes_what_was_shared_and_leaves_a_line_without_content(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str], end: str
):
    case = handed_over(handoff, talk)
    if end != "queued":
        handoff.claim(case.id, coordinators[0])
        handoff.note(case.id, coordinators[0], f"ring {PHONE}")
    if end == "closed":
        handoff.close(case.id, coordinators[0], "answered")
    (receipt,) = handoff.receipts(talk)
    withdrawn = handoff.withdraw(talk, receipt.id)
    assert handoff.withdraw(talk, receipt.id) == withdrawn
    assert (withdrawn.state, withdrawn.notice) == ("withdrawn", None)
    assert withdrawn.notice_sha256 == receipt.notice_sha256
    words = every_word(engine)
    for gone in (SUMMARY, PHONE, "Olena", NOTICE):
        assert gone not in words
    seen = handoff.view(case.id, coordinators[0])
    assert (seen.case.state, seen.own, seen.messages, seen.notes) == ("withdrawn", False, (), ())
    assert seen.receipt is not None
    assert seen.receipt.state == "withdrawn"
    lines = [(line.actor, line.action, line.detail) for line in audit.entries(engine, case=case.id)]
    assert lines.count(("parent", "consent.withdrawn", None)) == 1
    assert (news(engine)[-1] == "withdrawn") is (end != "closed")
    assert talks.find(talk).state == "closed"  # type: ignore[union-attr]


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_the_steps_in_the_chat_do_not_keep_what_was_taken_back(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, end: str
):
    handoff.offer(talk, reason="own_case")
    handoff.accept(talk, summary=SUMMARY)
    answer(
        handoff,
        talk,
        "summary",
        "edit",
        "Et brev om Amina",
        "ok",
        "phone",
        PHONE,
        "yes",
        "yes",
        "nb",
        "yes",
        "write",
        "Olena",
    )
    for client_id, text in (("1", "Et brev om Amina"), ("2", "Olena")):
        talks.record_message(talk, client_id=client_id, body=said(text), private=True)
    talks.record_replies(talk, [said(f"Dette gis videre: {PHONE}, Olena", "consent"), said("An answer", "answer")])
    answer(handoff, talk, "yes" if end == "withdraw" else "no")
    if end == "withdraw":
        assert PHONE in every_word(engine)
        handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    words = every_word(engine)
    for gone in ("Amina", PHONE, "Olena"):
        assert gone not in words
    assert "An answer" in words
    assert talks.record_message(talk, client_id="1", body=said("again")).repeated


def test_a_receipt_of_another_conversation_cannot_be_withdrawn(handoff: Handoff, talks: Conversations, talk: str):
    handed_over(handoff, talk)
    other = talks.create(language="nb")[0].id
    with pytest.raises(UnknownReceipt):
        handoff.withdraw(other, handoff.receipts(talk)[0].id)
    assert handoff.receipts(other) == ()


def test_an_offer_nobody_answers_is_forgotten(engine: Engine, handoff: Handoff, talk: str, clock: Any):
    handoff.offer(talk, reason="human")
    handoff.accept(talk, summary=SUMMARY)
    clock.forward(days=7)
    handoff.expire_overdue()
    assert handoff.open_case(talk) is None
    assert handoff.latest_case(talk).state == "expired"  # type: ignore[union-attr]
    assert SUMMARY not in every_word(engine)


def test_a_conversation_never_has_two_open_cases(engine: Engine, handoff: Handoff, talk: str):
    case = handoff.offer(talk, reason="human")
    from bot.handoff.engine import writing

    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(
            sa.insert(cases).values(
                id="K-2222",
                conversation_id=talk,
                state="queued",
                reason="human",
                urgency="U1",
                language="nb",
                writing=False,
                opened_at=case.opened_at,
            )
        )


def test_nothing_happens_in_a_conversation_that_does_not_exist(handoff: Handoff):
    with pytest.raises(ConversationGone):
        handoff.offer("nothing", reason="human")
    with pytest.raises(ConversationGone):
        handoff.answer_step("nothing", "K-2222", "share", "no")


def test_the_tables_named_here_hold_all_that_a_case_shares():
    linked = {
        table.name
        for table in tables.sorted_tables
        for key in table.foreign_keys
        if key.column.table is cases and table is not messages
    }
    desk = {
        "reply_drafts",
        "case_interpreters",
        "case_interpreter_ticks",
        "message_translations",
        "translation_consents",
    }
    asked = {case_safety.name, consent_asks.name}
    without_words = {"case_presence", "case_deadlines", "receiver_cases"}  # times, and the number of a ticket
    assert linked == {shared.name, notes.name, "consent_records"} | asked | desk | without_words
