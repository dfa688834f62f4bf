"""``/console/hours``: when coordinators are there, closed periods that leads enter, and who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from babel.dates import format_skeleton, format_time, get_day_names
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.absence import LONGEST_ABSENCE, Absence
from bot.handoff.holiday import Holiday, ahead
from bot.handoff.hours import Hours
from bot.handoff.office import AHEAD, LONGEST, ClosedPeriod
from bot.handoff.records import utc_now
from bot.languages import Language
from bot.texts import text
from bot.web.console.actions import Actions
from bot.web.console.door import Door, moved
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import CASE_ROLES, Visitor
from bot.web.services import Services
from bot.web.status import status
from bot.weekly import DAY, Week, clock

HERE: Final = "/console/hours"
LEAD_ROLES: Final = ("lead",)
HOLIDAYS_AHEAD: Final = 180
"""Days for which holidays are listed."""
TO_SUNDAY: Final = 6


@dataclass(frozen=True)
class Office:
    """One row of the table. ``name`` is None for those without hours of their own; ``half_days_end`` a written time."""

    name: str | None
    week: tuple[str, ...]
    is_open: bool
    opens_at: datetime | None
    half_days_end: str | None
    keeps_holidays: bool


@dataclass(frozen=True)
class HoursPage:
    """Values of ``hours.html``. ``places`` are (slug, name) to choose from."""

    offices: tuple[Office, ...]
    places: tuple[tuple[str, str], ...]
    names: dict[str, str]
    holidays: tuple[Holiday, ...]
    periods: tuple[ClosedPeriod, ...]
    away: tuple[Absence, ...]
    mine: Absence | None
    today: date


def week_words(week: Week, language: Language) -> tuple[str, ...]:
    """The hours of a week as a language writes them, days that are alike taken together."""
    names = get_day_names("abbreviated", locale=language.formats)
    rows: list[str] = []
    first = 0
    while first <= TO_SUNDAY:
        last = first
        while last < TO_SUNDAY and week.days[last + 1] == week.days[first]:
            last += 1
        if week.days[first]:
            days = names[first] if first == last else f"{names[first]}–{names[last]}"
            spells = ", ".join(f"{_clock(a, language)}–{_clock(b, language)}" for a, b in week.days[first])
            rows.append(f"{days} {spells}")
        first = last + 1
    return tuple(rows)


def _clock(minute: int, language: Language) -> str:
    if minute == DAY:  # no language writes the end of a day as an hour of it
        return clock(minute)
    return str(format_time(time(minute // 60, minute % 60), "short", locale=language.formats))


def read_hours(services: Services, visitor: Visitor) -> HoursPage:
    """Read the page; synchronous."""
    language = services.languages[visitor.language]
    now = utc_now()
    own = services.settings.municipality
    places = tuple((place.slug, place.name) for place in services.guide.municipalities() if own in (None, place.slug))

    def office(name: str | None, found: Hours) -> Office:
        end = found.half_days_end
        return Office(
            name=name,
            week=week_words(found.week, language),
            is_open=found.is_open(now),
            opens_at=found.next_opening(now),
            half_days_end=None if end is None else _clock(end, language),
            keeps_holidays=not found.week.holidays_too,
        )

    rows = [office(name, services.handoff.hours(slug)) for slug, name in places]
    if own is None or not rows:
        rows.append(office(None, services.handoff.hours(None)))
    away = services.handoff.away()
    return HoursPage(
        offices=tuple(rows),
        places=places,
        names={place.slug: place.name for place in services.guide.knowledge.municipalities.values()},
        holidays=ahead(services.handoff.today(), HOLIDAYS_AHEAD),
        periods=services.handoff.closed_periods(),
        away=away,
        mine=next((absence for absence in away if absence.account == visitor.account.id), None),
        today=services.handoff.today(),
    )


def hours_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page and its changes."""
    actions = Actions(services)

    async def show(
        request: Request,
        visitor: Visitor,
        *,
        problem: str | None = None,
        typed: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        language = services.languages[visitor.language]
        page = await services.in_thread(read_hours, services, visitor)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "hours.html",
            visitor,
            status=status,
            here=HERE,
            hours=page,
            waiting=waiting,
            problem=problem,
            typed=typed or {},
            day=lambda day: format_skeleton("yMMMEd", datetime.combine(day, time()), locale=language.formats),
        )

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(request, visitor)

    async def refused(request: Request, visitor: Visitor, key: str, **values: object) -> Response:
        form = await request.form()
        typed = {name: str(form.get(name, ""))[:64] for name in ("municipality", "first", "last", "until")}
        sentence = text(f"console.hours.{key}", visitor.language, **values).value
        return await show(request, visitor, problem=sentence, typed=typed, status=422)

    async def close_days(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        place = str(form.get("municipality", "")) or None
        if place is not None and services.guide.municipality(place) is None:
            return await refused(request, visitor, "bad_days", days=LONGEST, ahead=AHEAD)
        try:
            first, last = date.fromisoformat(str(form.get("first"))), date.fromisoformat(str(form.get("last")))
            made = await services.in_thread(services.handoff.close_days, place, first, last, visitor.account.id)
        except ValueError:
            return await refused(request, visitor, "bad_days", days=LONGEST, ahead=AHEAD)
        if made is None:
            return await refused(request, visitor, "same")
        await services.wakeups.wake("queue")
        return moved(f"{HERE}#periods")

    async def open_days(request: Request, visitor: Visitor) -> Response:
        await services.in_thread(services.handoff.open_days, request.path_params["period"], visitor.account.id)
        await services.wakeups.wake("queue")
        return moved(f"{HERE}#periods")

    async def go_away(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        try:
            last = date.fromisoformat(str(form.get("until")))
            await services.in_thread(services.handoff.go_away, visitor.account.id, last)
        except ValueError:
            return await refused(request, visitor, "away_bad", days=LONGEST_ABSENCE)
        if form.get("give_back"):
            told = status("handoff.returned")
            for case in await services.in_thread(services.handoff.release_all, visitor.account.id, told):
                await actions.wake(case)
        return moved(f"{HERE}#away")

    async def come_back(request: Request, visitor: Visitor) -> Response:
        await services.in_thread(services.handoff.come_back, visitor.account.id)
        return moved(f"{HERE}#away")

    async def return_case(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["number"]
        told = status("handoff.returned")
        case = await services.in_thread(services.handoff.return_of_absent, number, visitor.account.id, told)
        await actions.wake(case)
        return moved(f"{HERE}#away")

    return [
        Route(HERE, door.for_roles(page, CASE_ROLES), methods=["GET"]),
        Route(HERE + "/periods", door.for_roles(close_days, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/periods/{period}/open", door.for_roles(open_days, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/away", door.for_roles(go_away, CASE_ROLES), methods=["POST"]),
        Route(HERE + "/back", door.for_roles(come_back, CASE_ROLES), methods=["POST"]),
        Route(HERE + "/cases/{number}/return", door.for_roles(return_case, LEAD_ROLES), methods=["POST"]),
    ]
