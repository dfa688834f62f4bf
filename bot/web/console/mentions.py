"""``/console/mentions``: the notes in which a colleague named the reader. She opens each one; that is logged."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.texts import text
from bot.web.console import pages
from bot.web.console.door import FRESH, Door, moved
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import CASE_ROLES, Visitor
from bot.web.services import Services

HERE = "/console/mentions"


def mention_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page, opening a note, and the number for the badge."""

    async def page(request: Request, visitor: Visitor) -> Response:
        found = await services.in_thread(services.mentions.of, visitor.account.id)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page("mentions.html", visitor, here=HERE, mentions=found, waiting=waiting)

    async def read(request: Request, visitor: Visitor) -> Response:
        note = request.path_params["note"]
        if not await services.in_thread(services.mentions.open, note, visitor.account.id):
            sentence = text("console.desk.mention_gone", visitor.language).value
            return pages.problem_page(visitor.language, sentence, 404, back=HERE)
        return moved(f"{HERE}#n-{note}")

    async def unread(request: Request, visitor: Visitor) -> Response:
        number = await services.in_thread(services.mentions.unread, visitor.account.id)
        return JSONResponse({"unread": number}, headers=FRESH)

    return [
        Route(HERE, door.for_roles(page, CASE_ROLES), methods=["GET"]),
        Route(HERE + "/unread", door.for_roles(unread, CASE_ROLES), methods=["GET"]),
        Route(HERE + "/{note}/read", door.for_roles(read, CASE_ROLES), methods=["POST"]),
    ]
