"""The day a question is about: "what was the rule on 1 March 2023", "hva blir prisen 1. august".

Only what is plainly a day counts: a day with its month's name, a day in figures with its year, an ISO day, or a year
after "in". "Two years", "12 hours" and section numbers must stay what they are, which is why no general parser of
dates is used here (docs/decisions/0007).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel.dates import get_month_names

LANGUAGES = ("nb", "nn", "en")
EARLIEST = 1990
"""No rule here is older; a smaller year is something else."""
LATEST = 2050

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_FIGURES = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_YEAR = re.compile(r"\b(?:i|in|during|for|siden|since|år|året)\s+(\d{4})\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|did|had|var|galdt|gjaldt|kostet|kosta|hadde|fikk|før|tidligere|tidlegare)\b", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                found[name.rstrip(".").casefold()] = number
    return found


@lru_cache(maxsize=1)
def _named() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(_months(), key=len, reverse=True))
    day_first = rf"\b(\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of\s+)?({names})\b\.?,?\s*(\d{{4}})?"
    month_first = rf"\b({names})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s*(\d{{4}}))?"
    return re.compile(day_first, re.IGNORECASE), re.compile(month_first, re.IGNORECASE)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _nearest(month: int, day: int, on: date, *, past: bool) -> date | None:
    """A day without a year: the last one before ``on`` in a question about the past, else the next from ``on``."""
    years = (on.year, on.year - 1) if past else (on.year, on.year + 1)
    candidates = (_made(year, month, day) for year in years)
    return next((found for found in candidates if found and (found <= on if past else found >= on)), None)


def day_in(question: str, on: date) -> date | None:
    """Return the first day that a Norwegian or English question names, None when it names none.

    ``on`` is today: a day without a year is the next one, or the last one when the question speaks of the past.
    A year alone (``in 2023``) is its first day.
    """
    if iso := _ISO.search(question):
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    if figures := _FIGURES.search(question):
        return _made(int(figures[3]), int(figures[2]), int(figures[1]))
    day_first, month_first = _named()
    found = day_first.search(question)
    number, name, year = found.groups() if found else (None, None, None)
    if not found and (found := month_first.search(question)):
        name, number, year = found.groups()
    if number and name:
        month = _months()[name.casefold()]
        if year:
            return _made(int(year), month, int(number))
        return _nearest(month, int(number), on, past=bool(_PAST.search(question)))
    alone = _YEAR.search(question)
    return _made(int(alone[1]), 1, 1) if alone else None
