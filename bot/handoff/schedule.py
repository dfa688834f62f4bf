"""How long a case may wait, by urgency and by the hours of its municipality. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.handoff.hours import Hours, Offices
from bot.handoff.records import Urgency

AT_ANY_HOUR: Final[Urgency] = "U0"
"""The urgency whose deadline runs, and whose alerts go out, day and night."""
GRACE: Final = timedelta(minutes=15)
"""After closing: what falls due at the end of the day is told to those who are about to leave."""
PARTS: Final = (0.5, 0.75, 1.0)
"""Of a deadline: two reminders, and the end."""


@dataclass(frozen=True)
class Schedule:
    """The rules of one installation."""

    offices: Offices
    within: Mapping[Urgency, timedelta]
    by_clock: frozenset[Urgency] = frozenset({AT_ANY_HOUR})
    """Urgencies that are counted by the clock; the others are counted in open hours."""

    def due(self, urgency: Urgency, since: datetime, hours: Hours, part: float = 1.0) -> datetime:
        """When an answer is due to somebody who waits ``since`` then, or when a part of that time has gone."""
        span = self.within[urgency] * part
        return since + span if urgency in self.by_clock else hours.add_open_hours(since, span)

    def tell_from(self, urgency: Urgency, at: datetime, hours: Hours) -> datetime | None:
        """When coordinators may be told of something that happens at ``at``: None for now, or the next opening."""
        if urgency == AT_ANY_HOUR or hours.is_open(at) or hours.is_open(at - GRACE):
            return None
        return hours.next_opening(at)


def plain(within: timedelta) -> Schedule:
    """Always open, and one deadline for all, by the clock."""
    return Schedule(Offices(), {"U0": within, "U1": within, "U2": within}, frozenset({"U0", "U1", "U2"}))
