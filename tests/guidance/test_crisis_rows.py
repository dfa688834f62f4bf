"""Every row of the crisis table: the right numbers first, the words it demands, and none that it forbids.

The rows follow the project's researched table of crisis signals. Numbers are asserted here on purpose: they are what a
person in danger dials, and a change of one must be noticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.guidance.guide import Guide
from bot.guidance.model import Context, Understanding
from bot.guidance.replies import Replies
from bot.languages import languages
from bot.texts import text

GUIDE = Guide.load(Path(__file__).resolve().parents[2] / "knowledge")
REPLIES = Replies(GUIDE)
ON = date(2026, 11, 26)
OFFERED = tuple(entry.code for entry in languages().offered())
POLICE, AMBULANCE, LEGEVAKT = "112", "113", "116 117"


@dataclass(frozen=True)
class Row:
    """One signal: its label, the numbers without a municipality, what the Bokmål words say and what they never say."""

    detail: str
    numbers: tuple[str, ...]
    says: tuple[str, ...]
    never: tuple[str, ...] = ()


ROWS = (
    Row("medical", (AMBULANCE, LEGEVAKT, "22 59 13 00"), ("ikke tenk på hva det koster",), ("vent og se", "dose")),
    Row(
        "violence",
        (POLICE, "116 006", AMBULANCE),
        ("trygt sted", "barna", "gratis", "også for menn"),
        ("snakk med ham",),
    ),
    Row("child", (POLICE, "116 111", AMBULANCE, "116 123"), ("riktig å si fra", "voksne kan også ringe"), ("bevis",)),
    Row(
        "parent_anger",
        (POLICE, "116 123", AMBULANCE),
        ("Det er bra at du skriver dette", "gå ut av rommet", "Fagfolk som får vite at et barn blir skadet"),
        ("ingen vil melde", "dårlig forelder"),
    ),
    Row("sexual_abuse", (POLICE, "116 006", "116 111", LEGEVAKT), ("ikke din skyld", "overgrepsmottak"), ("hvorfor",)),
    Row(
        "self_harm",
        (AMBULANCE, "116 123", "22 40 00 40", LEGEVAKT, "116 111", "800 33 321"),
        ("ikke alene", "ta det på alvor"),
        ("tenk på barna",),
    ),
    Row(
        "abroad",
        (POLICE, "47 80 90 50", "+47 23 95 00 00", "116 111", "815 55 201"),
        ("la være å reise", "uten at familien din får vite"),
        ("snakk med familien", "kompromiss"),
    ),
    Row("fgm", (POLICE, "47 80 90 50", "116 111"), ("forbudt", "også når det skjer i et annet land"), ("kultur",)),
    Row("missing", (POLICE,), ("ingen ventetid",), ("vent til", "timer")),
    Row("harm_others", (POLICE, AMBULANCE), ("Ring politiet nå",), ()),
    Row("trafficking", (POLICE, "116 006"), ("Ingen har lov til å tvinge deg", "be om hjelp"), ("fortell",)),
    Row("destitute", (LEGEVAKT, POLICE), ("NAV", "akutt", "riktig å be om hjelp"), ("ikke vår sak", "du får")),
    Row(
        "youth_out",
        ("116 111", POLICE),
        ("Du kan ringe selv", "uten at foreldrene har sagt ja"),
        ("snakk med foreldrene",),
    ),
    Row("general", (AMBULANCE, POLICE, "110", LEGEVAKT, "116 111"), ("riktig å be om hjelp",), ()),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.detail)
def test_a_row_gets_its_numbers_first_and_the_words_it_demands(row: Row) -> None:
    message = REPLIES.crisis(row.detail, Context("nb", ON))
    assert message.kind == "crisis"
    assert tuple(number.number for number in message.numbers) == row.numbers
    assert all(words in message.text for words in row.says), message.text
    assert not [words for words in row.never if words in message.text.casefold()]
    assert text("crisis.call", "nb").value in message.text  # not an emergency service; language and "tolk"
    assert message.offers_human
    assert len(message.text.split()) <= 150


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.detail)
def test_a_row_says_the_same_numbers_in_every_language_in_its_own_words(row: Row, language: str) -> None:
    message = REPLIES.crisis(row.detail, Context(language, ON))
    assert (message.language, message.notices) == (language, ())
    assert tuple(number.number for number in message.numbers) == row.numbers
    assert not any(character.isdigit() for character in message.text)
    assert all(number.label for number in message.numbers)


def test_the_rows_are_all_there_are() -> None:
    assert {row.detail for row in ROWS} | {"child_moved"} == set(GUIDE.knowledge.crisis)


@pytest.mark.parametrize("language", OFFERED)
def test_a_child_that_was_just_moved_is_an_own_case_with_rights_and_an_offer(language: str) -> None:
    message = REPLIES.reply(Understanding("own_case", "child_moved", language=language), Context(language, ON))
    assert message.kind == "handoff_offer"
    assert message.offers_human
    assert message.text.startswith(text("crisis.child_moved", language).value)
    assert [number.number for number in message.numbers] == ["116 123"]
    assert not any(character.isdigit() for character in message.text)


def test_the_words_for_a_moved_child_name_the_rights_of_today_and_predict_nothing() -> None:
    words = text("crisis.child_moved", "nb").value
    for right in ("vedtaket", "tolk", "bli hørt", "advokat", "klage", "fristen"):
        assert right in words
    for forbidden in ("tilbake", "gjem", "reis", "motstand", "garant"):
        assert forbidden not in words


def test_fear_that_is_no_danger_gets_its_topic_with_numbers_in_the_end() -> None:
    for topic in ("health.adult-mental-health", "health.child-mental-health"):
        message = GUIDE.answer(topic, Context("nb", ON))
        assert message.kind == "answer"
        assert message.numbers
        first, *_, last = message.text.split("\n\n")
        assert not any(number.number in first for number in message.numbers)
        assert any(number.number in message.text for number in message.numbers)
        assert last


def test_two_kinds_of_danger_that_may_both_be_meant_get_the_general_words_and_the_numbers_of_both() -> None:
    understood = Understanding("danger", "child", also="self_harm", language="nb")
    message = REPLIES.reply(understood, Context("nb", ON))
    shown = [number.number for number in message.numbers]
    assert shown[:2] == [POLICE, AMBULANCE]
    assert set(shown) >= {"116 111", "116 123", "22 40 00 40"}
    assert len(shown) == len(set(shown))
    assert message.text.startswith(text("crisis.general", "nb").value)


def test_a_second_kind_that_nobody_knows_changes_nothing() -> None:
    context = Context("nb", ON)
    assert REPLIES.crisis("child", context, also="unheard-of") == REPLIES.crisis("child", context)
    assert REPLIES.crisis("child", context, also="child") == REPLIES.crisis("child", context)
