"""Who works in the console: the session cookie, the language of the interface, the check of the origin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.handoff.records import Account
from bot.web.identity import negotiated
from bot.web.problems import Problem
from bot.web.security import allowed_origins
from bot.web.services import Services

# Both names begin with ``brobygger``: the guard asks for an origin of requests that carry such a cookie.
COOKIE: Final = "brobygger_console"
LANGUAGE_COOKIE: Final = "brobygger_console_language"
HOME: Final = "/console"
_OWN_PAGE: Final = re.compile(r"/console(/[A-Za-z0-9/_-]{0,100})?")


@dataclass(frozen=True)
class Visitor:
    """A person with a session that has not ended."""

    account: Account
    token: str
    language: str
    unread: int = 0
    """Notes that mention her and that she has not opened."""

    @property
    def works_cases(self) -> bool:
        """May see and take cases."""
        return self.account.role in CASE_ROLES


CASE_ROLES: Final = ("coordinator", "lead")
AUDIT_ROLES: Final = ("auditor", "lead")


def token_of(request: Request) -> str:
    """The session token of the browser, or an empty text."""
    return request.cookies.get(COOKIE, "")[:200]


async def visitor_of(request: Request, services: Services, language: str) -> Visitor | None:
    """The person behind the session cookie, or None when there is no session or it has ended."""
    token = token_of(request)
    account = await services.in_thread(services.accounts.session, token) if token else None
    return Visitor(account, token, language) if account else None


def set_session(response: Response, services: Services, token: str) -> None:
    """Give the browser a session: read by no script, sent only from our own pages, gone when it is closed."""
    response.set_cookie(
        COOKIE,
        token,
        path=HOME,
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )


def clear_session(response: Response, services: Services) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path=HOME, secure=services.settings.secure_cookies, httponly=True, samesite="strict")


def language_for(request: Request, services: Services) -> str:
    """The language of the interface: chosen in the address, remembered by the browser, or what it wishes."""
    for wish in (request.query_params.get("language", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        code = services.languages.resolve(wish[:35])
        if code and services.languages[code].staff:
            return code
    wished = negotiated(request.headers, services.languages)
    return wished if services.languages[wished].staff else "nb"


def keep_language(request: Request, response: Response, services: Services, language: str) -> None:
    """Remember a language that was chosen in the address."""
    if "language" in request.query_params:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=365 * 86_400,
            path=HOME,
            secure=services.settings.secure_cookies,
            httponly=True,
            samesite="strict",
        )


def own_page(path: str) -> str:
    """``path`` when it is a page of the console, else its first page: nobody is sent elsewhere after signing in."""
    return path if _OWN_PAGE.fullmatch(path) and not path.endswith("/sign-in") else HOME


def check_origin(request: Request, services: Services, language: str) -> None:
    """Refuse a change that does not come from our own pages; raises Problem ``wrong_origin``.

    Stricter than the guard, which lets programs with an ``Authorization`` header pass: the console has none.
    """
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site") == "same-origin":
        return
    if origin is None or origin.lower() not in allowed_origins(services.settings):
        raise Problem("wrong_origin", language)


def comes_from_elsewhere(request: Request) -> bool:
    """The page was opened by a link in another program or site: a strict cookie was not sent along yet."""
    return request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
