"""What somebody typed, made fit to store and to understand."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.web.problems import Problem

LONGEST: Final = 5000
"""Characters that one message may have."""

_KEPT_CONTROLS: Final = frozenset("\n\u200c\u200d")
"""Line breaks, and the joiners that Persian and Pashto spelling and composed emoji need."""
_ISOLATES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(raw: str, language: str) -> str:
    """Return ``raw`` in NFC without control characters and outer blanks.

    Raises Problem: ``message_too_long`` above 5 000 characters, ``empty_message`` when nothing is left.
    """
    if len(raw) > LONGEST:
        raise Problem("message_too_long", language, values={"limit": str(LONGEST)})
    words = plain(raw)
    if all(unicodedata.category(character) in ("Cf", "Zs", "Zl", "Zp", "Cc") for character in words):
        raise Problem("empty_message", language)
    return words


def plain(raw: str) -> str:
    """Return ``raw`` in NFC without control characters and outer blanks; may be empty."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", "".join(character for character in lines if _is_kept(character))).strip()


def _is_kept(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return True
    # Cc: control characters; Cs: halves of characters that broken JSON can carry and no database stores.
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in _ISOLATES


def has_letter(words: str) -> bool:
    """Tell whether there is anything to understand: one letter of any script."""
    return any(unicodedata.category(character).startswith("L") for character in words)


def for_rasa(words: str) -> str:
    """Return the copy that Rasa gets: a leading slash would be a command to it."""
    return words.lstrip("/ \t\n\u00a0\u200b\u200c\u200d\ufeff")
