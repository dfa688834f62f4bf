"""What happens to messages on their way from a head to a telephone. Pure: the same message gives the same result.

Each function returns None when it has nothing to disturb in this message (capitals in a script that has none).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from bot.nlu.transliteration import latin_copy, script_of

CHARACTERS_PER_TYPO = 10
FIRST_WORDS = 3
NORWEGIAN_OPENING = "hei, jeg lurer på "
AROUND = 3
"""Neutral sentences before the question of a long message, and as many after it."""

_KEYBOARDS = (
    ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ"),
    ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو"),
)
_NO_MARK = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D", "ß": "ss"}
)


def _neighbours() -> Mapping[str, str]:
    """The keys beside each key."""
    found: dict[str, str] = {}
    for keyboard in _KEYBOARDS:
        for row in keyboard:
            for place, letter in enumerate(row):
                found.setdefault(letter, row[max(0, place - 1) : place] + row[place + 1 : place + 2])
    return found


NEIGHBOURS = _neighbours()


def typos(text: str, seed: int) -> str | None:
    """One slip for every ten characters and at least one: two letters swapped, one dropped, doubled or mistaken."""
    chance = random.Random(f"{seed} {text}")
    letters = list(text)
    for _ in range(max(1, len(text) // CHARACTERS_PER_TYPO)):
        places = [place for place, letter in enumerate(letters) if letter.isalpha()]
        if not places:
            return None
        place = chance.choice(places)
        slip = chance.choice(("swap", "drop", "double", "neighbour"))
        if slip == "swap" and place + 1 < len(letters) and letters[place + 1] != letters[place]:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif slip == "drop" and len(places) > 1:
            del letters[place]
        elif slip == "neighbour":
            letters[place] = _beside(letters[place], chance)
        else:
            letters.insert(place, letters[place])
    return _changed("".join(letters), text)


def without_diacritics(text: str, seed: int) -> str | None:
    """Marks left out, as on a keyboard that lacks them; Cyrillic й and ї are letters of their own and stay."""
    plain: list[str] = []
    for letter in unicodedata.normalize("NFC", text).replace("ё", "е").replace("Ё", "Е"):
        if script_of(letter) == "Cyrl":
            plain.append(letter)
        else:
            parts = unicodedata.normalize("NFD", letter)
            plain.append("".join(part for part in parts if unicodedata.category(part) != "Mn").translate(_NO_MARK))
    return _changed("".join(plain), unicodedata.normalize("NFC", text))


def capitals(text: str, seed: int) -> str | None:
    """ALL CAPITALS."""
    return _changed(text.upper(), text)


def first_words(text: str, seed: int) -> str | None:
    """Cut to the first three words."""
    return _changed(" ".join(text.split()[:FIRST_WORDS]), " ".join(text.split()))


def in_latin_letters(text: str, language: str, seed: int) -> str | None:
    """The same words in Latin letters, in one of the ways people spell them."""
    return latin_copy(text, language, seed)


def after_norwegian(text: str, seed: int) -> str | None:
    """The question after a Norwegian opening."""
    return NORWEGIAN_OPENING + text


def in_the_middle(text: str, neutral: Sequence[str], seed: int) -> str | None:
    """The question between three and three sentences that ask nothing; None when there are not six of them."""
    if len(neutral) < 2 * AROUND:
        return None
    chosen = random.Random(f"{seed} {text}").sample(list(neutral), 2 * AROUND)
    return ". ".join(part.rstrip(" .") for part in [*chosen[:AROUND], text, *chosen[AROUND:]])


def two_questions(text: str, other: str) -> str:
    """Two questions in one message."""
    return "? ".join([text.rstrip(" ?؟፧."), other])


Disturbance = Callable[[str, int], str | None]
SIMPLE: Mapping[str, Disturbance] = {
    "typos": typos,
    "without diacritics": without_diacritics,
    "ALL CAPITALS": capitals,
    "first three words": first_words,
    "after a Norwegian opening": after_norwegian,
}
"""The disturbances that need nothing but the message."""


def _beside(letter: str, chance: random.Random) -> str:
    """The key beside a letter, in its case; for Ethiopic letters, which are typed as two, another vowel."""
    if script_of(letter) == "Ethi":
        other = chr(ord(letter) ^ 1)
        return other if other.isalpha() else letter * 2
    keys = NEIGHBOURS.get(letter.lower())
    if not keys:
        return letter * 2
    key = chance.choice(keys)
    return key.upper() if letter.isupper() else key


def _changed(new: str, old: str) -> str | None:
    return new if new != old and new.strip() else None
