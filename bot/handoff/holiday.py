"""Norwegian public holidays, and the days that end at noon. Pure; the dates come from the ``holidays`` library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

_CODES: Final = {
    "New Year's Day": "new-year",
    "Maundy Thursday": "maundy-thursday",
    "Good Friday": "good-friday",
    "Easter Sunday": "easter-sunday",
    "Easter Monday": "easter-monday",
    "Labor Day": "labour-day",
    "Constitution Day": "constitution-day",
    "Ascension Day": "ascension-day",
    "Whit Sunday": "whit-sunday",
    "Whit Monday": "whit-monday",
    "Christmas Day": "christmas-day",
    "Second Day of Christmas": "second-christmas-day",
}
CODES: Final = (*_CODES.values(), "before-easter", "whitsun-eve", "christmas-eve", "new-years-eve")
"""Every code that ``Holiday.code`` can be; their names are the locale keys ``console.hours.days.<code>``."""


@dataclass(frozen=True)
class Holiday:
    """A day on which offices are closed; a ``half`` day ends early."""

    day: date
    code: str
    half: bool


@lru_cache(maxsize=32)
def holidays_of(year: int) -> dict[date, Holiday]:
    """The holidays and half days of a year. A public holiday that is also the eve of another is closed."""
    found = {
        day: Holiday(day, _CODES[names.split("; ")[0]], half=False)
        for day, names in holidays.country_holidays("NO", years=year, language="en_US").items()
    }
    # Counted from the one movable day that never shares its date with a fixed one, whose name would stand first.
    maundy_thursday = next(day for day, entry in found.items() if entry.code == "maundy-thursday")
    eves = {
        maundy_thursday - timedelta(days=1): "before-easter",
        maundy_thursday + timedelta(days=51): "whitsun-eve",
        date(year, 12, 24): "christmas-eve",
        date(year, 12, 31): "new-years-eve",
    }
    for day, code in eves.items():
        found.setdefault(day, Holiday(day, code, half=True))
    return found


def holiday(day: date) -> Holiday | None:
    """The holiday or half day that this is."""
    return holidays_of(day.year).get(day)


def ahead(first: date, days: int) -> tuple[Holiday, ...]:
    """What comes within so many days from ``first``, in order."""
    last = first + timedelta(days=days)
    years = range(first.year, last.year + 1)
    found = (entry for year in years for entry in holidays_of(year).values())
    return tuple(sorted((entry for entry in found if first <= entry.day <= last), key=lambda entry: entry.day))
