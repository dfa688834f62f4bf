from __future__ import annotations

import pytest

from bot.nlu.normalising import clean, has_letters, normalise


@pytest.mark.parametrize(
    ("typed", "also_typed"),
    [
        ("Når får vi svar på søknaden?", "nar far vi svar pa soknaden?"),
        ("månedspris", "maanedspris"),
        ("være", "vaere"),
        ("який", "ЯКИЙ"),
        ("дитячий садок її", "дитячий садок ии"),
        ("ещё", "еще"),
        ("أريد روضة", "اريد روضه"),
        ("مدرسةٌ", "مدرسه"),
        ("كم عمر", "کم عمر"),
        ("ሓኪም ስድራ", "ሐኪም ሥድራ"),
        ("ጸሓይ", "ፀሓይ"),
        ("heeeeelp", "heelp"),
        ("barnehage\u200b pris", "barnehage  pris"),
        ("3 år", "5 år"),
        ("٣ سنوات", "5 سنوات"),
    ],
)
def test_two_ways_of_typing_the_same_thing_become_one(typed: str, also_typed: str) -> None:
    assert normalise(typed) == normalise(also_typed)


@pytest.mark.parametrize(("one", "other"), [("113", "5"), ("116 117", "3"), ("мій", "мии"), ("barn", "bam")])
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", "   ", "123", "🙂🙂", "?!", "\u200b\u200f", "١٢٣"])
def test_text_without_letters_has_none(text: str) -> None:
    assert not has_letters(text)


@pytest.mark.parametrize("text", ["a", "ж", "ب", "ሀ", "你"])
def test_a_letter_of_any_script_is_a_letter(text: str) -> None:
    assert has_letters(text)


def test_control_characters_vanish_and_letters_stay() -> None:
    assert clean("a\x00b\u202ec\td") == "a bc d"


def test_normalising_twice_changes_nothing_more() -> None:
    for text in ("Når får vi svar?", "її ґанок", "أَهْلًا", "ሥራሕ ፀሓይ", "aaaa oeoe"):
        assert normalise(normalise(text)) == normalise(text)
