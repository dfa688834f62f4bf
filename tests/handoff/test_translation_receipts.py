"""The yes to machine translation among the receipts: read, taken back, and what stays of it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.conversations import Conversations
from bot.handoff.records import Case, Receipt, UnknownReceipt
from bot.handoff.service import Handoff
from tests.handoff.steps import live

QUESTION = {"kind": "notice", "text": "Перекладати?", "language": "uk", "direction": "ltr", "bridge": "ask"}


@pytest.fixture
def case(handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]) -> Case:
    return live(handoff, talks, talk, "conversation", coordinators[0])


def of_machine(handoff: Handoff, talk: str) -> list[Receipt]:
    return [one for one in handoff.receipts(talk) if one.purpose == "translation"]


def test_there_is_a_receipt_from_the_yes_on_and_not_before(
    handoff: Handoff, case: Case, coordinators: tuple[str, str], talk: str, clock: Any
):
    handoff.ask_translation(case.id, coordinators[0], QUESTION)
    assert of_machine(handoff, talk) == []
    handoff.answer_translation(talk, case.id, "no")
    assert of_machine(handoff, talk) == []
    clock.forward(minutes=5)
    handoff.answer_translation(talk, case.id, "yes")
    first, receipt = handoff.receipts(talk)
    assert (receipt.case, receipt.state, receipt.given_at) == (case.id, "given", clock.now)
    assert (receipt.data, receipt.recipients) == (("conversation", "messages"), ("machine",))
    assert (receipt.notice, receipt.notice_language) == ("Перекладати?", "uk")
    assert receipt.notice_sha256 == hashlib.sha256("Перекладати?".encode()).hexdigest()
    assert receipt.retention_days == first.retention_days


def test_it_is_taken_back_alone_and_can_be_given_again(
    engine: Engine,
    handoff: Handoff,
    talks: Conversations,
    case: Case,
    coordinators: tuple[str, str],
    talk: str,
    clock: Any,
):
    kari = coordinators[0]
    handoff.ask_translation(case.id, kari, QUESTION)
    handoff.answer_translation(talk, case.id, "yes")
    hers = next(one for one in handoff.view(case.id, kari).messages if one.author == "parent")
    handoff.keep_translation(case.id, kari, hers.id, language="nb", text="God dag")
    (receipt,) = of_machine(handoff, talk)
    given = clock.now
    clock.forward(hours=1)
    other = talks.create(language="uk")[0].id
    with pytest.raises(UnknownReceipt):
        handoff.withdraw(other, receipt.id)
    for _ in range(2):
        ended = handoff.withdraw(talk, receipt.id)
        assert (ended.state, ended.given_at, ended.withdrawn_at) == ("withdrawn", given, clock.now)
    assert handoff.translation_state(case.id) == "withdrawn"
    assert handoff.translations_of(case.id) == {}
    assert handoff.view(case.id, kari).own, "the case goes on"
    actions = [line.action for line in audit.entries(engine, case=case.id)]
    assert actions.count("translation.withdrawn") == 1
    handoff.ask_translation(case.id, kari, QUESTION)
    assert of_machine(handoff, talk)[0].state == "withdrawn", "being asked again is no yes"
    handoff.answer_translation(talk, case.id, "yes")
    (again,) = of_machine(handoff, talk)
    assert (again.state, again.given_at, again.withdrawn_at) == ("given", clock.now, None)


def test_it_ends_with_the_consent_of_its_case_and_stays_as_a_receipt(
    handoff: Handoff, case: Case, coordinators: tuple[str, str], talk: str, clock: Any
):
    handoff.ask_translation(case.id, coordinators[0], QUESTION)
    handoff.answer_translation(talk, case.id, "yes")
    clock.forward(minutes=1)
    handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    assert {(one.state, one.withdrawn_at) for one in handoff.receipts(talk)} == {("withdrawn", clock.now)}
    assert len(of_machine(handoff, talk)) == 1
    assert handoff.answer_translation(talk, case.id, "yes") is None


def test_a_no_leaves_nothing_when_the_consent_of_the_case_ends(
    handoff: Handoff, case: Case, coordinators: tuple[str, str], talk: str
):
    handoff.ask_translation(case.id, coordinators[0], QUESTION)
    handoff.answer_translation(talk, case.id, "no")
    handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    assert handoff.translation_state(case.id) is None
