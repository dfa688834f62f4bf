"""What is said when a part is down: a problem whose ``messages`` are calm and hold the emergency numbers.

Nothing here needs the record or Rasa: texts and knowledge are in memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import HTTPConnection

from bot.guidance.model import Context, Message
from bot.texts import text
from bot.web.identity import conversation_id, language_of
from bot.web.problems import Problem
from bot.web.services import Services


def service_down(services: Services, context: Context, state: str) -> Problem:
    """Rasa gave no answer; the message is kept."""
    return _down("service_down", services.replies.failure(context), context.language, state)


def database_down(request: HTTPConnection, services: Services) -> Problem:
    """The record cannot be written or read: nothing was kept, which is said."""
    language = language_of(request, services)
    context = Context(language=language, on=services.settings.on(), municipality=services.settings.municipality)
    failure = services.replies.failure(context)
    words = text("error.database_down.detail", language).value + "\n\n" + text("failure.numbers", language).value
    state = services.tongues.state(conversation_id(request)) or "bot"
    return _down("database_down", replace(failure, text=words), language, state)


def _down(name: str, failure: Message, language: str, state: str) -> Problem:
    extra: dict[str, Any] = {"state": state, "messages": [failure.to_dict()]}
    return Problem(name, language, extra=extra, headers={"Retry-After": "5"})
