"""What a parent is told of her case, as the message that is stored with the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.guidance.model import Message
from bot.handoff.book import Say
from bot.handoff.records import Case, Conversation
from bot.texts import text


def status(key: str) -> Say:
    """Say the text of this key, in the language of the conversation at that moment, with the case's number."""

    def say(case: Case, conversation: Conversation) -> Mapping[str, Any]:
        said = text(key, conversation.language, case=case.id)
        return Message("handoff_status", said.value, said.language, said.direction).to_dict()

    return say
