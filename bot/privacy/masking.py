"""Removes what identifies a person from a text before it is stored or sent on.

Always: national identity numbers, D-numbers and their synthetic kinds, DUF numbers, account and IBAN numbers, payment
cards. With ``contacts`` also telephone numbers and e-mail addresses. Service numbers (113, 116 117 …) stay, and so do
dates, prices, years, ages, sections of law and case numbers. A mark that needs no translation stands instead.

Digits of every script are read. One pass finds runs of digits with a few separators between them; the rules
(``bot.privacy.numbers``) look at whole groups of one run, so the work grows with the length of the text only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy import numbers
from bot.privacy.numbers import Group

MARKS = {
    "id": "[▪▪▪ ID]",
    "account": "[▪▪▪ IBAN]",
    "card": "[▪▪▪ 💳]",
    "phone": "[▪▪▪ ☎]",
    "email": "[▪▪▪ @]",
}
"""What stands instead, by kind: signs that are read alike in every language."""

_UNSEEN = "\\u00ad\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff"
_BETWEEN = rf"[\s{_UNSEEN}()./,_·\-‐‑‒–—]"
_RUN = re.compile(rf"[0-9]+(?:{_BETWEEN}{{1,3}}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_IBAN = re.compile(
    r"(?<![^\W_])[A-Z]{2}\s?[0-9]{2}(?:[\s.\-]?[A-Z0-9]{4}){2,7}(?:[\s.\-]?[A-Z0-9]{1,3})?(?![^\W_])", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.%+\-]{1,64}+ ?(?:@|\(at\)|\[at\]) ?[\w\-]{1,63}+(?:\.[\w\-]{1,63}+){1,8}")


@dataclass(frozen=True)
class Masked:
    """A text without what was masked; ``found`` holds the kinds that were, each once, in order."""

    text: str
    found: tuple[str, ...]


def mask(text: str, *, contacts: bool) -> Masked:
    """Mask identity, account and card numbers, and with ``contacts`` telephone numbers and e-mail addresses.

    Masking a masked text changes nothing.
    """
    plain = _ascii_digits(text)
    spans: list[tuple[int, int, str]] = []
    if contacts and ("@" in plain or "at" in plain):
        spans += [(*found.span(), "email") for found in _EMAIL.finditer(plain)]
        plain = _blanked(plain, spans)
    ibans = [(*found.span(), "account") for found in _IBAN.finditer(plain) if numbers.is_iban(found.group())]
    plain = _blanked(plain, ibans)
    spans += ibans
    for run in _RUN.finditer(plain):
        spans += _in_run(plain, run.start(), run.group(), contacts)
    if not spans:
        return Masked(text, ())
    pieces: list[str] = []
    found_kinds: dict[str, None] = {}
    position = 0
    for start, end, kind in sorted(spans):
        pieces += (text[position:start], MARKS[kind])
        found_kinds[kind] = None
        position = end
    pieces.append(text[position:])
    return Masked("".join(pieces), tuple(found_kinds))


def _ascii_digits(text: str) -> str:
    """The same text, as long, with every decimal digit as 0-9."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() or not c.isdecimal() else str(unicodedata.decimal(c)) for c in text)


def _blanked(text: str, spans: list[tuple[int, int, str]]) -> str:
    """The same text, as long, with the spans made unreadable to the next rule."""
    for start, end, _ in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _in_run(text: str, offset: int, run: str, contacts: bool) -> Iterator[tuple[int, int, str]]:
    before = text[max(0, offset - 2) : offset].rstrip("(")
    groups = [
        Group(offset + found.start(), offset + found.end(), found.group(), before.endswith("+") and not found.start())
        for found in _GROUP.finditer(run)
    ]
    index = 0
    while index < len(groups):
        size, kind = numbers.identify(text, groups, index, contacts)
        if kind is not None:
            start = groups[index].start
            if groups[index].plus:
                start = text.rindex("+", 0, start)
            yield start, groups[index + size - 1].end, kind
        index += size
