"""When a municipality's coordinators are there, and whom to call meanwhile (``coordinators`` in its file)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.guidance.reading import KnowledgeError, Record
from bot.weekly import Week, read_half_days, read_week

OUTSIDE: Final = ("barnevernvakt",)
"""Contacts that are shown while nobody is there, unless the file names others."""
_EXAMPLE: Final = 'Write "mon-thu 09:00-15:00; fri 09:00-14:00", and a break as "mon-fri 09:00-11:30, 12:00-15:00".'


@dataclass(frozen=True)
class Coordinators:
    """``half_days_end`` is the minute of the day at which half days end, None: they are closed days.

    ``closed`` are (first, last) days, both included. ``outside`` are kinds of contact.
    """

    week: Week
    half_days_end: int | None
    closed: tuple[tuple[date, date], ...]
    outside: tuple[str, ...]


def read_coordinators(record: Record, contacts: Mapping[str, object]) -> Coordinators | None:
    """Read ``coordinators`` of a municipality; None when it has none. Raises KnowledgeError."""
    if "coordinators" not in record:
        return None
    own = record.record("coordinators")
    own.only("hours", "half_days", "closed", "outside")
    try:
        week = read_week(own.text("hours"))
    except ValueError as error:
        raise own.error("hours", f"{error}.", "Nobody could say when a coordinator is there.", _EXAMPLE) from None
    outside = own.texts("outside") if "outside" in own else tuple(kind for kind in OUTSIDE if kind in contacts)
    for kind in outside:
        if kind not in contacts:
            raise own.error(
                "outside",
                f"there is no contact {kind!r} in this file.",
                "Nobody could be called while the coordinators are away.",
                "Add it under contacts, or name another.",
            )
    return Coordinators(week, _half_days(own), tuple(_closed(own, words) for words in own.texts("closed")), outside)


def _half_days(own: Record) -> int | None:
    words = own.text("half_days", "12:00")
    try:
        return read_half_days(words)
    except ValueError:
        raise own.error(
            "half_days",
            f"'half_days' is {words!r}.",
            "Nobody could say when a coordinator is there before a holiday.",
            'Write the time at which those days end, such as "12:00", or closed.',
        ) from None


def _closed(own: Record, words: str) -> tuple[date, date]:
    first, _, last = words.partition("/")
    try:
        period = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise _not_closed(own, f"{words!r} is no day and no period.") from None
    if period[1] < period[0]:
        raise _not_closed(own, f"the period {words!r} ends before it begins.")
    return period


def _not_closed(own: Record, what: str) -> KnowledgeError:
    return own.error(
        "closed",
        what,
        "Families would be told that somebody is there.",
        'Write "2026-12-28", or "2026-12-28/2026-12-30" with both days included.',
    )
