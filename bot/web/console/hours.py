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
from bot.handoff.handing_on import NoReceiver
from bot.handoff.holiday import Holiday, ahead
from bot.handoff.hours import Hours
from bot.handoff.office import AHEAD, LONGEST, ClosedPeriod, NotYourOffice
from bot.handoff.records import Account, utc_now
from bot.languages import Language
from bot.privacy.masking import mask
from bot.texts import text
from bot.web.cleaning import clean
from bot.web.console.actions import Actions
from bot.web.console.door import Door, moved
from bot.web.console.pages import problem_page
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
    """Values of ``hours.html``. ``places`` are (slug, name) to choose from, ``changeable`` the periods that this lead
    may take away, ``receivers`` who may be given a case of somebody absent, by its number.
    """

    offices: tuple[Office, ...]
    places: tuple[tuple[str, str], ...]
    names: dict[str, str]
    holidays: tuple[Holiday, ...]
    periods: tuple[ClosedPeriod, ...]
    away: tuple[Absence, ...]
    mine: Absence | None
    today: date
    changeable: frozenset[str]
    receivers: dict[str, tuple[Account, ...]]


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
    me, limits = visitor.account.id, visitor.account.municipalities
    places = tuple(
        (place.slug, place.name)
        for place in services.guide.municipalities()
        if own in (None, place.slug) and (not limits or place.slug in limits)
    )

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
    away, periods = services.handoff.away(me), services.handoff.closed_periods(me)
    mine = next((absence for absence in away if absence.account == me), None)
    return HoursPage(
        offices=tuple(rows),
        places=places,
        names={place.slug: place.name for place in services.guide.knowledge.municipalities.values()},
        holidays=ahead(services.handoff.today(), HOLIDAYS_AHEAD),
        periods=periods,
        away=away,
        mine=mine,
        today=services.handoff.today(),
        changeable=frozenset(period.id for period in periods if not limits or period.municipality in limits),
        receivers=_receivers(services, away) if visitor.account.role == "lead" else {},
    )


def _receivers(services: Services, away: tuple[Absence, ...]) -> dict[str, tuple[Account, ...]]:
    """Who may be given each case of those who are away: people who may see it and are there."""
    absent = {absence.account for absence in away}
    return {
        case.id: tuple(one for one in services.teams.colleagues(case.id) if one.id not in absent)
        for absence in away
        for case in absence.cases
    }


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
        except (ValueError, NotYourOffice):  # to a limited lead, another's office is one that does not exist
            return await refused(request, visitor, "bad_days", days=LONGEST, ahead=AHEAD)
        if made is None:
            return await refused(request, visitor, "same")
        await services.wakeups.wake("queue")
        return moved(f"{HERE}#periods")

    async def open_days(request: Request, visitor: Visitor) -> Response:
        period = request.path_params["period"]
        if not await services.in_thread(services.handoff.open_days, period, visitor.account.id):
            sentence = text("console.hours.period_gone", visitor.language).value
            return problem_page(visitor.language, sentence, 404, back=HERE)
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

    async def give_case(request: Request, visitor: Visitor) -> Response:
        """Give the case of somebody absent to a person. Without a note she still hears of it, among her mentions."""
        number, form = request.path_params["number"], await request.form()
        words = str(form.get("text", ""))[:20_000]
        note = mask(clean(words, visitor.language), contacts=False).text if words.strip() else ""
        try:
            case = await services.in_thread(
                services.handoff.hand_on_of_absent,
                number,
                visitor.account.id,
                receiver=str(form.get("to", ""))[:64],
                note=note or text("console.hours.given_note", visitor.language).value,
                say=status("bridge.another"),
            )
        except NoReceiver:
            sentence = text("console.desk.hand_on_nobody", visitor.language).value
            return problem_page(visitor.language, sentence, 409, draft=words, back=HERE)
        await actions.wake(case)
        return moved(f"{HERE}#away")

    return [
        Route(HERE, door.for_roles(page, CASE_ROLES), methods=["GET"]),
        Route(HERE + "/periods", door.for_roles(close_days, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/periods/{period}/open", door.for_roles(open_days, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/away", door.for_roles(go_away, CASE_ROLES), methods=["POST"]),
        Route(HERE + "/back", door.for_roles(come_back, CASE_ROLES), methods=["POST"]),
        Route(HERE + "/cases/{number}/return", door.for_roles(return_case, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/cases/{number}/give", door.for_roles(give_case, LEAD_ROLES), methods=["POST"]),
    ]
