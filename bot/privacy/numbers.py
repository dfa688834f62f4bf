"""Which digits are a number that identifies somebody: pure rules over groups of digits as they were written.

``identify`` tries, at one group, the rules in this order: identity number, DUF number, account, card, telephone.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

_EMERGENCY = "110 112 113"
_SHORT = "02800 04050 116000 116006 116111 116117 116123"
_LINES = (
    "21498900 22400040 22591300 23327000 23351500 23950000 23952000 47809050 55553333 55553334 55553336 80033321 "
    "80040008 80057000 81555201"
)
SERVICE_NUMBERS = frozenset(f"{_EMERGENCY} {_SHORT} {_LINES}".split())
"""Numbers that anybody may need, without blanks and country code; never masked."""

_LONGEST = 19
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_ACCOUNT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ID_SHAPES = {(11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2)}
_DUF_SHAPES = {(12,), (4, 6, 2), (10, 2), (4, 8), (4, 3, 3, 2)}
_ACCOUNT_SHAPES = {(11,), (4, 2, 5)}
_CARD_SHAPES = {(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 4, 5), (4, 6, 4), (4, 4, 4, 1)}
_PHONE_SHAPES = {(8,), (3, 2, 3), (2, 2, 2, 2), (3, 5), (5, 3), (4, 4)}


@dataclass(frozen=True)
class Group:
    """Digits without a separator between them: where they stand, and whether a ``+`` stands before them."""

    start: int
    end: int
    digits: str
    plus: bool = False


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_birth_date(digits: str) -> bool:
    """The first six digits are a day of birth as identity numbers write it.

    D-numbers add 40 to the day; synthetic numbers add 40, 65 or 80 to the month.
    """
    day, month = int(digits[:2]), int(digits[2:4])
    day -= 40 if day > 40 else 0
    for shift in (80, 65, 40, 0):
        if 1 <= month - shift <= 12:
            return 1 <= day <= _DAYS[month - shift - 1]
    return False


def is_identity_number(digits: str) -> bool:
    """Eleven digits: a day of birth and two check digits that are right."""
    return (
        len(digits) == 11
        and is_birth_date(digits)
        and _sum(digits, _FIRST_WEIGHTS) % 11 == 0
        and _sum(digits, _SECOND_WEIGHTS) % 11 == 0
    )


def is_account_number(digits: str) -> bool:
    """Eleven digits with a right check digit (modulus 11)."""
    return len(digits) == 11 and _sum(digits, _ACCOUNT_WEIGHTS) % 11 == 0


def is_card_number(digits: str) -> bool:
    """13 to 19 digits of a card scheme with a right check digit (Luhn)."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Norwegian form, right or mistyped, or any other with right check digits (modulus 97)."""
    letters = "".join(c for c in text.upper() if c.isalnum())
    if letters.startswith("NO") and len(letters) == 15 and letters[2:].isdigit():
        return True
    if not 15 <= len(letters) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in letters[4:] + letters[:4])) % 97 == 1


def identify(text: str, groups: Sequence[Group], index: int, contacts: bool) -> tuple[int, str | None]:
    """What begins at ``groups[index]``: how many groups, and its kind; None means that they stay."""
    windows: list[tuple[int, str]] = []
    digits = ""
    for size, group in enumerate(groups[index : index + _LONGEST], start=1):
        digits += group.digits
        if len(digits) > _LONGEST and size > 1:
            break
        windows.append((size, digits))
    shape = tuple(len(group.digits) for group in groups[index : index + len(windows)])
    plus = groups[index].plus
    for size, digits in windows:
        if kind := _identity(digits, shape[:size], plus):
            return size, kind
    if size := _across_a_gap(groups, index):
        return size, "id"
    for size, digits in reversed(windows):
        if kind := _bank(digits, shape[:size], plus):
            return size, kind
    return _telephone(text, groups, index, windows, contacts)


def _identity(digits: str, shape: tuple[int, ...], plus: bool) -> str | None:
    if len(digits) == 11:
        date_first = shape[:3] == (2, 2, 4) and digits[4:6] in ("19", "20")
        if is_identity_number(digits) and not date_first:
            return "id"
        if is_birth_date(digits) and shape in _ID_SHAPES and not plus:  # mistyped; it still tells who
            return "id"
    if len(shape) == 1 and any(is_identity_number(digits[i : i + 11]) for i in range(len(digits) - 10)):
        return "id"
    if len(digits) == 12 and shape in _DUF_SHAPES and not plus and "1980" <= digits[:4] <= "2059":
        return "id"
    return None


def _across_a_gap(groups: Sequence[Group], index: int) -> int:
    """Six digits at the end of this group and five at the start of the next, with more digits stuck to them."""
    if index + 1 >= len(groups):
        return 0
    left, right = groups[index].digits, groups[index + 1].digits
    return 2 if len(left) >= 6 and len(right) >= 5 and is_identity_number(left[-6:] + right[:5]) else 0


def _bank(digits: str, shape: tuple[int, ...], plus: bool) -> str | None:
    if plus:
        return None
    if shape in _ACCOUNT_SHAPES and is_account_number(digits):
        return "account"
    if (len(shape) == 1 or shape in _CARD_SHAPES) and is_card_number(digits):
        return "card"
    return None


def _telephone(
    text: str, groups: Sequence[Group], index: int, windows: Sequence[tuple[int, str]], contacts: bool
) -> tuple[int, str | None]:
    first = groups[index]
    for size, digits in reversed(windows):
        if _national(digits, first.plus) in SERVICE_NUMBERS:
            return size, None
    if not contacts:
        return 1, None
    for size, digits in reversed(windows):
        shape = tuple(len(group.digits) for group in groups[index : index + size])
        if first.plus or first.digits.startswith("00"):
            if _is_possible("+" + digits.removeprefix("00") if not first.plus else "+" + digits):
                return size, "phone"
        elif _is_written_as_phone(digits, shape) and _is_evenly_written(text, groups[index : index + size]):
            return size, "phone"
    return 1, None


def _national(digits: str, plus: bool) -> str:
    """The number without Norway's country code."""
    for prefix in ("0047", "47"):
        rest = digits.removeprefix(prefix)
        if rest != digits and (plus or prefix == "0047" or len(rest) == 8) and rest:
            return rest
    return digits


def _is_possible(number: str) -> bool:
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    if not 8 <= len(number) <= 16 or not any(int(number[1:end]) in codes for end in (2, 3, 4)):
        return False  # the cheap questions first
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return False


def _is_evenly_written(text: str, groups: Sequence[Group]) -> bool:
    """The same blank, point or hyphen between all groups: a date followed by a time is not."""
    gaps = {text[a.end : b.start].strip("\u200e\u200f") for a, b in itertools.pairwise(groups)}
    return len(gaps) <= 1 and all(len(gap) <= 1 and gap not in ("/", ",", "_") for gap in gaps)


def _is_written_as_phone(digits: str, shape: tuple[int, ...]) -> bool:
    if len(digits) == 8 and shape in _PHONE_SHAPES and digits[0] in "23456789":
        if len(shape) <= 2 and _looks_like_dates(digits):
            return False
        return shape != (4, 4) or _is_valid("+47" + digits)
    if len(digits) == 10 and digits[:2] == "47" and digits[2] in "23456789":
        return shape[0] in (2, 10) and (shape == (10,) or shape[1:] in _PHONE_SHAPES)
    if digits[0] == "0" and 9 <= len(digits) <= 11:  # a foreign number as it is dialled at home
        return shape[0] >= 3
    return len(shape) == 1 and 9 <= len(digits) <= 15 and _is_valid("+" + digits)


def _looks_like_dates(digits: str) -> bool:
    """Two years (2025 2026), or a date without points (22112026, 20261122)."""
    head, tail = digits[:4], digits[4:]
    if head[:2] in ("19", "20") and (tail[:2] in ("19", "20") or _is_day(tail[2:], tail[:2])):
        return True
    return tail[:2] in ("19", "20") and _is_day(head[:2], head[2:])


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= _DAYS[int(month) - 1]


def _is_valid(number: str) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return False
