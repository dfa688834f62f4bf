"""``/console/statistics``: for leads, in whole months that are over; each table also as a plot and as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.counting import add_months, month_of
from bot.handoff.publishing import Span
from bot.handoff.statistics import Report
from bot.handoff.suppression import FEWEST
from bot.languages import languages
from bot.web.console.door import FRESH, Door
from bot.web.console.queue_view import municipalities_of, waiting_for
from bot.web.console.session import Visitor
from bot.web.console.statistics_files import to_csv, to_svg
from bot.web.console.statistics_tables import (
    KINDS,
    KeyFigure,
    Table,
    key_figures,
    make_places,
    make_table,
    said,
    written,
)
from bot.web.services import Services

LEAD_ROLES: Final = ("lead",)
HERE: Final = "/console/statistics"
# matplotlib writes styles into its drawing; nothing else may be loaded or run from it.
SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Wish:
    """What the address asks for: whole months, and a municipality or all that may be seen."""

    code: str
    span: Span
    municipality: str | None

    @property
    def before(self) -> Span:
        """As many months, just before."""
        begin, end = self.span
        length = (end.year - begin.year) * 12 + end.month - begin.month
        return add_months(begin, -length), begin

    def query(self, language: str) -> str:
        """The query of the addresses of its files."""
        begin, end = self.span
        given = {"period": self.code, "municipality": self.municipality or "", "language": language}
        if self.code == "own":
            given |= {"from": f"{begin:%Y-%m}", "to": f"{add_months(end, -1):%Y-%m}"}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class StatisticsPage:
    """Values of ``statistics.html``; ``months``, ``quarters`` and ``places`` are (value, title) to choose from."""

    wish: Wish
    title: str
    before: str
    months: tuple[tuple[str, str], ...]
    quarters: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    figures: tuple[KeyFigure, ...]
    tables: tuple[Table, ...]
    query: str
    wrong: bool

    @property
    def last(self) -> str:
        """The last month of the span, as a value to choose."""
        return f"{add_months(self.wish.span[1], -1):%Y-%m}"


def finished_months(services: Services) -> tuple[date, ...]:
    """The months that are over and have counts, and all between them, oldest first; synchronous."""
    running = month_of(services.counting.today())
    found = [month for month in services.statistics.months() if month < running]
    months, month = [], found[0] if found else running
    while month < running:
        months.append(month)
        month = add_months(month, 1)
    return tuple(months)


def finished_quarters(months: tuple[date, ...]) -> tuple[date, ...]:
    """The first months of the quarters that are over."""
    return tuple(month for month in months if month.month % 3 == 1 and add_months(month, 2) in months)


def read_wish(given: dict[str, str], months: tuple[date, ...], places: tuple[str, ...]) -> tuple[Wish, bool]:
    """What the address asks for, and whether it could be had; else the last month that is over.

    A period is one of the months and quarters that are over, or a span of such months. Single days are no choice: two
    spans that differ by a day would give that day away.
    """
    last = months[-1]
    place = given.get("municipality", "")
    municipality = place if place in places else None
    fallback = Wish(f"{last:%Y-%m}", (last, add_months(last, 1)), municipality)
    code = given.get("period", "")
    if not code:
        return fallback, bool(place) and municipality is None
    if quarter := re.fullmatch(r"(20\d\d)-q([1-4])", code):
        begin = date(int(quarter[1]), int(quarter[2]) * 3 - 2, 1)
        span = (begin, add_months(begin, 3))
        known = begin in finished_quarters(months)
    else:
        ends = (given.get("from", ""), given.get("to", "")) if code == "own" else (code, code)
        named = [date(int(end[:4]), int(end[5:]), 1) if _MONTH.fullmatch(end) else None for end in ends]
        first, final = named
        known = first in months and final in months
        span = (first or last, add_months(final or last, 1))
        known = known and span[0] < span[1]
    if not known or (place and municipality is None):
        return fallback, True
    return Wish(code, span, municipality), False


_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def span_title(span: Span, language: str) -> str:
    """A span in words: a month, or from one to another."""
    formats = languages()[language].formats
    first, last = (format_date(day, "LLLL y", locale=formats) for day in (span[0], add_months(span[1], -1)))
    return first if first == last else said("from_to", language, first=first, last=last)


def read_tables(
    services: Services, visitor: Visitor, wish: Wish, name: str | None = None
) -> tuple[tuple[Table, ...], Report, Report]:
    """All tables, or the one of that name, with the reports they are made of; synchronous."""
    scope, language = municipalities_of(visitor.account), visitor.language
    now, before = (
        services.statistics.report(span, municipality=wish.municipality, municipalities=scope)
        for span in (wish.span, wish.before)
    )
    tables = []
    for kind in KINDS:
        if name is not None and name != kind.name:
            continue
        if kind.dimension != "place":
            tables.append(make_table(kind, now, before, services, language))
        elif wish.municipality is None:
            places = [services.statistics.by_place(span, "cases", scope) for span in (wish.span, wish.before)]
            whole = (now.figure("cases"), before.figure("cases"))
            tables.append(make_places(places[0], places[1], whole, services, language))
    return tuple(tables), now, before


def read_page(services: Services, visitor: Visitor, given: dict[str, str]) -> StatisticsPage | None:
    """Read the page; None before the first month is over. Synchronous."""
    months = finished_months(services)
    if not months:
        return None
    language = visitor.language
    places = services.statistics.places(municipalities_of(visitor.account))
    wish, wrong = read_wish(given, months, places)
    tables, now, before = read_tables(services, visitor, wish)
    named = [services.guide.municipality(place) for place in places]
    return StatisticsPage(
        wish=wish,
        title=span_title(wish.span, language),
        before=span_title(wish.before, language),
        months=tuple((f"{m:%Y-%m}", span_title((m, add_months(m, 1)), language)) for m in reversed(months)),
        quarters=tuple(
            (f"{q.year}-q{q.month // 3 + 1}", span_title((q, add_months(q, 3)), language))
            for q in reversed(finished_quarters(months))
        ),
        places=tuple((slug, found.name if found else slug) for slug, found in zip(places, named, strict=True)),
        figures=key_figures(now, before, language),
        tables=tables,
        query=wish.query(language),
        wrong=wrong,
    )


def read_one(services: Services, visitor: Visitor, given: dict[str, str], name: str) -> tuple[Wish, Table] | None:
    """One table for a file; None where there is none, or its period cannot be had. Synchronous."""
    months = finished_months(services)
    if not months:
        return None
    wish, wrong = read_wish(given, months, services.statistics.places(municipalities_of(visitor.account)))
    tables = () if wrong else read_tables(services, visitor, wish, name)[0]
    return (wish, tables[0]) if tables and tables[0].rows else None


def statistics_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page, and each table as a plot and as a file."""

    async def page(request: Request, visitor: Visitor) -> Response:
        given = dict(request.query_params)
        found = await services.in_thread(read_page, services, visitor, given)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        status = 422 if found and found.wrong else 200
        return door.page(
            "statistics.html",
            visitor,
            status=status,
            here=HERE,
            statistics=found,
            waiting=waiting,
            fewest=FEWEST,
            shown=lambda figure: written(figure, visitor.language),
        )

    async def plot(request: Request, visitor: Visitor) -> Response:
        found = await services.in_thread(read_one, services, visitor, dict(request.query_params), _name(request))
        if found is None:
            return Response(status_code=404, headers=FRESH)
        drawn = await services.in_thread(to_svg, found[1], visitor.language)
        return Response(drawn, media_type="image/svg+xml", headers=FRESH | {"Content-Security-Policy": SVG_POLICY})

    async def download(request: Request, visitor: Visitor) -> Response:
        found = await services.in_thread(read_one, services, visitor, dict(request.query_params), _name(request))
        if found is None:
            return Response(status_code=404, headers=FRESH)
        wish, table = found
        begin, last = wish.span[0], add_months(wish.span[1], -1)
        name = (
            f"brobygger-{table.name}-{begin:%Y-%m}-{last:%Y-%m}{'-' + wish.municipality if wish.municipality else ''}"
        )
        headers = FRESH | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(to_csv(table, visitor.language), media_type="text/csv; charset=utf-8", headers=headers)

    return [
        Route(HERE, door.for_roles(page, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{name}.svg", door.for_roles(plot, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{name}.csv", door.for_roles(download, LEAD_ROLES), methods=["GET"]),
    ]


def _name(request: Request) -> str:
    return str(request.path_params["name"])
