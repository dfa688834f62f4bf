"""The door of the console: lets people with a session and the right role in, and turns faults into pages."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.handoff.engine import RecordUnavailable
from bot.handoff.records import CaseGone, ConversationGone
from bot.texts import text
from bot.web.console import pages
from bot.web.console.session import (
    AUDIT_ROLES,
    Visitor,
    check_origin,
    comes_from_elsewhere,
    keep_language,
    language_for,
    own_page,
    token_of,
    visitor_of,
)
from bot.web.problems import Problem
from bot.web.security import TooLarge
from bot.web.services import Services

log = logging.getLogger(__name__)

FRESH: Final = {"Cache-Control": "no-store"}
OWN_PAGE: Final = "/console/account"
BEFORE_CHANGE: Final = (OWN_PAGE, "/console/sign-out")
"""What is open to somebody who still has the password that a lead handed over."""
Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Visitor], Awaitable[Response]]
OpenHandler = Callable[[Request, str], Awaitable[Response]]


def moved(address: str) -> Response:
    """Go on to a page of ours after a change."""
    return RedirectResponse(address, 303, FRESH)


def sign_in_page(
    services: Services,
    language: str,
    *,
    after: str,
    told: str | None = None,
    name: str = "",
    problem: str | None = None,
    draft: str = "",
    status: int = 200,
) -> Response:
    """The form to sign in; ``after`` is where to go then, ``draft`` a text that was not sent."""
    return pages.page(
        "sign_in.html",
        language,
        status=status,
        after=after,
        told=told,
        name=name,
        problem=problem,
        draft=draft,
        local=services.settings.local_accounts,
        elsewhere=services.settings.oidc_issuer is not None,
    )


class Door:
    """Makes endpoints out of handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def open_to_all(self, handler: OpenHandler) -> Endpoint:
        """An endpoint that needs no session."""

        async def endpoint(request: Request) -> Response:
            language = language_for(request, self._services)
            try:
                self._check(request, language)
                response = await handler(request, language)
            except Exception as error:
                response = await self._fault(request, language, error)
            keep_language(request, response, self._services, language)
            return response

        return endpoint

    def for_roles(self, handler: Handler, roles: tuple[str, ...]) -> Endpoint:
        """An endpoint for people who are signed in with one of these roles."""

        async def enter(request: Request, language: str) -> Response:
            visitor = await visitor_of(request, self._services, language)
            if visitor is None:
                return await self._without_session(request, language)
            if visitor.account.must_change and not request.url.path.startswith(BEFORE_CHANGE):
                return moved(f"{OWN_PAGE}?told=must_change")
            if visitor.account.role not in roles:
                return pages.problem_page(language, text("console.not_allowed", language).value, 403)
            if visitor.works_cases and request.method == "GET":
                unread = await self._services.in_thread(self._services.mentions.unread, visitor.account.id)
                visitor = replace(visitor, unread=unread)
            return await handler(request, visitor)

        return self.open_to_all(enter)

    def page(
        self,
        template: str,
        visitor: Visitor,
        *,
        status: int = 200,
        state: str = "",
        newest: object = (),
        **values: object,
    ) -> Response:
        """A page for somebody who is signed in.

        ``state`` and ``newest`` are what the stream of changes said when it was read.
        """
        return pages.page(
            template,
            visitor.language,
            status=status,
            visitor=visitor,
            state=state,
            newest=newest,
            sees_log=visitor.account.role in AUDIT_ROLES,
            leads=visitor.account.role == "lead",
            **values,
        )

    def _check(self, request: Request, language: str) -> None:
        if request.method not in ("GET", "HEAD"):
            check_origin(request, self._services, language)

    async def _without_session(self, request: Request, language: str) -> Response:
        here = own_page(request.url.path)
        if comes_from_elsewhere(request):
            # The cookie is strict: a link in a mail does not carry it, but a step from our own page does.
            return pages.page("opening.html", language, here=here)
        ended = bool(token_of(request))
        if request.method == "GET":
            return moved(f"/console/sign-in?next={here}" + ("&session_ended=1" if ended else ""))
        draft = str((await request.form()).get("text", ""))[:20_000]
        after = here.rpartition("/")[0] if here.startswith("/console/cases/") else "/console"
        return sign_in_page(
            self._services, language, after=after, told="console.session_ended", draft=draft, status=401
        )

    async def _fault(self, request: Request, language: str, error: Exception) -> Response:
        """A page with one sentence, and the text that was not sent."""
        draft = ""
        if request.method == "POST" and request.url.path.endswith(("/reply", "/notes", "/hand-on")):
            with contextlib.suppress(Exception):  # what could not be read cannot be shown again
                draft = str((await request.form()).get("text", ""))[:20_000]
        changing = request.method == "POST"
        back = request.url.path.rpartition("/")[0] if changing and "case" in request.path_params else "/console"
        match error:
            case Problem():
                sentence, status = error.detail, error.status
            case TooLarge():
                sentence, status = text("error.body_too_large.detail", language).value, 413
            case RecordUnavailable():
                log.error("record unavailable")
                sentence, status = text("console.database_down", language).value, 503
            case CaseGone() if changing and not request.url.path.endswith("/claim"):
                sentence, status = text("console.gone", language).value, 409
            case CaseGone() | ConversationGone():
                sentence, status, back = text("console.no_case", language).value, 404, "/console"
            case _:
                log.error("console request failed", exc_info=error)
                sentence, status = text("console.failed", language).value, 500
        return pages.problem_page(language, sentence, status, draft=draft, back=own_page(back))
