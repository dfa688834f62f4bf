"""The statistics as tables: which there are, what their rows are called, how a figure is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.handoff.publishing import ALL, NOTHING, Figure
from bot.handoff.statistics import BEYOND, Report
from bot.handoff.suppression import FEWEST
from bot.handoff.tables import OUTCOMES
from bot.languages import languages
from bot.texts import text, texts
from bot.web.console.board import topic_title
from bot.web.console.pages import language_name, waited
from bot.web.services import Services

KEY: Final = "console.statistics."


@dataclass(frozen=True)
class Kind:
    """One table: its name in addresses and texts, what it counts, by what; ``codes`` give a fixed order."""

    name: str
    measures: tuple[str, ...]
    dimension: str
    codes: tuple[str, ...] = ()


KINDS: Final = (
    Kind("area", ("cases",), "area"),
    Kind("topic", ("cases",), "topic"),
    Kind("language", ("cases",), "language"),
    Kind("reason", ("cases",), "reason", ("danger", "own_case", "consent", "human")),
    Kind("urgency", ("cases",), "urgency", ("U0", "U1", "U2")),
    Kind("place", ("cases",), "place"),
    Kind("closed", ("closed",), "outcome", (*OUTCOMES, "withdrawn", "expired")),
    Kind("deadline", ("first_answer",), "deadline", ("within", "after")),
    Kind("conversations", ("conversations",), "language"),
    Kind("offers", ("offers",), "answer", ("accepted", "declined", "unanswered")),
    Kind("answers_topic", ("answers",), "topic"),
    Kind("answers_language", ("answers",), "language"),
    Kind("useful_topic", ("useful", "not_useful"), "topic"),
    Kind("useful_language", ("useful", "not_useful"), "language"),
    Kind("unclear", ("not_understood",), "language"),
    Kind("near", ("not_understood",), "near"),
)


@dataclass(frozen=True)
class Row:
    """One row: a code, its title, a figure for each column."""

    code: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """One table, ready to be shown, drawn and downloaded. ``total`` is None where nothing adds up to one."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None

    @property
    def lines(self) -> tuple[Row, ...]:
        """The rows with the total at the end."""
        return (*self.rows, self.total) if self.total else self.rows


@dataclass(frozen=True)
class KeyFigure:
    """One line above the tables: what it is, for this period and the one before."""

    title: str
    now: str
    before: str


def said(key: str, language: str, **values: object) -> str:
    """A text of this page."""
    return text(KEY + key, language, **{name: str(value) for name, value in values.items()}).value


def written(figure: Figure, language: str) -> str:
    """A figure as people read it."""
    if figure.n is not None:
        return str(figure.n)
    if figure.at_least:
        return said("at_least", language, number=figure.at_least)
    return said("under", language, fewest=FEWEST) if figure.mark == "few" else said("hidden", language)


def make_table(kind: Kind, now: Report, before: Report, services: Services, language: str) -> Table:
    """One table of this period beside the one before."""
    reports = (now, before)
    found = dict.fromkeys(code for r in reports for m in kind.measures for code in r.codes(m, kind.dimension))

    def row(code: str, title: str, dimension: str) -> Row:
        return Row(code, title, tuple(r.figure(m, dimension, code) for r in reports for m in kind.measures))

    rows = [row(code, code_title(kind, code, services, language), kind.dimension) for code in found]
    columns = tuple(m if r is now else f"{m}_before" for r in reports for m in kind.measures)
    if len(kind.measures) == 1:
        columns = ("this", "before")
    return Table(
        name=kind.name,
        title=said(kind.name, language),
        columns=tuple(said(column, language) for column in columns),
        rows=tuple(ordered(rows, kind.codes)),
        total=row(ALL, said("everything", language), ALL) if rows else None,
    )


def make_places(
    now: dict[str, Figure], before: dict[str, Figure], whole: tuple[Figure, Figure], services: Services, language: str
) -> Table:
    """The table of cases by municipality."""
    kind = next(kind for kind in KINDS if kind.name == "place")
    places = dict.fromkeys((*now, *before))
    parts = (now, before)
    rows = [
        Row(place, code_title(kind, place, services, language), tuple(part.get(place, NOTHING) for part in parts))
        for place in places
    ]
    shown = [row for row in rows if any(figure.n != 0 for figure in row.figures)]
    columns = (said("this", language), said("before", language))
    total = Row(ALL, said("everything", language), whole) if shown else None
    return Table(kind.name, said(kind.name, language), columns, tuple(ordered(shown, ())), total)


def ordered(rows: Iterable[Row], codes: tuple[str, ...]) -> list[Row]:
    """Rows in their fixed order, or the largest shown first; what is hidden is ordered by name, so tells nothing."""
    if codes:
        return sorted(rows, key=lambda row: codes.index(row.code) if row.code in codes else len(codes))
    return sorted(rows, key=lambda row: (-(row.figures[0].n or 0), row.title))


def code_title(kind: Kind, code: str, services: Services, language: str) -> str:
    """What a code is called; the code itself where nobody knows it any more."""
    if not code:
        return said("none", language)
    if kind.dimension == "language":
        return language_name(code, languages()[language])
    if kind.dimension == "topic":
        return topic_title(services, code, language) or code
    if kind.dimension == "place":
        found = services.guide.municipality(code)
        return found.name if found else code
    key = {
        "area": f"area.{code}",
        "near": f"area.{code}",
        "reason": f"console.reason.{code}",
        "urgency": f"console.urgency.{code.lower()}",
        "outcome": f"console.outcome_{code}" if code in OUTCOMES else f"console.state.{code}",
        "deadline": f"{KEY}deadline_{code}",
        "answer": f"{KEY}{code}",
    }[kind.dimension]
    return text(key, language).value if texts().has(key, language) else code


def key_figures(now: Report, before: Report, language: str) -> tuple[KeyFigure, ...]:
    """Shares and waiting times, made of shown figures only."""
    accepted, within = ("offers", "answer", "accepted"), ("first_answer", "deadline", "within")
    offers = [("offers", "answer", code) for code in ("accepted", "declined", "unanswered")]
    shares = (
        ("share_asked", accepted, [("conversations", ALL, ALL)]),
        ("share_accepted", accepted, offers),
        ("share_within", within, [("first_answer", ALL, ALL)]),
    )
    spoken = languages()[language]

    def share(report: Report, part: tuple[str, str, str], whole: list[tuple[str, str, str]]) -> str:
        found = report.share(part, *whole)
        if found is None:
            return said("hidden", language) if report.figure(*whole[0]).n != 0 else "–"
        return text("unit.percent", language, amount=str(round(100 * found))).value

    def wait(report: Report, minutes: int | None) -> str:
        if minutes is None:
            return said("hidden", language) if report.figure("first_answer").n != 0 else "–"
        bound = waited(timedelta(minutes=min(minutes, BEYOND - 1)), spoken)
        return said("longer" if minutes == BEYOND else "up_to", language, time=bound)

    found = [
        KeyFigure(said(key, language), share(now, part, whole), share(before, part, whole))
        for key, part, whole in shares
    ]
    for key, pick in (("wait_median", "median"), ("wait_ninetieth", "ninetieth")):
        values = [wait(report, getattr(report.waits, pick)) for report in (now, before)]
        found.append(KeyFigure(said(key, language), *values))
    return tuple(found)
