"""Questions about one more consent that she has not answered, so that they are found again without a script."""

from __future__ import annotations

from dataclasses import dataclass

from bot.guidance.model import Message
from bot.handoff.records import Conversation
from bot.privacy.durations import durations
from bot.web.further_text import ask_message, ask_notice
from bot.web.further_turn import ASK_VERSION
from bot.web.services import Services


@dataclass(frozen=True)
class Question:
    """One open question as it is shown."""

    message: Message


def open_questions(services: Services, conversation: Conversation, language: str) -> tuple[Question, ...]:
    """Every open question in the language of the page, kept exactly so; synchronous."""
    found = []
    for ask in services.handoff.open_asks(conversation.id):
        notice = ask_notice(ask.code, language, durations(services.settings))
        services.handoff.show_ask(
            conversation.id, ask.id, notice=notice.text, language=notice.language, version=ASK_VERSION
        )
        found.append(Question(ask_message(ask.id, notice)))
    return tuple(found)
