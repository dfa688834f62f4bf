"""The trained identifier on every test message, by the number of words; docs/benchmarks.md has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.languages import languages, other_languages
from bot.nlu.data import OTHERS, other_sentences, read_cases
from bot.nlu.languages import LanguageIdentifier, by_script
from bot.nlu.measure import load_archive
from bot.nlu.measure_languages import LENGTHS, Rates, measure, measure_others, other_cases, same, table

pytestmark = pytest.mark.model

FLOORS = {
    ("own language kept", "1–3"): 0.97,
    ("own language kept", "4–8"): 0.99,
    ("own language kept", "9–"): 0.99,
    ("other choice followed", "4–8"): 0.72,
    ("other choice followed", "9–"): 0.97,
    ("told without a choice", "1–3"): 0.65,
    ("told without a choice", "4–8"): 0.88,
    ("told without a choice", "9–"): 0.98,
}
"""Of every language; Pashto, which shares its script and many words with Dari, is the lowest.

One to three words do not switch a conversation within a script, so they have no floor there.
"""
FOREIGN_FLOORS = {"4–8": 0.75, "9–": 0.90}
MOST_TAKEN_FOR_ANOTHER = 0.001


@pytest.fixture(scope="module")
def identifier(trained_model: Path) -> LanguageIdentifier:
    return load_archive(trained_model).identifier


@pytest.fixture(scope="module")
def rates(identifier: LanguageIdentifier) -> Rates:
    return measure(identifier, read_cases())


@pytest.mark.parametrize(("question", "length"), FLOORS, ids=str)
def test_each_language_is_told_from_the_others(rates: Rates, question: str, length: str) -> None:
    low = {
        language: f"{right}/{number}"
        for (language, words, asked), (right, number) in rates.items()
        if (asked, words) == (question, length) and number >= 20 and right / number < FLOORS[question, length]
    }
    assert not low, low


def test_our_messages_are_hardly_ever_taken_for_a_language_that_is_not_spoken_here(rates: Rates) -> None:
    wrong = sum(rates["all", length, "taken for another"][0] for length in LENGTHS)
    number = sum(rates["all", length, "taken for another"][1] for length in LENGTHS)
    assert number > 5000
    assert wrong / number <= MOST_TAKEN_FOR_ANOTHER


def test_languages_that_are_not_spoken_here_are_known_as_such(identifier: LanguageIdentifier) -> None:
    others = measure_others(identifier, other_cases())
    for length, least in FOREIGN_FLOORS.items():
        right, number = others["all", length, "known as foreign"]
        assert number >= 100
        assert right / number >= least, f"{length} words: {right}/{number}"


def test_what_is_learned_of_other_languages_is_not_what_is_tested() -> None:
    learned = {text.casefold() for text, _ in other_sentences()}
    tested = [(text, code) for text, code in other_cases()]
    assert not [text for text, _ in tested if text.casefold() in learned]
    assert {code for _, code in tested} == {path.stem for path in OTHERS.glob("*.txt")} <= set(other_languages())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("नमस्ते मेरे बच्चे के लिए", "hi"),
        ("শিশুর জন্য", "bn"),
        ("ฉันต้องการความช่วยเหลือ", "th"),
        ("我的孩子什么时候可以上学", "zh"),
        ("ბავშვის სკოლა", "ka"),
        ("πότε ξεκινά το σχολείο", "el"),
        ("מתי מתחיל בית הספר", "he"),
        ("123 !!", None),
        ("hello", None),
    ],
)
def test_a_script_that_only_one_of_the_others_has_gives_it_away(text: str, code: str | None) -> None:
    assert by_script(text) == code


def test_a_script_is_named_even_when_the_letters_are_none_that_were_learned(identifier: LanguageIdentifier) -> None:
    assert identifier.identify("मेरे बच्चे का स्कूल कब शुरू होगा", "en") == ("en", False, "hi")


@pytest.mark.parametrize("chosen", ["ti", "nb", None])
def test_amharic_is_not_taken_for_tigrinya(identifier: LanguageIdentifier, chosen: str | None) -> None:
    found = identifier.identify("ልጄን ትምህርት ቤት እንዴት ማስመዝገብ እችላለሁ እባክዎ ንገሩኝ", chosen)
    assert found.foreign == "am"


def test_bokmaal_and_nynorsk_count_as_one_and_other_neighbours_do_not() -> None:
    assert same("nb", "nn")
    assert not same("uk", "ru")


def test_the_table_has_a_row_for_every_length(rates: Rates) -> None:
    shown = table(rates, "own language kept")
    assert [line.split(" |")[0] for line in shown.split("\n")[2:]] == [f"| {length} words" for length in LENGTHS]


def test_no_language_is_both_spoken_and_not() -> None:
    assert set(languages()) & set(other_languages()) == {"en"}  # the words said where there are no others
