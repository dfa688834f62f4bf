from __future__ import annotations

import pytest

from bot.nlu.data import training_examples
from bot.nlu.transliteration import SPELLINGS, latin_copy, script_of


@pytest.mark.parametrize(
    ("text", "language", "spelling", "expected"),
    [
        ("хочу садок", "uk", 0, "khochu sadok"),
        ("хочу садок", "uk", 1, "hochu sadok"),
        ("скільки коштує", "uk", 0, "skilky koshtuye"),
        ("сколько стоит", "ru", 0, "skolko stoit"),
        ("كم سعر المدرسة", "ar", 0, "kam saar al madrasa"),
        ("عندي طفل", "ar", 1, "3andi 6efl"),
        ("ሰላም", "ti", 0, "selam"),
        ("ቆልዓ", "ti", 0, "qola"),
        ("ክንደይ", "ti", 0, "kndey"),
    ],
)
def test_a_copy_looks_like_what_people_type(text: str, language: str, spelling: int, expected: str) -> None:
    copy = latin_copy(text, language, spelling)
    assert copy == expected


@pytest.mark.parametrize("text", ["hva koster barnehage", "3andi tefl", "", "123"])
def test_what_is_in_latin_letters_gets_no_copy(text: str) -> None:
    assert latin_copy(text, "uk", 0) is None


def test_every_copy_of_the_training_data_is_in_latin_letters_alone() -> None:
    left: dict[str, set[str]] = {}
    for example in training_examples():
        for spelling in range(SPELLINGS):
            copy = latin_copy(example.text, example.language, spelling) or ""
            left.setdefault(example.language, set()).update(c for c in copy if script_of(c) not in (None, "Latn"))
    assert {language: found for language, found in left.items() if found} == {}
