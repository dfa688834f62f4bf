"""``/console/cases/<case>/ask``: a coordinator asks for one more consent inside her case."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.further import CODES, AlreadyAskedError, NotAskableError, askable
from bot.handoff.ids import new_id
from bot.handoff.records import CaseGone, CaseView
from bot.privacy.durations import durations
from bot.web.console.door import Door, moved
from bot.web.console.session import CASE_ROLES, Visitor
from bot.web.further_text import ask_message, ask_notice
from bot.web.further_turn import ASK_VERSION
from bot.web.problems import Problem
from bot.web.services import Services


def still_askable(view: CaseView) -> tuple[str, ...]:
    """What can be asked for in a case: what is safe to ask, not covered by the first consent, and not asked yet."""
    if not view.own or view.receipt is None:
        return ()
    known = {*view.receipt.data, *(ask.code for ask in view.asks)}
    return tuple(code for code in askable(view.safety) if code not in known)


def further_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The one change. A second press, or a second page, asks nothing twice."""

    async def ask(request: Request, visitor: Visitor) -> Response:
        number = request.path_params["case"]
        code = str((await request.form()).get("code", ""))
        if code not in CODES:
            raise Problem("bad_request", visitor.language, values={"field": "code"})
        try:
            conversation = await services.in_thread(_ask, services, visitor, number, code)
        except AlreadyAskedError:
            return moved(f"/console/cases/{number}#further")
        except NotAskableError:
            raise Problem("bad_request", visitor.language, values={"field": "code"}) from None
        await services.wakeups.wake(f"conversation:{conversation}")
        return moved(f"/console/cases/{number}#further")

    return [Route("/console/cases/{case}/ask", door.for_roles(ask, CASE_ROLES), methods=["POST"])]


def _ask(services: Services, visitor: Visitor, case: str, code: str) -> str:
    """Ask in the language she uses now; synchronous. Returns the conversation; raises CaseGone."""
    view = services.handoff.view(case, visitor.account.id)
    found = services.conversations.find(view.case.conversation) if view.own and view.case.conversation else None
    if found is None:
        raise CaseGone
    notice = ask_notice(code, found.language, durations(services.settings))
    ident = new_id()
    services.handoff.ask(
        case,
        visitor.account.id,
        code,
        ident=ident,
        notice=notice.text,
        language=notice.language,
        version=ASK_VERSION,
        body=ask_message(ident, notice).to_dict(),
    )
    return found.id
