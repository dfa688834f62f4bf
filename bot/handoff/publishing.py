"""From counts to figures that may be shown: which numbers add up with which, months first, then quarters.

A month is published once and for all. A quarter is published after its months: only its own cells give way. Any other
span is put together from published months and quarters (``together``), so it tells nothing that they do not.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from bot.handoff.counting import add_months
from bot.handoff.suppression import Mark, Sum, suppress

ALL: Final = "*"
"""Stands for all municipalities, and for all codes of a measure."""
Key = tuple[str, str, str, str]
"""Municipality, measure, dimension, code."""
Counts = Mapping[Key, int]
Span = tuple[date, date]
"""The first month that belongs to it, and the first after it."""

_GROUPS: Final = (
    ("cases", "offers"),
    ("closed",),
    ("first_answer",),
    ("conversations",),
    ("answers",),
    ("useful",),
    ("not_useful",),
    ("not_understood",),
)
"""Measures whose numbers add up with each other: an accepted offer is a case."""
_UNPUBLISHED: Final = ("wait",)
"""Dimensions that only percentiles are made of."""


@dataclass(frozen=True)
class Figure:
    """One number as it may be shown. ``n`` is None where it is hidden, and ``mark`` says why.

    ``at_least`` is what the parts come to that are shown, in a span that is put together.
    """

    n: int | None
    mark: Mark | None = None
    at_least: int = 0


NOTHING: Final = Figure(0)


def pieces(span: Span) -> list[Span]:
    """The units of publication in a span: quarters where they fit, months else. Raises ValueError for an empty one."""
    begin, end = span
    if begin >= end:
        raise ValueError("a span has at least one month")
    found = []
    while begin < end:
        length = 3 if begin.month % 3 == 1 and add_months(begin, 3) <= end else 1
        found.append((begin, add_months(begin, length)))
        begin = found[-1][1]
    return found


def together(figures: Sequence[Figure]) -> Figure:
    """The sum of what was published for the parts; hidden as soon as one of several is."""
    if len(figures) == 1:
        return figures[0]
    shown = sum(figure.n or 0 for figure in figures)
    marks = [figure.mark for figure in figures if figure.mark]
    if not marks:
        return Figure(shown)
    return Figure(None, "protecting" if "protecting" in marks or len(marks) > 1 else "few", shown)


def publish(months: Sequence[Counts]) -> dict[Key, Figure]:
    """What may be shown of a month, or of a quarter given its three months; worked out once for the same counts.

    The first time it takes up to seconds: never on an event loop. Threads that ask for the same wait for the first.
    """
    asked = tuple(tuple(sorted(month.items())) for month in months)
    with _ASKING:
        turn = _turn(asked)
    with turn:
        return _published(asked)


_Asked = tuple[tuple[tuple[Key, int], ...], ...]
_KEPT: Final = 256
_ASKING: Final = threading.Lock()


@lru_cache(maxsize=_KEPT)
def _turn(months: _Asked) -> threading.Lock:
    return threading.Lock()


@lru_cache(maxsize=_KEPT)
def _published(months: _Asked) -> dict[Key, Figure]:
    figures: dict[Key, Figure] = {}
    for group in _GROUPS:
        layers = [Counter({key: n for key, n in month if key[1] in group}) for month in months]
        tables = [_tables(layer) for layer in layers]
        marks = [suppress(table.values, table.sums) for table in tables]
        values, hidden = tables[0].values, marks[0]
        if len(layers) > 1:
            whole = _tables(sum(layers, Counter()))
            values, hidden = whole.values, _quarter(whole, tables, marks)
        for key, n in values.items():
            figures[key] = Figure(None, hidden[key]) if key in hidden else Figure(n)
    return figures


@dataclass(frozen=True)
class _Tables:
    """Every cell that a reader may see of some counts, and every way in which they add up."""

    values: dict[Key, int]
    sums: list[Sum]

    def total(self, cell: Key, parts: Iterable[Key]) -> None:
        """Add a cell that is the sum of others."""
        found = tuple(parts)
        self.values[cell] = sum(self.values[part] for part in found)
        self.sums.append(Sum(cell, found))


def _tables(counts: Counts) -> _Tables:
    atoms: Counter[Key] = Counter()
    for (place, measure, dimension, code), n in counts.items():
        if dimension not in _UNPUBLISHED:
            atoms[place, measure, dimension, code] += n
            if (measure, dimension) == ("cases", "topic"):
                atoms[place, "offers", "answer", "accepted"] += n
    places = sorted({key[0] for key in atoms})
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for measure, dimension, code in sorted({key[1:] for key in atoms}):
        codes[measure, dimension].append(code)
    tables = _Tables({}, [])
    for (measure, dimension), found in codes.items():
        for code in found:
            rows = [(place, measure, dimension, code) for place in places]
            tables.values.update({row: atoms[row] for row in rows})
            tables.total((ALL, measure, dimension, code), rows)
    for (measure, dimension), found in codes.items():
        for place in (*places, ALL):
            cells = [(place, measure, dimension, code) for code in found]
            if dimension == "topic":
                cells = _areas(tables, cells)
            tables.total((place, measure, ALL, ALL), cells)
    for measure in sorted({measure for measure, _ in codes}):
        tables.total((ALL, measure, ALL, ALL), [(place, measure, ALL, ALL) for place in places])
    if ("cases", "topic") in codes:
        for place in (*places, ALL):
            tables.sums.append(Sum((place, "offers", "answer", "accepted"), ((place, "cases", ALL, ALL),)))
    return tables


def _areas(tables: _Tables, topics: Sequence[Key]) -> list[Key]:
    """Add the areas of these cells of topics, which are named ``area.topic``."""
    found: dict[Key, list[Key]] = defaultdict(list)
    for place, measure, dimension, code in topics:
        found[place, measure, "area", code.partition(".")[0]].append((place, measure, dimension, code))
    for area, cells in found.items():
        tables.total(area, cells)
    return list(found)


def _quarter(whole: _Tables, months: Sequence[_Tables], marks: Sequence[Mapping[Key, Mark]]) -> dict[Key, Mark]:
    """The hidden cells of a quarter, with its months published before it."""
    values: dict[tuple[int, Key], int] = {}
    sums: list[Sum] = []
    settled: dict[tuple[int, Key], Mark | None] = {}
    for number, (month, hidden) in enumerate(zip(months, marks, strict=True), start=1):
        for cell, n in month.values.items():
            values[number, cell] = n
            settled[number, cell] = hidden.get(cell)
        sums += _at(number, month.sums)
    for cell, n in whole.values.items():
        values[0, cell] = n
        sums.append(Sum((0, cell), tuple((m, cell) for m in range(1, len(months) + 1) if (m, cell) in settled)))
    sums += _at(0, whole.sums)
    return {cell: mark for (number, cell), mark in suppress(values, sums, settled).items() if number == 0}


def _at(number: int, sums: Iterable[Sum]) -> list[Sum]:
    return [Sum((number, one.total), tuple((number, part) for part in one.parts)) for one in sums]
