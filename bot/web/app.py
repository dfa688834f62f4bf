"""The ASGI application of the web process.

``create_app(services)`` builds it from a ready ``Services``; ``bot.web.serve`` builds those from the settings.

How the pages plug in: ``bot.web.chat.routes`` (at ``/``), ``bot.web.staff.routes`` (at ``/staff``) and
``bot.web.console.routes`` (at ``/console``) each expose

    def routes(services: Services) -> list[BaseRoute]

with whole paths, static files included (``Route("/console/cases/{case}", …)``, ``Mount("/static/chat", …)``).
They are imported below by name, in the order of ``PAGES``; the first route that matches wins, and ``/api``,
``/healthz`` and ``/readyz`` come before all pages. What pages use of this package:

- ``bot.web.services.Services``; ``await services.in_thread(store.call, …)`` for every store call.
- ``bot.web.identity``: ``conversation_of(request, services)`` reads bearer token or cookie and raises ``Problem``
  (401, 410); ``set_cookie(response, services, conversation, token)``; ``language_of(request, services)``
  negotiates; ``check_origin(request, services)`` for every form that changes something (the middleware already
  calls it for unsafe methods under every path).
- ``bot.web.turn``: ``Turns(services)`` with ``await turns.open(wish)`` (a new conversation with its greeting) and
  ``await turns.take(conversation, Said(id, text, choice))`` (one turn) for plain forms without JavaScript; both
  raise ``bot.web.problems.Problem``, which has ``status``, ``title``, ``detail``, ``extra`` ready for a page.
- ``bot.web.problems.Problem`` raised anywhere becomes ``application/problem+json``; a page that wants HTML
  catches it. ``bot.web.security`` sets all headers (CSP ``default-src 'self'``, no inline script or style).
- ``services.wakeups``: ``async with wakeups.listen("queue") as bell: await bell.wait(20)`` and
  ``await wakeups.wake("conversation:<id>")`` after writing something that the other side should see.
- ``bot.web.deletion.delete_conversation`` and ``bot.web.withdrawal.withdraw_consent`` do what the calls of the
  interface do.
- Server-sent events: ``bot.web.events.stream``.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.handoff.engine import RecordUnavailable
from bot.handoff.records import ConversationGone
from bot.web import api_answers, api_conversations, health, withdrawal
from bot.web.failures import database_down
from bot.web.identity import language_of
from bot.web.jobs import Jobs
from bot.web.problems import Problem
from bot.web.security import Guard, TooLarge
from bot.web.services import Services

log = logging.getLogger(__name__)

PAGES: Final = ("bot.web.console.routes", "bot.web.staff.routes", "bot.web.chat.routes")


def create_app(services: Services, *, pages: tuple[str, ...] = PAGES) -> ASGIApp:
    """The application over ready services. Its lifespan starts and stops wake-ups and background jobs."""

    async def problem(request: Request, error: Exception) -> Response:
        return _problem_of(request, error, services).response()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        jobs = Jobs(services)
        await services.wakeups.start()
        jobs.start()
        try:
            yield
        finally:
            await jobs.stop()
            await services.wakeups.stop()
            await services.close()

    known = (Problem, HTTPException, RecordUnavailable, ConversationGone, TooLarge, Exception)
    app = Starlette(
        routes=_routes(services, pages), lifespan=lifespan, exception_handlers=dict.fromkeys(known, problem)
    )
    # Phones on slow lines: everything of some size is compressed, streams of events excepted.
    return Guard(GZipMiddleware(app, minimum_size=1024), services)


def _routes(services: Services, pages: tuple[str, ...]) -> list[BaseRoute]:
    found = [
        *api_conversations.routes(services),
        *withdrawal.routes(services),
        *api_answers.routes(services),
        *health.routes(services),
    ]
    for name in pages:
        found += importlib.import_module(name).routes(services)
    return found


def _problem_of(request: Request, error: Exception, services: Services) -> Problem:
    """What a fault means to whoever asked."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RecordUnavailable):
        log.error("record unavailable")
        return database_down(request, services)
    language = language_of(request, services)
    if isinstance(error, HTTPException):
        name = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        return Problem(name, language, values={"field": "body"}, headers=dict(error.headers or {}))
    if isinstance(error, ConversationGone):
        return Problem("conversation_deleted", language)
    if isinstance(error, TooLarge):
        return Problem("body_too_large", language)
    log.error("request failed", exc_info=error)
    return Problem("server_error", language)
