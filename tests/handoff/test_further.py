"""One more consent inside a case, and safe contact: what is kept, who sees it, and that withdrawal removes it."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.consent import Step
from bot.handoff.conversations import Conversations
from bot.handoff.engine import reading
from bot.handoff.further import (
    ANSWERS,
    CODES,
    TEXT_CODES,
    AlreadyAskedError,
    NotAskableError,
    askable,
    move,
    read_value,
)
from bot.handoff.records import CaseGone
from bot.handoff.records_consent import Safety
from bot.handoff.service import Handoff
from bot.handoff.tables import cases, metadata
from bot.handoff.tables_consent import ASK_STATES, case_safety, consent_asks
from tests.handoff.steps import new_cases

NOTICE = "Koordinatoren spør om ett ja til."


def walk(handoff: Handoff, talk: str, *answers: str) -> str:
    """Go through the steps of consent and return the number of the case."""
    handoff.offer(talk, reason="own_case", topic="barnehage.apply")
    prompt = handoff.accept(talk, summary="Det gjelder et brev.")
    for given in answers:
        assert prompt is not None
        if prompt.step is Step.CONFIRM:
            handoff.notice_shown(talk, text="Dette gis videre.", language="uk", version="3")
        turn = (
            handoff.answer_text(talk, given)
            if prompt.takes_text
            else handoff.answer_step(talk, prompt.case, prompt.step, given)
        )
        prompt = turn.prompt
    case = handoff.open_case(talk)
    assert case is not None
    return case.id


SHORT = ("contact_only", "chat", "keep", "no", "skip", "yes")


@pytest.fixture
def case(handoff: Handoff, talk: str, coordinators: tuple[str, str]) -> str:
    number = walk(handoff, talk, *SHORT)
    handoff.claim(number, coordinators[0])
    return number


def ask(handoff: Handoff, case: str, account: str, code: str) -> str:
    body = {"kind": "consent", "text": NOTICE, "language": "uk", "direction": "ltr"}
    ident = f"ask{code}{case}"
    handoff.ask(case, account, code, ident=ident, notice=NOTICE, language="uk", version="1", body=body)
    return ident


def test_every_answer_in_every_state_of_every_question_has_a_result():
    for code, state, answer in itertools.product(CODES, ASK_STATES, (*ANSWERS, "", "YES", "stop")):
        after, did = move(code, state, answer)
        assert after in ASK_STATES
        if answer not in ANSWERS:
            assert (after, did) == (state, "stale")
        elif state in ("no", "withdrawn"):
            # A no stands until she opens the question herself, and then it needs a new yes.
            again = "no" if answer == state else "stale"  # the same no once more is told the same
            assert did == ("shown" if answer in ("yes", "again") else again)
            assert after == ("asked" if did == "shown" else state)
        elif state == "yes":
            assert after == "yes"
        elif answer == "yes":
            assert (after, did) == (("writing", "write") if code in TEXT_CODES else ("yes", "given"))
        elif answer in ("no", "later"):
            assert (after, did) == (answer, answer)
        else:
            assert (after, did) == ("asked", "shown")


@pytest.mark.parametrize(
    ("code", "text", "fit"),
    [
        ("phone", "912 34 567", "fits"),
        ("phone", "41 23 45", "tries"),
        ("phone", "Hva mener du?", "other"),
        ("phone", "barna er 3 og 5", "other"),
        ("email", "olena@example.no", "fits"),
        ("email", "olena@", "tries"),
        ("email", "jeg vet ikke", "other"),
        ("name", "Олена", "fits"),
        ("name", "Abrehet Tesfay", "fits"),
        ("name", "ኣበራ", "fits"),
        ("name", "Why do you need my name for this?", "other"),
        ("name", "12345", "other"),
        ("name", "", "other"),
    ],
)
def test_only_what_was_asked_for_is_taken_as_the_answer(code: str, text: str, fit: str):
    assert read_value(code, text)[0] == fit


def test_nothing_that_may_lead_to_her_is_asked_for_where_she_must_not_be_found():
    assert not set(TEXT_CODES) & set(askable(Safety(special="hidden_address")))
    assert not {"phone", "email"} & set(askable(Safety(chat_only=True)))
    assert "barnevern" not in CODES


def test_a_yes_makes_a_receipt_of_its_own_and_opens_only_what_it_covers(
    handoff: Handoff, talk: str, talks: Conversations, case: str, coordinators: tuple[str, str]
):
    talks.record_message(talk, client_id="m1", body={"kind": "notice", "text": "etterpå"})
    before = handoff.view(case, coordinators[0])
    ident = ask(handoff, case, coordinators[0], "conversation")
    assert handoff.view(case, coordinators[0]).messages == before.messages
    assert handoff.answer_ask(talk, ident, "yes").did == "given"
    receipts = handoff.receipts(talk)
    assert [receipt.purpose for receipt in receipts] == ["handoff", "further"]
    assert (receipts[1].data, receipts[1].notice) == (("conversation",), NOTICE)
    assert receipts[0].notice == "Dette gis videre."
    view = handoff.view(case, coordinators[0])
    assert view.receipt is not None
    assert view.receipt.purpose == "handoff"
    assert view.asks[0].state == "yes"


def test_one_yes_is_taken_back_alone_and_the_case_goes_on(
    handoff: Handoff, talk: str, case: str, engine: Engine, coordinators: tuple[str, str]
):
    ident = ask(handoff, case, coordinators[0], "phone")
    assert handoff.answer_ask(talk, ident, "yes").did == "write"
    assert handoff.write_ask(talk, "Hva mener du?").did == "write"
    assert handoff.write_ask(talk, "912 34 567").did == "given"
    assert handoff.view(case, coordinators[0]).asks[0].value == "+47 91 23 45 67"
    receipt = handoff.receipts(talk)[-1]
    handoff.withdraw(talk, receipt.id)
    handoff.withdraw(talk, receipt.id)
    view = handoff.view(case, coordinators[0])
    assert (view.own, view.case.state, view.asks[0].state, view.asks[0].value) == (True, "claimed", "withdrawn", None)
    states = [(one.state, one.notice is None) for one in handoff.receipts(talk)]
    assert states == [("given", False), ("withdrawn", True)]
    with reading(engine) as connection:
        kept = str([tuple(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))])
    assert "91 23 45 67" not in kept
    lines = [(line.action, line.detail) for line in audit.newest(engine)]
    assert lines.count(("consent.withdrawn", "phone")) == 1


def test_nobody_is_asked_twice_and_a_no_stands_until_she_opens_the_question(
    handoff: Handoff, talk: str, case: str, engine: Engine, coordinators: tuple[str, str], clock: Any
):
    ident = ask(handoff, case, coordinators[0], "school")
    clock.forward(days=3)  # no time limit
    assert handoff.answer_ask(talk, ident, "no").did == "no"
    with pytest.raises(AlreadyAskedError):
        ask(handoff, case, coordinators[0], "school")
    assert handoff.answer_ask(talk, ident, "yes").did == "shown"  # not a yes yet
    assert len(handoff.receipts(talk)) == 1
    assert handoff.answer_ask(talk, ident, "yes").did == "given"
    assert handoff.answer_ask(talk, ident, "yes").did == "given"  # pressed twice
    assert len(handoff.receipts(talk)) == 2
    told = [(line.action, line.detail) for line in reversed(audit.newest(engine)) if "consent." in line.action]
    assert told[1:] == [
        ("consent.asked", "school"),
        ("consent.further_no", "school"),
        ("consent.further_given", "school"),
    ]


def test_two_presses_at_once_ask_once(handoff: Handoff, case: str, talk: str, coordinators: tuple[str, str]):
    failures: list[BaseException] = []

    def press(number: int) -> None:
        body = {"kind": "consent", "text": NOTICE, "language": "uk", "direction": "ltr"}
        try:
            handoff.ask(
                case, coordinators[0], "nav", ident=f"a{number}", notice=NOTICE, language="uk", version="1", body=body
            )
        except AlreadyAskedError as error:
            failures.append(error)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 3
    assert len(handoff.open_asks(talk)) == 1


def test_a_question_belongs_to_the_case_and_to_whoever_has_it(
    handoff: Handoff, talks: Conversations, talk: str, case: str, coordinators: tuple[str, str]
):
    with pytest.raises(CaseGone):
        ask(handoff, case, coordinators[1], "school")
    with pytest.raises(NotAskableError):
        ask(handoff, case, coordinators[0], "barnevern")
    ident = ask(handoff, case, coordinators[0], "school")
    stranger = talks.create(language="uk")[0].id
    assert handoff.answer_ask(stranger, ident, "yes").did == "stale"
    handoff.close(case, coordinators[0], "answered")
    assert handoff.answer_ask(talk, ident, "yes").did == "stale"
    assert handoff.open_asks(talk) == ()
    assert handoff.view(case, coordinators[0]).asks[0].state == "asked"  # not answered


def test_a_hidden_address_comes_first_and_names_no_place(
    handoff: Handoff, talk: str, coordinators: tuple[str, str], engine: Engine
):
    number = walk(handoff, talk, "special", "hidden_address", "chat", "keep", "no", "code", "Blåbær", "yes")
    case = new_cases(handoff)[0]
    assert (case.id, case.urgency, case.municipality, case.share) == (number, "U0", None, "contact_only")
    receipt = handoff.receipts(talk)[0]
    assert receipt.municipality is None
    assert receipt.data == ("request_no_place", "special", "language", "code_word", "messages")
    assert handoff.view(number, coordinators[0]).safety == Safety()  # not before she has the case
    handoff.claim(number, coordinators[0])
    view = handoff.view(number, coordinators[0])
    assert (view.safety.special, view.safety.coded, view.shared.name) == ("hidden_address", True, "Blåbær")
    with pytest.raises(NotAskableError):
        ask(handoff, number, coordinators[0], "phone")
    with reading(engine) as connection:
        assert "fjordvik" not in str(connection.execute(sa.select(cases)).all())


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_what_she_said_about_her_safety_goes_with_the_consent(
    handoff: Handoff, talk: str, engine: Engine, coordinators: tuple[str, str], end: str
):
    steps = ("contact_only", "phone", "912 34 567", "times", "Etter 18 på tirsdag", "no", "keep", "no", "skip")
    if end == "decline":
        walk(handoff, talk, *steps)
        handoff.decline(talk)
    else:
        number = walk(handoff, talk, *steps, "yes")
        handoff.claim(number, coordinators[0])
        ident = ask(handoff, number, coordinators[0], "interpreter")
        handoff.answer_ask(talk, ident, "yes")
        assert handoff.view(number, coordinators[0]).safety.times == "Etter 18 på tirsdag"
        handoff.withdraw(talk, handoff.receipts(talk)[0].id)
        assert {receipt.state for receipt in handoff.receipts(talk)} == {"withdrawn"}
    with reading(engine) as connection:
        assert connection.execute(sa.select(case_safety)).all() == []
        assert connection.execute(sa.select(consent_asks)).all() == []
        kept = str([tuple(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))])
    assert "Etter 18" not in kept


def test_one_more_yes_and_taking_it_back_leave_what_the_first_one_covers(
    handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    """The same in every place that asks what a case's consents cover: its page, the search, machine translation."""
    kari = coordinators[0]
    talks.record_message(talk, client_id="before", body={"text": "Дитячий садок", "kind": "parent"})
    case = walk(handoff, talk, "conversation", "chat", "keep", "no", "skip", "yes")
    handoff.claim(case, kari)
    question = {"kind": "consent", "text": "?", "language": "uk", "direction": "ltr"}
    handoff.ask_translation(case, kari, question)
    handoff.answer_translation(talk, case, "yes")

    def seen() -> None:
        earlier = next(one for one in handoff.view(case, kari).messages if one.body["text"] == "Дитячий садок")
        assert handoff.to_translate(case, kari, earlier.id).id == earlier.id
        assert [hit.places for hit in handoff.search("садок", kari)] == [("message",)]

    seen()
    handoff.answer_ask(talk, ask(handoff, case, kari, "interpreter"), "yes")
    seen()
    (further,) = (one for one in handoff.receipts(talk) if one.purpose == "further")
    handoff.withdraw(talk, further.id)
    seen()
    handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    assert handoff.view(case, kari).messages == ()
    assert handoff.search("садок", kari) == ()


def test_a_later_yes_to_the_conversation_opens_it_everywhere(
    handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    kari = coordinators[0]
    talks.record_message(talk, client_id="before", body={"text": "Дитячий садок", "kind": "parent"})
    case = walk(handoff, talk, *SHORT)
    handoff.claim(case, kari)
    assert handoff.search("садок", kari) == ()
    handoff.answer_ask(talk, ask(handoff, case, kari, "conversation"), "yes")
    assert [one.body["text"] for one in handoff.view(case, kari).messages] == ["Дитячий садок"]
    assert [hit.places for hit in handoff.search("садок", kari)] == [("message",)]
