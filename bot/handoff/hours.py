"""When coordinators are there: opening hours by week, holidays and closed days, in Norwegian time. Pure.

Every function takes and gives moments with a time zone. Time is counted in UTC between moments that the clock on the
wall gives, so that the nights of the two changes of time are as long as they really are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.handoff.holiday import holiday
from bot.weekly import DAY, Week, read_week

NORWAY: Final = ZoneInfo("Europe/Oslo")
NOON: Final = 12 * 60
HORIZON: Final = 400
"""Days that are looked ahead and back. An office that does not open within them is said not to open."""


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Hours:
    """When one office is open. ``half_days_end`` is the minute at which half days end, None: they are closed."""

    week: Week
    half_days_end: int | None = NOON
    closed: tuple[Period, ...] = ()

    def closing(self, periods: tuple[Period, ...]) -> Hours:
        """The same office, closed on further days."""
        return replace(self, closed=(*self.closed, *periods)) if periods else self

    def spells(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """When it is open on a day of the Norwegian calendar, in UTC: ``(opens, closes)`` in order."""
        if any(day in period for period in self.closed):
            return ()
        end = DAY
        found = None if self.week.holidays_too else holiday(day)
        if found is not None:
            if not found.half or self.half_days_end is None:
                return ()
            end = self.half_days_end
        minutes = ((first, min(last, end)) for first, last in self.week.days[day.weekday()])
        moments = ((_moment(day, first), _moment(day, last)) for first, last in minutes if first < last)
        # An hour that the change of time leaves out may end before it begins.
        return tuple((opens, closes) for opens, closes in moments if opens < closes)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at this moment; the moment of closing is outside."""
        return any(opens <= at < closes for opens, closes in self.spells(at.astimezone(NORWAY).date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment from ``at`` on at which it is open: ``at`` itself while it is. None: not within HORIZON."""
        return next((max(opens, at.astimezone(UTC)) for opens, closes in self._from(at) if closes > at), None)

    def opening_after(self, at: datetime) -> datetime | None:
        """The first time that the office opens on a later day than that of ``at``."""
        midnight = _moment(at.astimezone(NORWAY).date(), DAY)
        return next((opens for opens, _ in self._from(midnight)), None)

    def add_open_hours(self, at: datetime, duration: timedelta) -> datetime:
        """The moment at which it has been open for ``duration`` since ``at``.

        For no duration it is ``next_opening``. An office that does not open for so long within HORIZON gives the end
        of it: a moment far away instead of none.
        """
        left = duration
        for opens, closes in self._from(at):
            start = max(opens, at.astimezone(UTC))
            if start < closes and left <= closes - start:
                return start + left
            left -= max(closes - start, timedelta())
        return at.astimezone(UTC) + timedelta(days=HORIZON) + duration

    def closed_since(self, at: datetime) -> datetime | None:
        """When it closed last, if it is closed at ``at``; None while it is open."""
        if self.is_open(at):
            return None
        day = at.astimezone(NORWAY).date()
        for back in range(HORIZON):
            for _, closes in reversed(self.spells(day - timedelta(days=back))):
                if closes <= at:
                    return closes
        return at.astimezone(UTC) - timedelta(days=HORIZON)

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spells of the day of ``at`` and of those after it."""
        day = at.astimezone(NORWAY).date()
        for ahead in range(HORIZON):
            yield from self.spells(day + timedelta(days=ahead))


def _moment(day: date, minute: int) -> datetime:
    """A minute of a day on the wall clock, in UTC."""
    days, rest = divmod(minute, DAY)
    at = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=NORWAY)
    return (at + timedelta(days=days)).astimezone(UTC)


ALWAYS_OPEN: Final = Hours(read_week("always"))


@dataclass(frozen=True)
class Offices:
    """The hours of every municipality; ``usual`` are those where none are known.

    ``home`` is the municipality of families who have not chosen one.
    """

    usual: Hours = ALWAYS_OPEN
    own: Mapping[str, Hours] = field(default_factory=dict)
    home: str | None = None

    def place(self, municipality: str | None) -> str | None:
        """The municipality that is meant."""
        return municipality or self.home

    def of(self, municipality: str | None) -> Hours:
        """The hours of a municipality, or the usual ones."""
        return self.own.get(self.place(municipality) or "", self.usual)
