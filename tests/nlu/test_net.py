"""The second net: what is danger and what only sounds like it, in every language."""

from __future__ import annotations

import pytest
import yaml

from bot.languages import languages
from bot.nlu.data import is_validation, read_cases, training_examples
from bot.nlu.net import PHRASES, SHORT, Net, net, read_net
from bot.nlu.patterns import Patterns

CODES = sorted(language.code for language in languages().offered())
RAW = {code: yaml.safe_load((PHRASES / f"{code}.yml").read_text(encoding="utf-8")) for code in CODES}
DETAILS = {e.label.removeprefix("danger/") for e in training_examples() if e.label.startswith("danger/")}


@pytest.mark.parametrize("code", CODES)
def test_every_offered_language_has_statements_of_every_danger_and_many_that_only_sound_like_it(code: str) -> None:
    assert set(RAW[code]["danger"]) == DETAILS
    assert len(RAW[code]["harmless"]) >= 100


@pytest.mark.parametrize(
    ("text", "language", "detail"),
    [
        ("Jeg vil dø!", "nb", "self_harm"),
        ("ÖLMEK İSTİYORUM", "tr", "self_harm"),
        ("Хочу померти…", "uk", "self_harm"),
        ("my baby is NOT breathing", "en", "medical"),
        ("زوجي بيضربني", "ar", "violence"),
        ("негде ночевать, помогите", "ru", "destitute"),
    ],
)
def test_case_diacritics_and_signs_do_not_matter(text: str, language: str, detail: str) -> None:
    assert net().caught(text, [language]) == detail


def test_a_neighbouring_language_is_read_too_and_another_is_not() -> None:
    assert net().caught("eg vil døy", ["nb"]) == "self_harm"
    assert net().caught("негде ночевать", ["uk", None]) == "destitute"
    assert net().caught("негде ночевать", ["tr"]) is None


@pytest.mark.parametrize(
    "text", ["jeg vil dørstokken", "slå gresset", "jeg slår av lyset", "kill time", "", "the ball hits me"]
)
def test_parts_of_words_and_single_words_are_not_caught(text: str) -> None:
    assert net().caught(text, CODES) is None


def test_a_longer_message_is_left_to_the_model() -> None:
    long = "i want to die of shame every time I forget the name of the teacher"
    assert len(long.split()) > SHORT
    assert net().caught(long, ["en"]) is None


SMALL = Net(
    {"en": Patterns([("self_harm", "want to die"), ("violence", "hits me")])},
    {"en": Patterns([("harmless", "to die of laughter"), ("harmless", "ball hits me")])},
)


def test_what_only_sounds_like_danger_is_taken_out_before_danger_is_looked_for() -> None:
    assert SMALL.caught("I want to die", ["en"]) == "self_harm"
    assert SMALL.caught("I want to die of laughter", ["en"]) is None
    assert SMALL.caught("the ball hits me, and he hits me", ["en"]) == "violence"


def test_the_rest_of_a_message_is_what_stands_around_it() -> None:
    assert SMALL.without_harmless("The ball hits me; he hits me.", ["en"]) == "the he hits me"
    assert SMALL.without_harmless("He hits me.", ["en"]) is None
    assert SMALL.without_harmless("The ball hits me.", ["nb"]) is None


def test_a_pattern_that_is_none_is_refused(tmp_path) -> None:
    (tmp_path / "en.yml").write_text('danger: {violence: [".. me"]}\nharmless: []\n', encoding="utf-8")
    with pytest.raises(ValueError, match="must begin and end with a word"):
        read_net(tmp_path)


def test_no_harmless_sentence_is_caught_that_the_phrases_may_be_held_against() -> None:
    harmless = [(e.language, e.text) for e in training_examples() if not e.label.startswith("danger/")]
    harmless += [(c.language, c.text) for c in read_cases() if is_validation(c) and not c.label.startswith("danger/")]
    assert [entry for entry in harmless if net().caught(entry[1], [entry[0]])] == []
