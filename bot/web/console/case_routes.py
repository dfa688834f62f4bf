"""What a coordinator does around a case: hand it on, draft, book an interpreter, offer times, show large, translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.handoff.handing_on import NoReceiver
from bot.handoff.records import Case, CaseGone
from bot.languages import languages
from bot.privacy.masking import mask
from bot.texts import text
from bot.web.cleaning import clean, plain
from bot.web.console import pages
from bot.web.console.actions import Actions
from bot.web.console.case_page import read_case
from bot.web.console.case_parts import presence_sentences
from bot.web.console.door import FRESH, Door, Handler, moved
from bot.web.console.session import CASE_ROLES, HOME, Visitor
from bot.web.console.translating import Untranslated, ask_parent, read_hers
from bot.web.phrases import phrase_body
from bot.web.problems import Problem
from bot.web.services import Services
from bot.web.status import status
from bot.web.times import times_body

TOLD = {"drafted": "console.desk.drafted", "saved": "console.desk.saved", "asked": "console.desk.translate_asked_now"}
FURTHEST = timedelta(days=366)
"""A time that is offered or booked lies within this."""
WIDE = 20_000


def case_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The routes of one case besides those of ``bot.web.console.routes``."""
    actions = Actions(services)

    def refused(visitor: Visitor, case: str, key: str, *, draft: str = "", status: int = 422) -> Response:
        sentence = text(key, visitor.language).value
        return pages.problem_page(visitor.language, sentence, status, draft=draft, back=f"/console/cases/{case}")

    async def hand_on(request: Request, visitor: Visitor) -> Response:
        case = request.path_params["case"]
        form = await request.form()
        words = str(form.get("text", ""))[:WIDE]
        kind, _, ident = str(form.get("to", ""))[:80].partition(":")
        try:
            note = mask(clean(words, visitor.language), contacts=False).text
        except Problem as problem:
            if problem.status != 413:  # there is no note
                return refused(visitor, case, "console.desk.hand_on_note")
            raise
        try:
            await give(case, visitor, kind, ident, note)
        except NoReceiver:
            return refused(visitor, case, "console.desk.hand_on_nobody", draft=words, status=409)
        return moved(HOME)

    async def give(case: str, visitor: Visitor, kind: str, ident: str, note: str) -> None:
        handoff, me = services.handoff, visitor.account.id
        if kind == "account":
            told = status("bridge.another")
            handed = await services.in_thread(handoff.hand_to, case, me, receiver=ident, note=note, say=told)
            await actions.wake(handed)
        elif kind in ("team", "all"):
            team = ident if kind == "team" else None
            handed = await services.in_thread(handoff.hand_to_queue, case, me, team=team, note=note)
            # She is told when somebody else answers her: by the claim. Until then nothing has changed for her.
            await actions.wake(handed)
        else:
            raise NoReceiver

    async def draft(request: Request, visitor: Visitor) -> Response:
        case = request.path_params["case"]
        form = await request.form()
        raw = str(form.get("text", ""))[:WIDE]
        wish = str(form.get("language", ""))
        kept = await services.in_thread(
            services.handoff.keep_draft,
            case,
            visitor.account.id,
            client_id=str(form.get("id", ""))[:64],
            text=mask(plain(raw), contacts=False).text,
            language=wish if wish in services.languages else visitor.language,
        )
        if wants_json(request):
            time = pages.clock(kept.at, languages()[visitor.language]) if kept else ""
            said = text("console.desk.draft_kept", visitor.language, time=time).value if kept else ""
            return JSONResponse({"said": said}, headers=FRESH)
        return moved(f"/console/cases/{case}?told=drafted#reply")

    async def look(request: Request, visitor: Visitor) -> Response:
        """An open page tells of itself and hears who else is there; without content, so no line in the log."""
        case, me = request.path_params["case"], visitor.account.id
        form = await request.form()
        if form.get("leaving"):
            await services.in_thread(services.presence.leave, case, me)
            return Response(status_code=204, headers=FRESH)
        await services.in_thread(services.presence.look, case, me, writing_now=form.get("writing") == "1")
        others = await services.in_thread(services.presence.others, case, me)
        said = [sentence.value for sentence in presence_sentences(others, visitor.language)]
        unread = await services.in_thread(services.mentions.unread, me)
        return JSONResponse({"others": said, "unread": unread}, headers=FRESH)

    async def interpreter(request: Request, visitor: Visitor) -> Response:
        case = request.path_params["case"]
        form = await request.form()
        at = str(form.get("at", ""))
        meets = time_in_norway(at)
        language = str(form.get("language", ""))
        if at and meets is None:
            return refused(visitor, case, "console.desk.no_time")
        try:
            await services.in_thread(
                services.handoff.save_booking,
                case,
                visitor.account.id,
                language=language if language in services.languages else None,
                way=str(form.get("way", "")) or None,
                meets_at=meets.replace(tzinfo=pages.NORWAY) if meets else None,
                ticks=[str(tick) for tick in form.getlist("tick")],
            )
        except ValueError:
            return refused(visitor, case, "console.problem")
        return moved(f"/console/cases/{case}?told=saved#interpreter")

    async def times(request: Request, visitor: Visitor) -> Response:
        case = request.path_params["case"]
        form = await request.form()
        now = datetime.now(pages.NORWAY).replace(tzinfo=None)
        given = [str(one) for one in form.getlist("at") if one]
        offered = [at for at in map(time_in_norway, given) if at is not None and now < at < now + FURTHEST]
        client_id = str(form.get("id", ""))[:64]
        found = await services.in_thread(owned, case, visitor)
        try:
            if len(offered) != len(given) or not client_id:
                raise ValueError
            body = times_body(offered, found.talk_language or found.language)
        except ValueError:
            return refused(visitor, case, "console.desk.times_wrong")
        await actions.send(case, visitor, client_id=client_id, body=body)
        return moved(f"/console/cases/{case}?told=sent#reply")

    def owned(case: str, visitor: Visitor) -> Case:
        """The case of a visitor who has it. Raises CaseGone."""
        found = next((one for one in services.handoff.mine(visitor.account.id) if one.id == case), None)
        if found is None:
            raise CaseGone
        return found

    async def large_message(request: Request, visitor: Visitor) -> Response:
        case, wanted = request.path_params["case"], request.path_params["message"]
        shown = await services.in_thread(read_case, services, visitor, case)
        message = next((one for one in shown.view.messages if one.id == wanted), None)
        if message is None:
            raise CaseGone
        return large(visitor, case, message.body)

    async def large_phrase(request: Request, visitor: Visitor) -> Response:
        case, name = request.path_params["case"], request.path_params["name"]
        found = await services.in_thread(owned, case, visitor)
        try:
            body = phrase_body(name, found.talk_language or found.language)
        except KeyError:
            raise CaseGone from None
        return large(visitor, case, body)

    def large(visitor: Visitor, case: str, body: Mapping[str, Any]) -> Response:
        return pages.page("large.html", visitor.language, case=case, shown=body)

    async def ask_translation(request: Request, visitor: Visitor) -> Response:
        case = request.path_params["case"]
        found = await services.in_thread(owned, case, visitor)
        return await translated(visitor, case, "asked", lambda: ask_parent(services, found, visitor))

    async def translate(request: Request, visitor: Visitor) -> Response:
        case, message = request.path_params["case"], request.path_params["message"]
        return await translated(visitor, case, "", lambda: read_hers(services, case, visitor, message))

    async def translated(visitor: Visitor, case: str, told: str, work: Callable[[], Awaitable[None]]) -> Response:
        try:
            await work()
        except Untranslated as error:
            return pages.problem_page(visitor.language, str(error), 503, back=f"/console/cases/{case}")
        return moved(f"/console/cases/{case}{'?told=' + told if told else ''}#messages-heading")

    base = "/console/cases/{case}"

    def post(path: str, handler: Handler) -> Route:
        return Route(base + path, door.for_roles(handler, CASE_ROLES), methods=["POST"])

    return [
        post("/hand-on", hand_on),
        post("/draft", draft),
        post("/look", look),
        post("/interpreter", interpreter),
        post("/times", times),
        post("/translation", ask_translation),
        post("/translate/{message}", translate),
        Route(base + "/large/phrase/{name}", door.for_roles(large_phrase, CASE_ROLES), methods=["GET"]),
        Route(base + "/large/{message}", door.for_roles(large_message, CASE_ROLES), methods=["GET"]),
    ]


def wants_json(request: Request) -> bool:
    """The request comes from the script of the page, which shows the answer itself."""
    return request.headers.get("accept", "").startswith("application/json")


def time_in_norway(value: str) -> datetime | None:
    """Read a ``datetime-local`` field: a time on the clock in Norway, without zone; None for what is none."""
    try:
        at = datetime.fromisoformat(value[:16])
    except ValueError:
        return None
    return None if at.tzinfo else at
