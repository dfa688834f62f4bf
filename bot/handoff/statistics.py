"""The statistics that leads see: of whole months that are over, with nothing small in them.

Counts are read here and leave only through ``bot.handoff.publishing``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.counting import WAIT_MINUTES, add_months
from bot.handoff.engine import reading
from bot.handoff.publishing import ALL, NOTHING, Figure, Key, Span, pieces, publish, together
from bot.handoff.tables_statistics import usage_counts

FEWEST_FOR_MEDIAN: Final = 5
FEWEST_FOR_NINETIETH: Final = 20
"""With fewer, the ninetieth percentile would be the wait of one family or two."""


@dataclass(frozen=True)
class Waits:
    """Time until the first human answer: at most so many minutes for half and for nine of ten; None = too few to say.

    ``BEYOND`` stands for a wait longer than the longest class.
    """

    median: int | None
    ninetieth: int | None


BEYOND: Final = WAIT_MINUTES[-1] + 1
"""Stands for a wait longer than the longest class."""


@dataclass(frozen=True)
class Report:
    """What may be shown of one span for one choice of municipality; figures by measure, dimension and code."""

    figures: Mapping[tuple[str, str, str], Figure]
    waits: Waits

    def figure(self, measure: str, dimension: str = ALL, code: str = ALL) -> Figure:
        """The figure of a code, or of the whole measure."""
        return self.figures.get((measure, dimension, code), NOTHING)

    def codes(self, measure: str, dimension: str) -> tuple[str, ...]:
        """The codes of a dimension that have something."""
        return tuple(
            c for (m, d, c), figure in self.figures.items() if (m, d) == (measure, dimension) and figure.n != 0
        )

    def share(self, part: tuple[str, str, str], *whole: tuple[str, str, str]) -> float | None:
        """``part`` of the sum of ``whole``, from shown figures only; None when one is hidden or there is nothing."""
        above, below = self.figure(*part).n, [self.figure(*key).n for key in whole]
        shown = [n for n in below if n is not None]
        if above is None or len(shown) < len(below) or not sum(shown):
            return None
        return above / sum(shown)


class Statistics:
    """The reader of the counts. Synchronous."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def months(self) -> tuple[date, ...]:
        """The months that have counts, oldest first, the running one among them."""
        u = usage_counts.c
        with reading(self._engine) as connection:
            return tuple(row[0] for row in connection.execute(sa.select(u.month).distinct().order_by(u.month)))

    def places(self, municipalities: tuple[str, ...] | None) -> tuple[str, ...]:
        """The municipalities that have counts and may be seen."""
        u = usage_counts.c
        query = sa.select(u.municipality).distinct().where(u.municipality != "").order_by(u.municipality)
        with reading(self._engine) as connection:
            found = [str(row[0]) for row in connection.execute(query)]
        return tuple(place for place in found if municipalities is None or place in municipalities)

    def report(
        self, span: Span, *, municipality: str | None = None, municipalities: tuple[str, ...] | None = None
    ) -> Report:
        """What may be shown of whole months; the caller offers only months that are over.

        ``municipalities`` are those that the reader may see (None: all; counts without municipality are always
        among them), ``municipality`` one of them (None: all together). Raises ValueError for another.
        """
        if municipality is not None and municipalities is not None and municipality not in municipalities:
            raise ValueError("counts of this municipality may not be seen")
        place = ALL if municipality is None else municipality
        counts = self._counts(span, municipalities)
        parts: list[dict[tuple[str, str, str], Figure]] = []
        for begin, end in pieces(span):
            figures = publish([counts[month] for month in _months(begin, end)])
            parts.append({key[1:]: figure for key, figure in figures.items() if key[0] == place})
        keys = dict.fromkeys(key for part in parts for key in part)
        found = {key: together([part.get(key, NOTHING) for part in parts]) for key in keys}
        return Report(found, _waits(counts.values(), place, found.get(("first_answer", ALL, ALL), NOTHING)))

    def by_place(self, span: Span, measure: str, municipalities: tuple[str, ...] | None) -> dict[str, Figure]:
        """The whole of a measure in each municipality; the empty text stands for none."""
        counts = self._counts(span, municipalities)
        parts = [publish([counts[month] for month in _months(*piece)]) for piece in pieces(span)]
        places = sorted({key[0] for part in parts for key in part} - {ALL})
        return {place: together([part.get((place, measure, ALL, ALL), NOTHING) for part in parts]) for place in places}

    def prepare(self, running: date) -> None:
        """Work the latest months and quarters out ahead, so that no page waits for them. Seconds, the first time."""
        latest = [(add_months(running, -n), add_months(running, 1 - n)) for n in (1, 2)]
        quarter = date(running.year, running.month - (running.month - 1) % 3, 1)
        latest += [(add_months(quarter, -3 * n), add_months(quarter, 3 - 3 * n)) for n in (1, 2)]
        for span in latest:
            self.report(span)

    def _counts(self, span: Span, municipalities: tuple[str, ...] | None) -> defaultdict[date, dict[Key, int]]:
        u = usage_counts.c
        query = sa.select(u.month, u.municipality, u.measure, u.dimension, u.code, u.n)
        query = query.where(u.month >= span[0], u.month < span[1])
        if municipalities is not None:
            query = query.where(u.municipality.in_(("", *municipalities)))
        counts: defaultdict[date, dict[Key, int]] = defaultdict(dict)
        with reading(self._engine) as connection:
            for month, *key, n in connection.execute(query):
                counts[month][key[0], key[1], key[2], key[3]] = n
        return counts


def _months(begin: date, end: date) -> list[date]:
    found = []
    while begin < end:
        found.append(begin)
        begin = add_months(begin, 1)
    return found


def _waits(layers: Iterable[Mapping[Key, int]], place: str, total: Figure) -> Waits:
    classes: Counter[int] = Counter()
    for layer in layers:
        for (municipality, measure, dimension, code), n in layer.items():
            if (measure, dimension) == ("first_answer", "wait") and place in (ALL, municipality):
                classes[int(code)] += n
    shown = 0 if total.n is None else sum(classes.values())
    return Waits(
        _percentile(classes, 0.5) if shown >= FEWEST_FOR_MEDIAN else None,
        _percentile(classes, 0.9) if shown >= FEWEST_FOR_NINETIETH else None,
    )


def _percentile(classes: Counter[int], part: float) -> int:
    """The upper end of the class in which this part of all waits is reached."""
    wanted, seen = part * sum(classes.values()), 0
    for place in sorted(classes):
        seen += classes[place]
        if seen >= wanted:
            return WAIT_MINUTES[place] if place < len(WAIT_MINUTES) else BEYOND
    return BEYOND
