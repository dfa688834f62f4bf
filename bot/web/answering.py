"""The bot's answer to typed words: Rasa understands and renders; here its answer becomes a turn's outcome."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from bot.guidance.days import day_in
from bot.guidance.model import Context, Message, Understanding
from bot.handoff.records import ConversationChanges, Reason
from bot.web.cleaning import for_rasa, has_letter
from bot.web.rasa import Answered, RasaDown
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn

log = logging.getLogger(__name__)

TRACKER_LENGTH: Final = 30
"""Messages after which Rasa's tracker is cut: it is read whole for each one, and the record is ours."""
REASONS: Final[dict[str, Reason]] = {
    "own_case": "own_case",
    "consent": "consent",
    "human": "human",
    "danger": "danger",
}


ASKED_BY: Final = {"situation": "situation", "child_age": "age"}
"""The payloads whose buttons ask for a condition."""


class Answering:
    """Asks Rasa, once per turn. Raises RasaDown when there is no usable answer."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lengths: OrderedDict[str, int] = OrderedDict()

    async def words(self, turn: Turn) -> tuple[Outcome, Understanding | None]:
        """Answer typed words."""
        if not has_letter(turn.safe):
            message = self._services.replies.not_understood(turn.context, misses=turn.conversation.misses)
            return Outcome((message,), _misses(turn, message)), None
        context = turn.context
        day = day_in(turn.safe, context.on) if context.audience == "staff" else None
        if day is not None:
            context = replace(context, on=day, asked_day=True)
        answered = await self._ask(turn, for_rasa(turn.safe), context)
        return self._outcome(turn, answered), answered.understood

    async def topic(self, turn: Turn, topic: str, context: Context) -> Outcome:
        """Answer a topic that was chosen by a button."""
        answered = await self._ask(turn, "/ask" + json.dumps({"topic": topic}), context)
        return self._outcome(turn, answered)

    async def _ask(self, turn: Turn, words: str, context: Context) -> Answered:
        metadata: dict[str, Any] = {
            "language": context.language,
            "municipality": context.municipality,
            "audience": context.audience,
            "situation": context.situation,
            "child_age": context.child_age,
            "on": context.on.isoformat(),
            "asked_day": context.asked_day or None,
            "last_topic": turn.conversation.last_topic,
            "misses": turn.conversation.misses,
            "asked": list(context.asked) or None,
        }
        given = {name: value for name, value in metadata.items() if value is not None}
        await self._keep_short(turn.conversation.id)
        return await self._services.rasa.ask(turn.conversation.id, words, given)

    def _outcome(self, turn: Turn, answered: Answered) -> Outcome:
        changes = _misses(turn, answered.messages[0])
        understood = answered.understood
        if understood is not None and understood.switched and understood.language != turn.conversation.language:
            changes["language"] = understood.language
        for message in answered.messages:
            if message.kind in ("answer", "handoff_offer") and message.topic:
                changes["last_topic"] = message.topic
            if asked := conditions_asked(message):
                changes["asked"] = asked
        first = answered.messages[0]
        unclear = first.kind == "not_understood" and understood is not None and not understood.foreign
        guess = understood.topics[0][0] if unclear and understood is not None and understood.topics else None
        return Outcome(answered.messages, changes, unclear, guess)

    async def _keep_short(self, conversation: str) -> None:
        """Cut Rasa's tracker now and then; the metadata of each message carries the context."""
        length = self._lengths.pop(conversation, 0) + 1
        if length > TRACKER_LENGTH:
            try:
                await self._services.rasa.start_afresh(conversation)
                length = 1
            except RasaDown:
                log.warning("tracker not cut")
        self._lengths[conversation] = length
        if len(self._lengths) > 10_000:
            self._lengths.popitem(last=False)


def conditions_asked(message: Message) -> tuple[str, ...]:
    """The conditions that a message asks the parent for, by its buttons."""
    names = {choice.payload.partition(":")[0] for choice in message.choices}
    return tuple(condition for condition, name in ASKED_BY.items() if name in names)


def _misses(turn: Turn, message: Message) -> ConversationChanges:
    """Count messages in a row that were not understood."""
    misses = turn.conversation.misses + 1 if message.kind == "not_understood" else 0
    return ConversationChanges() if misses == turn.conversation.misses else ConversationChanges(misses=misses)
