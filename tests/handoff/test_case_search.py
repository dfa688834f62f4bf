"""Searching cases: whose words are found, in which letters, and what is never found."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.case_search import folded
from bot.handoff.conversations import Conversations
from bot.handoff.engine import writing
from bot.handoff.service import Handoff
from bot.handoff.tables import cases

SUMMARY = "Jeg vil snakke om Søskenmoderasjon."


@pytest.fixture
def shared_case(handoff: Handoff, talks: Conversations) -> Any:
    """Take a parent through consent to a case that waits."""

    def make(share: str, before: str = "Дитячий садок") -> tuple[str, str]:
        talk = talks.create(language="uk", municipality="fjordvik")[0].id
        talks.record_message(talk, client_id="before", body={"text": before})
        case = handoff.offer(talk, reason="own_case", topic="barnehage.cost").id
        prompt = handoff.accept(talk, summary=SUMMARY)
        given = {"share": share, "summary": "ok", "reach": "chat", "language": "keep", "interpreter": "no"}
        given |= {"name": "skip", "confirm": "yes"}
        for _ in given:
            if prompt is None:
                break
            if prompt.step.value == "confirm":
                handoff.notice_shown(talk, text="notice", language="uk", version="1")
            prompt = handoff.answer_step(talk, case, prompt.step.value, given[prompt.step.value]).prompt
        return talk, case

    return make


def found(handoff: Handoff, words: str, account: str, **how: Any) -> dict[str, tuple[str, ...]]:
    return {hit.listed.case.id: hit.places for hit in handoff.search(words, account, **how)}


def test_the_words_of_a_case_are_found_by_its_holder_only(
    handoff: Handoff, talks: Conversations, shared_case: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    talk, case = shared_case("conversation")
    assert found(handoff, "садок", kari) == {}
    handoff.claim(case, kari)
    talks.record_message(talk, client_id="after", body={"text": "Коли ми отримаємо відповідь?"})
    handoff.note(case, kari, "Ringer helsestasjonen i ÅSGÅRD")
    for account, wanted in ((kari, True), (per, False)):
        assert found(handoff, "САДОК", account) == ({case: ("message",)} if wanted else {})
        assert found(handoff, "відповідь", account) == ({case: ("message",)} if wanted else {})
        assert found(handoff, "åsgård", account) == ({case: ("note",)} if wanted else {})
    handoff.release(case, kari)
    assert found(handoff, "садок", kari) == {}


@pytest.mark.parametrize(
    ("share", "summary", "earlier"), [("contact_only", 0, 0), ("summary", 1, 0), ("conversation", 0, 1)]
)
def test_nothing_is_found_that_the_consent_does_not_cover(
    share: str, summary: int, earlier: int, handoff: Handoff, shared_case: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    _, case = shared_case(share)
    handoff.claim(case, kari)
    assert found(handoff, "søskenmoderasjon", kari) == ({case: ("passed_on",)} if summary else {})
    assert found(handoff, "садок", kari) == ({case: ("message",)} if earlier else {})


def test_after_she_took_her_consent_back_nothing_is_found(
    handoff: Handoff, shared_case: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    talk, case = shared_case("conversation")
    handoff.claim(case, kari)
    assert found(handoff, "садок", kari)
    handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    assert found(handoff, "садок", kari) == {}
    assert found(handoff, case, kari) == {case: ("number",)}


def test_number_and_topic_are_found_by_everybody_in_the_municipality(
    handoff: Handoff, shared_case: Any, coordinators: tuple[str, str], engine: Engine, clock: Any
) -> None:
    kari, per = coordinators
    _, case = shared_case("contact_only")
    Accounts(engine, clock).limit(kari, ("heimvik",))
    assert found(handoff, case.lower(), per) == {case: ("number",)}
    assert found(handoff, "pris", per, topics=("barnehage.cost",)) == {case: ("topic",)}
    assert found(handoff, case, kari) == {}
    with writing(engine) as connection:  # an offer that was never accepted is nobody's business
        connection.execute(sa.update(cases).values(state="expired", queued_at=None))
    assert found(handoff, case, per) == {}


@pytest.mark.parametrize("words", ["%", "_", "K-____", "\\", "K%", "'", "  "])
def test_letters_with_a_meaning_in_the_database_stand_for_themselves(
    words: str, handoff: Handoff, shared_case: Any, coordinators: tuple[str, str]
) -> None:
    shared_case("contact_only")
    assert found(handoff, words, coordinators[0]) == {}


def test_a_search_is_a_line_in_the_log_without_its_words(
    engine: Engine, handoff: Handoff, shared_case: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    _, case = shared_case("conversation")
    handoff.claim(case, kari)
    handoff.search("Садок", kari)
    line = audit.newest(engine, limit=1)[0]
    assert (line.action, line.case, line.detail) == ("cases.searched", None, None)


def test_composed_letters_and_letters_of_several_parts_are_the_same() -> None:
    assert folded("A\u030asga\u030ard  SKOLE\n") == folded("Åsgård skole")
    assert folded("STRASSE") == folded("straße")
