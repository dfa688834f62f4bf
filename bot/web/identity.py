"""Who asks: the conversation of a request by bearer token or cookie, and the language to answer in."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response

from bot.handoff.records import Conversation
from bot.languages import Languages
from bot.web.problems import Problem
from bot.web.services import Services

AUDIENCES: Final = ("parent", "staff")


def cookie_name(audience: str) -> str:
    """Name of the cookie: one for each audience, so that a parent's chat and a staff look-up live side by side."""
    return f"brobygger_{audience}"


def credentials(request: HTTPConnection, conversation: str | None = None) -> list[tuple[str, str]]:
    """Return (conversation, token) pairs that the request carries, the header's first.

    A header names no conversation, so it counts only when ``conversation`` is given by the path.
    """
    found: list[tuple[str, str]] = []
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip() and conversation:
        found.append((conversation, value.strip()))
    for audience in AUDIENCES:
        name, dot, token = request.cookies.get(cookie_name(audience), "").partition(".")
        if dot and name and token and conversation in (None, name):
            found.append((name, token))
    return found


async def conversation_of(
    request: HTTPConnection, services: Services, conversation: str | None = None, *, audience: str | None = None
) -> Conversation:
    """Return the conversation the request may speak for; raises Problem ``unauthorized``.

    ``conversation`` comes from the path; pages leave it out and name the ``audience`` whose cookie counts.
    """
    pairs = credentials(request, conversation)
    if conversation is None and audience is not None:
        wanted = request.cookies.get(cookie_name(audience), "").partition(".")[0]
        pairs = [pair for pair in pairs if pair[0] == wanted]
    for name, token in pairs:
        found = await services.in_thread(services.conversations.authenticate, name, token)
        if found is not None:
            services.tongues.remember(found.id, found.language, found.state)
            return found
    language = language_of(request, services)
    raise Problem("unauthorized", language, headers={"WWW-Authenticate": 'Bearer realm="brobygger"'})


def set_cookie(response: Response, services: Services, audience: str, conversation: str, token: str) -> None:
    """Give the browser the conversation: readable by no script, sent only to us, gone with the retention."""
    response.set_cookie(
        cookie_name(audience),
        f"{conversation}.{token}",
        max_age=services.settings.conversation_days * 86_400,
        path="/",
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, services: Services, audience: str) -> None:
    """Take the conversation from the browser."""
    response.delete_cookie(
        cookie_name(audience), path="/", secure=services.settings.secure_cookies, httponly=True, samesite="lax"
    )


def language_of(request: HTTPConnection, services: Services) -> str:
    """Return the language for an error: that of the conversation in the path, else what the browser wishes."""
    known = services.tongues.language(conversation_id(request))
    return known or negotiated(request.headers, services.languages)


def conversation_id(request: HTTPConnection) -> str:
    """Return the conversation that the path names, or an empty text; works before routing too."""
    parts = request.scope["path"].split("/", 4)
    return parts[3] if parts[:3] == ["", "api", "conversations"] and len(parts) > 3 else ""


def negotiated(headers: Headers, languages: Languages) -> str:
    """Return the offered language that fits ``Accept-Language`` best."""
    return languages.negotiate(headers.get("accept-language", "")[:500])
