"""``/console/people``: the accounts, for leads. A password that is made here is shown once, to the lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.accounts import Elsewhere, LastLead, NameTaken, NotManaged
from bot.handoff.records import Account, RecordError, utc_now
from bot.handoff.tables import ROLES
from bot.texts import text
from bot.web.console import pages
from bot.web.console.account import HANDED_OVER_HOURS
from bot.web.console.door import Door, moved
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import Visitor
from bot.web.jobs import Jobs
from bot.web.services import Services

LEAD_ROLES: Final = ("lead",)
HERE: Final = "/console/people"


@dataclass(frozen=True)
class PeoplePage:
    """Values of ``people.html``. ``places`` are (slug, name) of the municipalities that the visitor may give."""

    people: tuple[Account, ...]
    places: tuple[tuple[str, str], ...]
    names: dict[str, str]
    waiting: int
    now: datetime


def read_people(services: Services, visitor: Visitor) -> PeoplePage:
    """Read the page for a lead; synchronous. Raises NotManaged."""
    people = services.accounts.all(visitor.account.id)
    names = {place.slug: place.name for place in services.guide.municipalities()}
    for slug in (slug for one in people for slug in one.municipalities):
        names.setdefault(slug, slug)
    own = visitor.account.municipalities
    places = tuple((slug, name) for slug, name in names.items() if not own or slug in own)
    waiting = waiting_for(services, visitor.account)
    return PeoplePage(people, places, names, waiting, utc_now())


def people_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The list, one account, and the changes."""
    jobs = Jobs(services)

    async def show(
        visitor: Visitor,
        *,
        one: str | None = None,
        problem: str | None = None,
        told: str | None = None,
        name: str = "",
        status: int = 200,
    ) -> Response:
        page = await services.in_thread(read_people, services, visitor)
        account = next((found for found in page.people if found.id == one), None)
        if one is not None and account is None:
            return pages.problem_page(visitor.language, _say("not_managed", visitor), 404, back=HERE)
        return door.page(
            "person.html" if account else "people.html",
            visitor,
            status=status,
            here=HERE,
            page=page,
            account=account,
            roles=ROLES,
            waiting=page.waiting,
            problem=problem and _say(problem, visitor),
            told=told,
            name=name,
        )

    async def people(request: Request, visitor: Visitor) -> Response:
        return await show(visitor)

    async def person(request: Request, visitor: Visitor) -> Response:
        told = "changed" if "changed" in request.query_params else None
        return await show(visitor, one=request.path_params["account"], told=told)

    async def given(visitor: Visitor, name: str, password: str, back: str) -> Response:
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "given.html",
            visitor,
            here=HERE,
            waiting=waiting,
            kind="password",
            given=(password,),
            name=name,
            hours=HANDED_OVER_HOURS,
            back=back,
        )

    async def places(visitor: Visitor, form: FormData) -> tuple[str, ...]:
        """The slugs that were ticked; raises NotManaged for one that the page did not offer: none would mean all."""
        offered = {slug for slug, _ in (await services.in_thread(read_people, services, visitor)).places}
        chosen = tuple(str(slug) for slug in form.getlist("municipality"))
        if not offered.issuperset(chosen):
            raise NotManaged
        return chosen

    async def create(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        name, role = str(form.get("name", ""))[:200], str(form.get("role", ""))
        try:
            made, password = await services.in_thread(
                services.accounts.create,
                name,
                role,
                municipalities=await places(visitor, form),
                by=visitor.account.id,
            )
        except ValueError:
            return await show(visitor, problem="name_wrong", name=name, status=422)
        except NameTaken:
            return await show(visitor, problem="name_taken", name=name, status=409)
        except NotManaged:
            return await show(visitor, problem="within_own", name=name, status=403)
        return await given(visitor, made.name, password, f"{HERE}/{made.id}")

    async def change(request: Request, visitor: Visitor) -> Response:
        account, what = request.path_params["account"], request.path_params["change"]
        form = await request.form()
        by = visitor.account.id
        store = services.accounts
        try:
            match what:
                case "role":
                    await services.in_thread(store.set_role, account, str(form.get("role", "")), by)
                case "municipalities":
                    await services.in_thread(store.limit, account, await places(visitor, form), by)
                case "password":
                    password = await services.in_thread(store.reset_password, account, by)
                    await services.wakeups.wake("queue")
                    found = await services.in_thread(store.find, account)
                    return await given(visitor, found.name if found else "", password, f"{HERE}/{account}")
                case "code":
                    await services.in_thread(store.remove_code, account, by)
                case "disable":
                    await services.in_thread(store.disable, account, by)
                case "enable":
                    await services.in_thread(store.enable, account, by)
                case _:
                    return pages.problem_page(visitor.language, text("console.no_page", visitor.language).value, 404)
        except ValueError:
            return await show(visitor, one=account, problem="choose_role", status=422)
        except (LastLead, Elsewhere, NotManaged) as refused:
            return await show(visitor, one=account, problem=_key(refused), status=409)
        await jobs.return_overdue()  # what the account may no longer work is for others now
        await services.wakeups.wake("queue")  # pages of sessions that have ended close
        if account == by:
            return moved("/console")  # perhaps no lead any more, perhaps signed out
        return moved(f"{HERE}/{account}?changed=1")

    return [
        Route(HERE, door.for_roles(people, LEAD_ROLES), methods=["GET"]),
        Route(HERE, door.for_roles(create, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/{account}", door.for_roles(person, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{account}/{change}", door.for_roles(change, LEAD_ROLES), methods=["POST"]),
    ]


def _key(refused: RecordError) -> str:
    match refused:
        case LastLead():
            return "last_lead"
        case Elsewhere():
            return "elsewhere"
        case _:
            return "within_own"


def _say(key: str, visitor: Visitor) -> str:
    return text(f"console.people.{key}", visitor.language).value
