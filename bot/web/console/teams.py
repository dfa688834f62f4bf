"""``/console/teams``: leads make teams and say who belongs to them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.teams import NoTeam, TeamInUse, TeamNameTaken
from bot.texts import text
from bot.web.console.door import Door, moved
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import Visitor
from bot.web.services import Services

HERE = "/console/teams"
LEAD_ROLES = ("lead",)


def team_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page and its changes."""

    async def show(
        request: Request, visitor: Visitor, problem: str | None = None, status: int = 200, name: str = ""
    ) -> Response:
        found = await services.in_thread(services.teams.open)
        people = await services.in_thread(services.teams.colleagues)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "teams.html",
            visitor,
            status=status,
            here=HERE,
            teams=found,
            people=people,
            waiting=waiting,
            problem=problem and text(problem, visitor.language).value,
            name=name,
        )

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(request, visitor)

    async def create(request: Request, visitor: Visitor) -> Response:
        name = str((await request.form()).get("name", ""))[:200]
        try:
            await services.in_thread(services.teams.create, name, visitor.account.id)
        except ValueError:
            return await show(request, visitor, "console.desk.team_name_wrong", 422, name)
        except TeamNameTaken:
            return await show(request, visitor, "console.desk.team_name_taken", 409, name)
        return moved(HERE)

    async def change(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        try:
            await services.in_thread(
                services.teams.change,
                request.path_params["team"],
                name=str(form.get("name", ""))[:200],
                members=[str(member) for member in form.getlist("member")],
                by=visitor.account.id,
            )
        except ValueError:
            return await show(request, visitor, "console.desk.team_name_wrong", 422)
        except TeamNameTaken:
            return await show(request, visitor, "console.desk.team_name_taken", 409)
        except NoTeam:
            return await show(request, visitor, "console.desk.team_gone", 404)
        return moved(HERE)

    async def close(request: Request, visitor: Visitor) -> Response:
        try:
            await services.in_thread(services.teams.close, request.path_params["team"], visitor.account.id)
        except TeamInUse:
            return await show(request, visitor, "console.desk.team_in_use", 409)
        except NoTeam:
            return await show(request, visitor, "console.desk.team_gone", 404)
        return moved(HERE)

    return [
        Route(HERE, door.for_roles(page, LEAD_ROLES), methods=["GET"]),
        Route(HERE, door.for_roles(create, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/{team}", door.for_roles(change, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/{team}/close", door.for_roles(close, LEAD_ROLES), methods=["POST"]),
    ]
