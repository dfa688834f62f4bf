"""Everything Rasa says, rendered by guidance in the rasa process: no template, no hop to the action server.

The reply is ``{"custom": {…message…, "understood": {…}}}``. Connectors other than REST, which show text and not
objects, get ``text`` and ``buttons`` beside it, with payloads that Rasa itself understands.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.answering import keep_answerable, read_context, read_misses, read_understanding
from bot.dialogue.knowledge import guide
from bot.guidance.model import Choice, Context, Message
from bot.guidance.replies import Replies
from bot.languages import languages
from bot.settings import settings

logger = logging.getLogger(__name__)
OBJECT_CHANNELS = ("rest", "callback", None)
"""Input channels whose callers read the object under ``custom``; None is Rasa's own HTTP API."""


class GuidanceGenerator(NaturalLanguageGenerator):
    """Answers over the knowledge base. Never raises and never gives None: then Rasa would be silent."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        self._settings = settings()
        self.guide = guide(self._settings.knowledge)
        self._replies = Replies(self.guide)
        self._municipalities = frozenset(m.slug for m in self.guide.municipalities())
        self._topics = {
            "parent": frozenset(self.guide.topics("parent")),
            "staff": frozenset(self.guide.topics("staff")),
        }
        # Made now, so that nothing can go wrong when something has gone wrong.
        self._calm = {
            language.code: self._replies.failure(Context(language=language.code, on=self._settings.on())).to_dict()
            for language in languages().offered()
        }

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """What to say to the latest message; a calm failure with the emergency numbers when that goes wrong."""
        try:
            return self._render(tracker)
        except Exception:
            logger.exception("no reply could be made")
            return {"custom": self._failure(tracker)}

    def _render(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        turn = tracker.latest_message
        said = turn.metadata if isinstance(turn.metadata, dict) else {}
        context = read_context(said, self._settings, self._municipalities)
        understood = read_understanding(turn.parse_data or {}, tracker.current_slot_values(), context.language)
        understood = keep_answerable(understood, self._topics[context.audience])
        context = replace(context, language=understood.language)
        message = self._replies.reply(understood, context, misses=read_misses(said))
        reply: dict[str, Any] = {"custom": {**message.to_dict(), "understood": understood.to_dict()}}
        if turn.input_channel not in OBJECT_CHANNELS:
            reply |= as_text(message)
        return reply

    def _failure(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        try:
            tag = (tracker.latest_message.metadata or {}).get("language", "nb")
            return self._calm[languages().resolve(tag) or "nb"]
        except Exception:  # whatever the metadata holds, there is an answer
            return self._calm["nb"]


def as_text(message: Message) -> dict[str, Any]:
    """A message for connectors that show text and buttons: numbers under the text, payloads in Rasa's form."""
    lines = [message.text, *(f"{number.label}: {number.number}" for number in message.numbers)]
    buttons = [
        {"title": choice.title, "payload": payload}
        for choice in message.choices
        if (payload := rasa_payload(choice, message)) is not None
    ]
    return {"text": "\n".join(line for line in lines if line), "buttons": buttons}


def rasa_payload(choice: Choice, message: Message) -> str | None:
    """The payload of a button as Rasa's RegexMessageHandler reads it, or None where only ``web`` can act on it."""
    name, _, value = choice.payload.partition(":")
    if name == "topic":
        return f"/ask{json.dumps({'topic': value})}"
    if name == "human":
        return "/human"
    if name == "yes":
        return f"/human{json.dumps({'confirmed': 'yes'})}" if message.offers_human else "/affirm"
    if name == "no":
        return "/deny"
    return None
