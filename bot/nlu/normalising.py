"""One spelling for the many ways in which people type the same thing, before any letter is counted.

Used alike on training sentences and on messages, so a fold never has to be right, only the same on both sides.
"""

from __future__ import annotations

import re
import unicodedata

SERVICE_NUMBERS = frozenset({"110", "112", "113", "116117", "116111", "116006", "123"})
"""Digits that carry meaning by themselves; every other number is only *a number*."""

_DIGITS = re.compile(r"\d+(?:[ .,:/-]?\d+)*")
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACES = re.compile(r"\s+")

# Letters of one script that people use for one another: neighbouring keyboards, missing keys, regional spelling.
_LETTERS: dict[str, str] = {
    "ø": "o", "œ": "o", "æ": "a", "ł": "l", "đ": "d", "ð": "d", "þ": "t", "ß": "ss", "ı": "i",
    "’": "", "'": "", "ʼ": "", "`": "", "´": "", "‘": "", "ʻ": "",
    # Cyrillic: a Ukrainian on a Russian keyboard, and the other way
    "ё": "е", "є": "е", "э": "е", "ґ": "г", "і": "и", "ї": "и", "ы": "и", "ъ": "",
    # Arabic, Persian, Pashto
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ئ": "ي", "ؤ": "و",
    "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ک": "ك", "ګ": "گ", "ڪ": "ك", "ء": "", "ـ": "",
    "؟": "?", "،": ",", "؛": ";", "۔": ".",
    # Ethiopic word and sentence marks
    "፡": " ", "።": ".", "፣": ",", "፤": ";", "፥": ":", "፦": ":", "፧": "?", "፨": ".",
}  # fmt: skip


def _ethiopic_folds() -> dict[str, str]:
    """Rows of the syllabary that sound alike in Tigrinya and are written for one another, onto one row."""
    folds: dict[str, str] = {}
    for source, target, width in ((0x1220, 0x1230, 8), (0x1340, 0x1338, 8), (0x1280, 0x1200, 7)):
        for vowel in range(width):
            folds[chr(source + vowel)] = chr(target + vowel)
    # አ and ኣ, ዐ and ዓ, ሐ and ሓ, ሀ and ሃ differ by region, not by meaning.
    folds |= {"አ": "ኣ", "ዐ": "ዓ", "ሐ": "ሓ", "ሀ": "ሃ", "ኀ": "ሃ"}
    return folds


_TABLE = str.maketrans(_LETTERS | _ethiopic_folds())
_LATIN_DOUBLES = (("aa", "a"), ("oe", "o"), ("ae", "a"))


def has_letters(text: str) -> bool:
    """Whether anything in ``text`` is a letter of any script; what has none is never understood as a topic."""
    return any(unicodedata.category(character)[0] == "L" for character in text)


def clean(text: str) -> str:
    """``text`` in NFKC without control and format characters, blanks collapsed; letters stay as they were."""
    composed = unicodedata.normalize("NFKC", text)
    if composed.isprintable():  # then there is none of these, and no blank but the common one: most messages
        return _SPACES.sub(" ", composed).strip()
    kept = (
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character
        for character in composed
        if unicodedata.category(character) not in ("Cf", "Co", "Cs", "Cn")
    )
    return _SPACES.sub(" ", "".join(kept)).strip()


def _without_marks(text: str) -> str:
    """Drop accents and vowel signs, but not the breve of й, which makes another letter."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.replace("й", "\ue000"))
    bare = "".join(character for character in parts if unicodedata.category(character) != "Mn")
    return unicodedata.normalize("NFC", bare).replace("\ue000", "й")


def _number(match: re.Match[str]) -> str:
    digits = "".join(str(unicodedata.digit(c)) for c in match.group() if c.isdigit())
    return digits if digits in SERVICE_NUMBERS else "0"


def normalise(text: str) -> str:
    """The folded spelling that the classifier sees.

    Small letters, no accents or vowel signs, letters that stand for one another made one, a lengthened
    letter ("heeelp") shortened to two, numbers other than service numbers to ``0``.
    """
    folded = clean(text).casefold()
    folded = _without_marks(folded.translate(_TABLE)).translate(_TABLE)
    folded = _REPEATED.sub(r"\1\1", folded)
    for double, single in _LATIN_DOUBLES:
        folded = folded.replace(double, single)
    folded = _DIGITS.sub(_number, folded)
    return _SPACES.sub(" ", folded).strip()
