"""The second net: whole statements of danger, in short messages, in every language."""

from __future__ import annotations

import pytest
import yaml

from bot.languages import languages
from bot.nlu.data import read_cases, training_examples
from bot.nlu.net import PHRASES, SHORT, net

RAW = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))


def test_every_offered_language_has_statements_of_every_kind_in_it() -> None:
    codes = {language.code for language in languages().offered()}
    assert {detail: codes - set(found) for detail, found in RAW.items() if codes - set(found)} == {}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Jeg vil dø!", "self_harm"),
        ("ÖLMEK İSTİYORUM", "self_harm"),
        ("Хочу померти…", "self_harm"),
        ("my baby is NOT breathing", "medical"),
        ("زوجي بيضربني", "violence"),
        ("негде ночевать, помогите", "destitute"),
    ],
)
def test_case_diacritics_and_signs_do_not_matter(text: str, detail: str) -> None:
    assert net().caught(text) == detail


@pytest.mark.parametrize(
    "text", ["jeg vil dørstokken", "slå gresset", "jeg slår av lyset", "kill time", "", "the ball hits me"]
)
def test_parts_of_words_and_single_words_are_not_caught(text: str) -> None:
    assert net().caught(text) is None


def test_a_longer_message_is_left_to_the_model() -> None:
    long = "i want to die of shame every time I forget the name of the teacher"
    assert len(long.split()) > SHORT
    assert net().caught(long) is None


def test_no_harmless_sentence_or_look_alike_of_ours_is_caught() -> None:
    harmless = [(e.language, e.text) for e in training_examples() if not e.label.startswith("danger/")]
    harmless += [(c.language, c.text) for c in read_cases() if not c.label.startswith("danger/")]
    assert [entry for entry in harmless if net().caught(entry[1])] == []
