"""``/console``: signing in, the queue, a case, the audit log. Every change is a form that ends in a redirect."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.handoff.accounts import LockedOut, PasswordOver
from bot.handoff.tables import OUTCOMES
from bot.texts import text
from bot.web import events
from bot.web.console import pages
from bot.web.console.account import HANDED_OVER_HOURS, account_routes, ask_for_code
from bot.web.console.actions import Actions
from bot.web.console.case_page import read_case
from bot.web.console.case_routes import TOLD as MORE_TOLD
from bot.web.console.case_routes import case_routes
from bot.web.console.door import FRESH, Door, moved, sign_in_page
from bot.web.console.further import further_routes
from bot.web.console.hours import hours_routes
from bot.web.console.learning import learning_routes
from bot.web.console.live import watcher
from bot.web.console.log import log_routes
from bot.web.console.mentions import mention_routes
from bot.web.console.oidc_routes import oidc_routes
from bot.web.console.people import people_routes
from bot.web.console.queues import queue_routes
from bot.web.console.receivers import receivers_routes
from bot.web.console.session import (
    AUDIT_ROLES,
    CASE_ROLES,
    HOME,
    Visitor,
    clear_session,
    own_page,
    set_session,
)
from bot.web.console.statistics import statistics_routes
from bot.web.console.teams import team_routes
from bot.web.console.translating import Untranslated, send_along
from bot.web.problems import Problem
from bot.web.services import Services

TOLD = {"sent": "console.sent", "masked": "console.masked", **MORE_TOLD}


def routes(services: Services) -> list[BaseRoute]:
    """The pages of the console."""
    door = Door(services)
    actions = Actions(services)

    # -- signing in and out

    async def sign_in(request: Request, language: str) -> Response:
        if request.method == "GET":
            query = request.query_params
            told = next((key for key in ("session_ended", "signed_out") if key in query), None)
            return sign_in_page(
                services, language, after=own_page(query.get("next", "")), told=told and f"console.{told}"
            )
        if not services.settings.local_accounts:
            return pages.problem_page(language, text("console.people.local_off", language).value, 403)
        form = await request.form()
        name, password = str(form.get("name", ""))[:500], str(form.get("password", ""))[:1000]
        after = own_page(str(form.get("next", "")))
        client = request.client.host if request.client else "?"
        if await services.limits.wait_for("conversations", f"console:{client}"):
            raise Problem("too_many_requests", language)
        try:
            begun = await services.in_thread(services.accounts.sign_in, name, password)
        except LockedOut as locked:
            until = pages.clock(locked.until, services.languages[language])
            sentence = text("console.locked", language, time=until).value
            return sign_in_page(services, language, after=after, name=name, problem=sentence, status=429)
        except PasswordOver:
            sentence = text("console.people.password_over", language, hours=HANDED_OVER_HOURS).value
            return sign_in_page(services, language, after=after, name=name, problem=sentence, status=403)
        if begun is None:
            sentence = text("console.wrong", language).value
            return sign_in_page(services, language, after=after, name=name, problem=sentence, status=401)
        if not begun.complete:
            return ask_for_code(services, begun.token, after)
        response = moved(after)
        set_session(response, services, begun.token)
        return response

    async def sign_out(request: Request, visitor: Visitor) -> Response:
        await services.in_thread(services.accounts.sign_out, visitor.token)
        response = moved("/console/sign-in?signed_out=1")
        clear_session(response, services)
        return response

    # -- what open pages hear

    async def state_now(visitor: Visitor, case: str) -> tuple[str, object]:
        """Read before the page is, so that a change in between is noticed."""
        news = await services.in_thread(watcher(services, visitor.token, case), None)
        return (str(news["page"]), news["newest"]) if news else ("", [])

    async def changes(request: Request, visitor: Visitor) -> Response:
        case = request.query_params.get("case", "")[:20] or None
        news = await services.in_thread(watcher(services, visitor.token, case), None)
        return JSONResponse(news or {"state": "away"}, headers=FRESH)

    async def live(request: Request, visitor: Visitor) -> Response:
        case = request.query_params.get("case", "")[:20] or None
        topic = "queue"
        if case is not None:
            conversation = await services.in_thread(services.handoff.conversation_of, case)
            topic = f"conversation:{conversation}" if conversation else topic
        return events.stream(services, topic, watcher(services, visitor.token, case), None)

    # -- one case

    async def case_page(
        request: Request,
        visitor: Visitor,
        *,
        problem: str | None = None,
        draft: str = "",
        note: str = "",
        status: int = 200,
    ) -> Response:
        case = request.path_params["case"]
        state, newest = await state_now(visitor, case)
        shown = await services.in_thread(read_case, services, visitor, case)
        told = TOLD.get(request.query_params.get("told", ""))
        return door.page(
            "case.html",
            visitor,
            status=status,
            state=state,
            newest=newest,
            here=f"/console/cases/{case}",
            case_page=shown,
            waiting=shown.waiting,
            outcomes=OUTCOMES,
            told=told,
            problem=problem,
            draft=draft,
            note=note,
        )

    async def case(request: Request, visitor: Visitor) -> Response:
        return await case_page(request, visitor)

    async def claim(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        if await actions.claim(number, visitor) is not None:
            return moved(f"/console/cases/{number}")
        shown = await services.in_thread(read_case, services, visitor, number)
        if shown.view.own and shown.view.case.state == "claimed":  # pressed twice
            return moved(f"/console/cases/{number}")
        lost = text("console.lost_gone", visitor.language).value
        if shown.holder and shown.view.case.state == "claimed":
            lost = text("console.lost", visitor.language, name=shown.holder).value
        return await case_page(request, visitor, problem=lost, status=409)

    async def reply(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        form = await request.form()
        words = str(form.get("text", ""))[:20_000]
        client_id = str(form.get("id", ""))[:64]
        wish = str(form.get("language", ""))
        language = wish if wish in services.languages else visitor.language
        try:
            if not client_id:
                raise Problem("bad_request", visitor.language, values={"field": "id"})
            masked = await actions.reply(number, visitor, client_id=client_id, words=words, language=language)
            if form.get("translate"):
                await send_along(services, number, visitor, client_id=client_id, words=words, language=language)
        except Untranslated as untranslated:  # the reply itself has been sent
            return await case_page(request, visitor, problem=str(untranslated))
        except Problem as problem:
            return await case_page(request, visitor, problem=problem.detail, draft=words, status=problem.status)
        return moved(f"/console/cases/{number}?told={'masked' if masked else 'sent'}#reply")

    async def phrase(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        form = await request.form()
        client_id = str(form.get("id", ""))[:64]
        try:
            if not client_id:
                raise Problem("bad_request", visitor.language, values={"field": "id"})
            await actions.phrase(number, visitor, client_id=client_id, name=str(form.get("phrase", "")))
        except KeyError:
            problem = Problem("bad_request", visitor.language, values={"field": "phrase"})
            return await case_page(request, visitor, problem=problem.detail, status=problem.status)
        except Problem as problem:
            return await case_page(request, visitor, problem=problem.detail, status=problem.status)
        return moved(f"/console/cases/{number}?told=sent#reply")

    async def note(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        form = await request.form()
        words = str(form.get("text", ""))[:20_000]
        client_id = str(form.get("id", ""))[:64] or None
        try:
            masked = await actions.note(number, visitor, words, client_id)
        except Problem as problem:
            return await case_page(request, visitor, problem=problem.detail, note=words, status=problem.status)
        return moved(f"/console/cases/{number}{'?told=masked' if masked else ''}#notes")

    async def release(request: Request, visitor: Visitor) -> Response:
        await actions.release(request.path_params["case"], visitor)
        return moved(HOME)

    async def close(request: Request, visitor: Visitor) -> Response:
        outcome = str((await request.form()).get("outcome", ""))
        try:
            await actions.close(request.path_params["case"], visitor, outcome)
        except ValueError:
            sentence = text("console.outcome", visitor.language).value
            return await case_page(request, visitor, problem=sentence, status=422)
        return moved(HOME)

    async def nothing(request: Request, visitor: Visitor) -> Response:
        if not request.path_params["rest"]:
            return moved(HOME)
        return pages.problem_page(visitor.language, text("console.no_page", visitor.language).value, 404)

    everyone = (*CASE_ROLES, *AUDIT_ROLES)
    base = "/console/cases/{case}"
    return [
        Route("/console/sign-in", door.open_to_all(sign_in), methods=["GET", "POST"]),
        Route("/console/sign-out", door.for_roles(sign_out, everyone), methods=["POST"]),
        *queue_routes(services, door),
        Route("/console/events", door.for_roles(live, CASE_ROLES), methods=["GET"]),
        Route("/console/changes", door.for_roles(changes, CASE_ROLES), methods=["GET"]),
        Route(base, door.for_roles(case, CASE_ROLES), methods=["GET"]),
        Route(base + "/claim", door.for_roles(claim, CASE_ROLES), methods=["POST"]),
        Route(base + "/reply", door.for_roles(reply, CASE_ROLES), methods=["POST"]),
        Route(base + "/phrase", door.for_roles(phrase, CASE_ROLES), methods=["POST"]),
        Route(base + "/notes", door.for_roles(note, CASE_ROLES), methods=["POST"]),
        Route(base + "/release", door.for_roles(release, CASE_ROLES), methods=["POST"]),
        Route(base + "/close", door.for_roles(close, CASE_ROLES), methods=["POST"]),
        *case_routes(services, door),
        *mention_routes(services, door),
        *team_routes(services, door),
        *learning_routes(services, door),
        *hours_routes(services, door),
        *further_routes(services, door),
        *account_routes(services, door),
        *people_routes(services, door),
        *oidc_routes(services, door),
        *log_routes(services, door),
        *receivers_routes(services, door),
        *statistics_routes(services, door),
        Route("/console/{rest:path}", door.for_roles(nothing, everyone), methods=["GET"]),
        Mount("/static/console", StaticFiles(directory=pages.HERE / "static")),
    ]
