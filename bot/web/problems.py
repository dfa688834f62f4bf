"""Errors as ``application/problem+json`` (RFC 9457), in the reader's language.

``type`` is ``https://brobygger.example/problems/<name>`` and stable; ``title`` and ``detail`` are the locale keys
``error.<name>.title`` and ``error.<name>.detail``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import JSONResponse

from bot.texts import text

BASE: Final = "https://brobygger.example/problems/"

STATUS: Final[Mapping[str, int]] = {
    "bad_json": 400,
    "bad_request": 422,
    "empty_message": 422,
    "message_too_long": 413,
    "body_too_large": 413,
    "unauthorized": 401,
    "wrong_origin": 403,
    "wrong_host": 421,
    "not_found": 404,
    "method_not_allowed": 405,
    "unknown_topic": 404,
    "unknown_language": 422,
    "unknown_municipality": 422,
    "unknown_message": 404,
    "unknown_receipt": 404,
    "conversation_deleted": 410,
    "too_many_requests": 429,
    "service_down": 503,
    "database_down": 503,
    "server_error": 500,
}
"""Every problem there is, with its HTTP status."""


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that cannot be done.

    ``values`` fill the sentence, ``extra`` are further members of the body, ``headers`` go on the response. The
    exception's own text is its name alone, so that no log can carry what somebody wrote.
    """

    def __init__(
        self,
        name: str,
        language: str,
        *,
        values: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.name = name
        self.status = STATUS[name]
        self.language = language
        self.values = dict(values or {})
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """The short text of the problem in its language."""
        return text(f"error.{self.name}.title", self.language).value

    @property
    def detail(self) -> str:
        """What the reader can do about it, in its language."""
        return text(f"error.{self.name}.detail", self.language, **self.values).value

    def to_dict(self) -> dict[str, Any]:
        """The JSON body."""
        return {
            "type": BASE + self.name,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "language": self.language,
            **self.extra,
        }

    def response(self) -> JSONResponse:
        """The HTTP response."""
        headers = {"Content-Language": self.language, "Cache-Control": "no-store", **self.headers}
        return JSONResponse(self.to_dict(), self.status, headers, media_type="application/problem+json")
