"""Hands a conversation of another connector over: says that a person is offered, and keeps quiet from then on.

The web chat never comes here: it takes consent in its own steps and decides itself who has the conversation.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ConversationPaused
from rasa_sdk.executor import CollectingDispatcher

from bot.dialogue.answering import read_context
from bot.dialogue.knowledge import guide
from bot.guidance.replies import Replies
from bot.settings import settings

logger = logging.getLogger(__name__)


class ActionHandoff(Action):
    """``action_handoff``."""

    def name(self) -> str:
        """The name in domain and rules."""
        return "action_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say the offer and pause. When no word can be said, the conversation stays with the bot."""
        now = settings()
        said = tracker.latest_message.get("metadata")
        try:
            known = guide(now.knowledge)
            municipalities = frozenset(m.slug for m in known.municipalities())
            context = read_context(said if isinstance(said, dict) else {}, now, municipalities)
            message = Replies(known).handoff_offer("human", context)
        except Exception:
            logger.exception("no offer could be made")
            return []
        dispatcher.utter_message(text=message.text, json_message=message.to_dict())
        return [ConversationPaused()]
