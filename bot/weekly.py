"""Opening hours by weekday as people write them: one grammar for settings, municipalities and offices. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY: Final = 24 * 60
"""Minutes of a day."""
ALWAYS: Final = "always"
_DAY = "|".join(DAYS)
_SPELL: Final = re.compile(rf"(?:({_DAY})(?:-({_DAY}))? )?(.+)")
_TIMES: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
Spell = tuple[int, int]


@dataclass(frozen=True)
class Week:
    """For each weekday from Monday the spells ``(first minute, end)`` in order, none meeting another.

    ``holidays_too`` means day and night without exception (``always``).
    """

    days: tuple[tuple[Spell, ...], ...]
    holidays_too: bool = False

    def __str__(self) -> str:
        """The hours in the grammar of ``read_week``, days that are alike taken together."""
        if self.holidays_too:
            return ALWAYS
        parts: list[str] = []
        first = 0
        while first < len(DAYS):
            last = first
            while last + 1 < len(DAYS) and self.days[last + 1] == self.days[first]:
                last += 1
            if self.days[first]:
                name = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
                times = ", ".join(f"{clock(start)}-{clock(end)}" for start, end in self.days[first])
                parts.append(f"{name} {times}")
            first = last + 1
        return "; ".join(parts)


def clock(minute: int) -> str:
    """A minute of the day as ``HH:MM``; the end of the day is ``24:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_clock(words: str) -> int:
    """The minute of the day of ``HH:MM``; raises ValueError."""
    found = _TIMES.fullmatch(f"{words}-24:00")
    if found is None:
        raise ValueError(f"the time {words!r} cannot be read")
    return _minute(found[1], found[2])


def read_half_days(words: str) -> int | None:
    """The minute of ``HH:MM`` at which half days end, None for ``closed``; raises ValueError."""
    return None if words == "closed" else read_clock(words)


def _minute(hour: str, minute: str) -> int:
    at = int(hour) * 60 + int(minute)
    if at > DAY:
        raise ValueError("a day ends at 24:00")
    return at


def read_week(words: str, *, loose: bool = False) -> Week:
    """Read ``always``, or spells parted by ``;``: ``mon-thu 09:00-11:30, 12:00-15:00; fri 09:00-14:00``.

    Without a day, Monday to Friday are meant, and every day for ``00:00-24:00``. Raises ValueError with a part of a
    sentence that says what is wrong. ``loose`` takes what an office may write of itself besides: spells that meet are
    one, and a spell may go on past midnight.
    """
    if words.strip() == ALWAYS:
        return Week((((0, DAY),),) * 7, holidays_too=True)
    days: list[list[Spell]] = [[] for _ in DAYS]
    for part in filter(None, (part.strip() for part in words.split(";"))):
        found = _SPELL.fullmatch(part)
        if found is None:  # nothing is left out by the pattern but an empty text
            raise ValueError(f"{part!r} cannot be read")
        every_day = found[1] is None and found[3] == "00:00-24:00"
        first = DAYS.index(found[1] or "mon")
        last = DAYS.index(found[2] or found[1] or ("sun" if every_day else "fri"))
        if last < first:
            raise ValueError(f"the days of {part!r} run backwards")
        for times in found[3].split(","):
            for day in range(first, last + 1):
                _add(days, day, times.strip(), loose)
    if not any(days):
        raise ValueError("no hours are given")
    return Week(tuple(_in_order(spells, loose) for spells in days))


def _add(days: list[list[Spell]], day: int, times: str, loose: bool) -> None:
    found = _TIMES.fullmatch(times)
    if found is None:
        raise ValueError(f"the hours {times!r} cannot be read")
    start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    if start < end:
        days[day].append((start, end))
    elif loose:
        days[day].append((start, DAY))
        days[(day + 1) % len(DAYS)].append((0, end))
    else:
        raise ValueError(f"{times!r} ends before it begins")


def _in_order(spells: list[Spell], loose: bool) -> tuple[Spell, ...]:
    joined: list[Spell] = []
    for start, end in sorted(spell for spell in spells if spell[0] < spell[1]):
        if joined and start < joined[-1][1] and not loose:
            raise ValueError("two spells of one day overlap")
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
