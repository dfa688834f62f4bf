"""The guard around the whole application: host, origin, size, headers; and an answer for every fault.

Written as plain ASGI, because it stands before every request and must not buffer streams.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web.identity import language_of
from bot.web.problems import Problem
from bot.web.services import Services

LARGEST_BODY: Final = 256 * 1024
"""Bytes of one request; a message of 5 000 characters needs at most 60 000 of them."""
LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
UNSAFE: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Not `no-referrer`: with it browsers send `Origin: null` for plain forms, and the check of the origin needs one.
REFERRER_POLICY: Final = "same-origin"


class TooLarge(Exception):  # noqa: N818 - says what the body is
    """A body without a stated length grew beyond the limit."""


class Guard:
    """Checks every request before the application sees it, and sets the headers of every response."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._hosts = allowed_hosts(services.settings)
        self._origins = allowed_origins(services.settings)
        self._headers = headers(services.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        taken = 0

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                on = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    on.setdefault(name, value)
            await send(message)

        async def guarded_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise TooLarge
            return message

        request = HTTPConnection(scope)
        try:
            self._check(request, scope)
            await self._app(scope, guarded_receive, guarded_send)
        except Problem as problem:
            await self._refuse(problem, started, scope, receive, guarded_send)
        except Exception:
            # The application has answered and told the log already; nothing may pass on to the server's own log.
            if not started:
                await self._refuse(
                    Problem("server_error", self._language(request)), started, scope, receive, guarded_send
                )

    def _check(self, request: HTTPConnection, scope: Scope) -> None:
        language = self._language(request)
        host = urlsplit("//" + request.headers.get("host", "")).hostname or ""
        if host not in self._hosts:
            raise Problem("wrong_host", language)
        if scope["method"] in UNSAFE:
            self._check_origin(request, language)
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            raise Problem("body_too_large", language)

    def _check_origin(self, request: HTTPConnection, language: str) -> None:
        origin = request.headers.get("origin")
        if origin is not None:
            if origin.lower() not in self._origins:
                raise Problem("wrong_origin", language)
            return
        if "authorization" in request.headers:
            return  # a program: no browser adds this header by itself
        ours = [name for name in request.cookies if name.startswith("brobygger")]
        if ours and request.headers.get("sec-fetch-site") != "same-origin":
            raise Problem("wrong_origin", language)

    def _language(self, request: HTTPConnection) -> str:
        return language_of(request, self._services)

    @staticmethod
    async def _refuse(problem: Problem, started: bool, scope: Scope, receive: Receive, send: Send) -> None:
        if not started:
            await problem.response()(scope, receive, send)


def is_local_client(request: HTTPConnection) -> bool:
    """Tell whether the request began on this machine, not at a proxy that passes on for others."""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not forwarded and request.client is not None and request.client.host in LOOPBACK


def allowed_origins(settings: Settings) -> frozenset[str]:
    """Origins that may change something: the public address, under each name of this machine when it is local."""
    parts = urlsplit(settings.public_url)
    port = f":{parts.port}" if parts.port else ""
    names = [parts.hostname or ""]
    if names[0] in LOOPBACK:
        names = ["127.0.0.1", "localhost", "[::1]"]
    return frozenset(f"{parts.scheme}://{name}{port}".lower() for name in names)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Host names that are served: the public one, the one listened on, and this machine's own for health checks."""
    names = {urlsplit(settings.public_url).hostname or "", *LOOPBACK}
    if settings.web_host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        names.add(settings.web_host.lower())
    return frozenset(names)


def headers(settings: Settings) -> dict[str, str]:
    """Headers of every response."""
    found = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if settings.public_url.startswith("https://"):
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found
