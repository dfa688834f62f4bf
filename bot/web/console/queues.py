"""``/console``, ``/console/search`` and putting a case off: the routes of the queues."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.texts import text
from bot.web.console.board import Board, read_board, search_rows
from bot.web.console.door import FRESH, Door, moved
from bot.web.console.live import told
from bot.web.console.pages import NORWAY, problem_page
from bot.web.console.queue_view import COOKIE, QueueView, read_view, remember, remembered, waiting_for
from bot.web.console.session import AUDIT_ROLES, CASE_ROLES, HOME, Visitor
from bot.web.events import News
from bot.web.services import Services

SEARCH: Final = "/console/search"
WORDS: Final = 200
"""Characters that are searched at most."""


def queue_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The pages of the queues, and the change of a case's time."""

    async def queue(request: Request, visitor: Visitor) -> Response:
        if not visitor.works_cases:
            return RedirectResponse("/console/audit", 303, FRESH)
        asked = "queue" in request.query_params

        def read() -> tuple[News, Board, QueueView | None]:
            # The pulse before the list, so that a change in between is noticed; one hop to a thread for all.
            pulse = services.handoff.pulse(visitor.account.id, counted=True)
            holders = services.handoff.holders(visitor.account.id)
            view = read_view(request.query_params, services, holders)
            kept = None if asked else remembered(request.cookies.get(COOKIE, ""), services, holders)
            return (
                told(services, visitor.account.id, pulse),
                read_board(services, visitor, view, holders, pulse.counts),
                kept,
            )

        news, board, kept = await services.in_thread(read)
        response = door.page(
            "queue.html",
            visitor,
            state=str(news["state"]),
            newest=news["newest"],
            board=board,
            kept=kept,
            waiting=board.counts["new"],
            here=HOME,
        )
        if asked:
            remember(response, services, board.view)
        return response

    async def search(request: Request, visitor: Visitor) -> Response:
        words, rows = "", None
        if request.method == "POST":  # what is searched for may be a name: it does not stand in an address
            words = str((await request.form()).get("words", ""))[:WORDS]
            if words.strip():
                rows = await services.in_thread(search_rows, services, visitor, words)
                numbers = [row.case.id for row in rows]
                if words.strip().upper() in numbers:
                    return moved(f"/console/cases/{words.strip().upper()}")
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page("search.html", visitor, here=SEARCH, words=words, rows=rows, waiting=waiting)

    async def snooze(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        wish = str((await request.form()).get("until", "")).strip()[:40]
        try:
            if wish:
                until = datetime.fromisoformat(wish)
                until = until if until.tzinfo else until.replace(tzinfo=NORWAY)
                await services.in_thread(services.handoff.snooze, number, visitor.account.id, until)
            else:
                await services.in_thread(services.handoff.wake, number, visitor.account.id)
        except (ValueError, OverflowError):
            sentence = text("console.queues.snooze_wrong", visitor.language).value
            return problem_page(visitor.language, sentence, 422, back=f"/console/cases/{number}")
        await services.wakeups.wake("queue")
        return moved(HOME if wish else f"/console/cases/{number}")

    async def woken(request: Request, visitor: Visitor) -> Response:
        """A page asks whether it is the one that tells her that a case is back: of all that are open, one is."""
        tells = await services.in_thread(services.handoff.tell, request.path_params["case"], visitor.account.id)
        return JSONResponse({"tells": tells}, headers=FRESH)

    return [
        Route(HOME, door.for_roles(queue, (*CASE_ROLES, *AUDIT_ROLES)), methods=["GET"]),
        Route(SEARCH, door.for_roles(search, CASE_ROLES), methods=["GET", "POST"]),
        Route("/console/cases/{case}/snooze", door.for_roles(snooze, CASE_ROLES), methods=["POST"]),
        Route("/console/cases/{case}/woken", door.for_roles(woken, CASE_ROLES), methods=["POST"]),
    ]
