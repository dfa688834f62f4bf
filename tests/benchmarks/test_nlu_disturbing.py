"""What the benchmark does to messages before it asks how well they are still understood."""

from __future__ import annotations

import pytest

from bot.nlu.data import Case
from bot.nlu.examples import Example
from tests.benchmarks.nlu import disturbing
from tests.benchmarks.nlu.preparing import DISTURBANCES, LATIN, TWO, disturbed, sample_to_disturb

SENTENCES = (
    "hva koster det å gå i barnehage for en gutt på to år",
    "скільки коштує дитячий садок для двох дітей",
    "كم تكلفة الروضة لطفلين في السنة",
    "መዋእለ ህጻናት ክንደይ ይኸፈሎ",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_typos_change_a_message_a_little_and_always_in_the_same_way(text: str) -> None:
    found = disturbing.typos(text, 7)
    assert found
    assert found != text
    assert found == disturbing.typos(text, 7)
    assert abs(len(found) - len(text)) <= len(text) // disturbing.CHARACTERS_PER_TYPO


@pytest.mark.parametrize("text", ["112", "?!", "é", "a"])
def test_typos_in_next_to_nothing_do_no_harm(text: str) -> None:
    assert disturbing.typos(text, 7) != text


def test_keys_beside_a_key_are_on_the_same_row() -> None:
    assert set(disturbing.NEIGHBOURS["a"]) == {"s"}
    assert set(disturbing.NEIGHBOURS["f"]) == {"d", "g"}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Måltid på skøyter", "Maltid pa skoyter"),
        ("żłobek łódź", "zlobek lodz"),
        ("çocuğum için", "cocugum icin"),
        ("ещё её мой їжак", "еще ее мой їжак"),
        ("مَدْرَسَة", "مدرسة"),
        ("no marks", None),
    ],
)
def test_diacritics_go_and_letters_stay(text: str, plain: str | None) -> None:
    assert disturbing.without_diacritics(text, 7) == plain


def test_capitals_only_where_there_are_any() -> None:
    assert disturbing.capitals("hjelp på nett", 7) == "HJELP PÅ NETT"
    assert disturbing.capitals(SENTENCES[2], 7) is None


def test_three_words_are_left_of_more() -> None:
    assert disturbing.first_words("hva  koster barnehage her", 7) == "hva koster barnehage"
    assert disturbing.first_words("hva koster barnehage", 7) is None


def test_other_scripts_become_latin_letters() -> None:
    for text, language in zip(SENTENCES, ("nb", "uk", "ar", "ti"), strict=True):
        found = disturbing.in_latin_letters(text, language, 7)
        assert (found is None) == (language == "nb")
        assert found is None or found.isascii()


def test_a_question_stands_between_three_and_three_sentences() -> None:
    neutral = [f"neutral {number}." for number in range(9)]
    found = disturbing.in_the_middle("where is it?", neutral, 7)
    assert found is not None
    parts = found.split(". ")
    assert parts[3] == "where is it?"
    assert len(set(parts)) == 7
    assert disturbing.in_the_middle("where is it?", neutral[:5], 7) is None


def test_two_questions_are_parted_by_a_question_mark() -> None:
    assert disturbing.two_questions("what is sfo?", "what is bti") == "what is sfo? what is bti"


def test_each_message_is_disturbed_in_every_way_that_fits() -> None:
    cases = [Case(f"{text} {n}", f"ask/a.{n}", "uk", "x") for n, text in enumerate((SENTENCES[1], "ще один їжак тут"))]
    cases.append(Case("допоможіть йому зараз будь ласка", "danger/medical", "uk", "x"))
    neutral = [Example(f"дякую {number}", "smalltalk/thanks", "uk") for number in range(6)]
    found = list(disturbed(cases, neutral))
    assert {entry.disturbance for entry in found} == set(DISTURBANCES) - {"without diacritics"}
    assert sum(entry.disturbance == LATIN for entry in found) == 3
    assert [(entry.original.label, entry.also) for entry in found if entry.disturbance == TWO] == [
        ("ask/a.0", "a.1"),
        ("ask/a.1", "a.0"),
    ]


def test_only_questions_and_danger_are_disturbed() -> None:
    cases = [Case(f"{label} {n}", label, "nb", "x") for label in ("ask/a.b", "danger/child", "deny") for n in range(9)]
    found = [case.label for case in sample_to_disturb(cases, 5, 3)]
    assert found == ["ask/a.b"] * 5 + ["danger/child"] * 3
