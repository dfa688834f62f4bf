"""A message while a case waits or a human has the conversation: it is kept for the person, and the bot is quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.guidance.model import Context, Message
from bot.handoff.records import ConversationChanges
from bot.texts import text
from bot.web.bridge import Bridge
from bot.web.danger import crisis_in
from bot.web.hours_text import handed_over, kept
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn


class WithPerson:
    """Says only what must be said: danger, that something was masked, and once that the message is kept."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, turn: Turn) -> Outcome:
        """Answer a message that belongs to a case."""
        await self._services.wakeups.wake("queue")
        messages: list[Message] = []
        changes = ConversationChanges()
        context = turn.context
        if turn.payload is None:
            crisis = await crisis_in(turn, self._services)
            if crisis is not None:
                if await self._services.in_thread(self._services.handoff.raise_urgency, turn.conversation.id):
                    await self._services.wakeups.wake("queue")
                # Its last line and buttons would offer the person who is already there.
                offer = text("crisis.offer", crisis.language).value
                words = crisis.text.removesuffix(offer).rstrip()
                messages.append(replace(crisis, text=words, choices=(), offers_human=False))
        elif turn.payload.name == "bridge":
            settled = await Bridge(self._services).answer(turn, turn.payload.value)
            if settled is not None:
                return settled
        elif turn.payload.name == "language":
            changes = ConversationChanges(language=turn.payload.value)
            context = replace(context, language=turn.payload.value)
        if turn.conversation.state == "waiting":
            expected = await self._services.in_thread(self._services.handoff.expectation, turn.conversation.id)
            since = expected.closed_since if expected is not None else None
            acknowledged = await self._services.in_thread(self._acknowledged, turn, since)
            if expected is not None and turn.late:  # said to the bot before; the person does not get to see it
                messages.append(handed_over(expected, context, self._services))
            elif expected is not None and not acknowledged:
                messages.append(kept(expected, context, self._services, after_crisis=bool(messages)))
        if turn.masked and not messages:
            messages.append(_say("notice", "notice.masked", context))
        return Outcome(tuple(messages), changes)

    def _acknowledged(self, turn: Turn, since: datetime | None) -> bool:
        """Whether an earlier message to this case was answered, so that she knows it is kept; synchronous.

        Outside hours only an answer ``since`` the office closed counts: it says when somebody is there.
        """
        earlier: set[str | None] = set()
        cursor, told = 0, False
        while page := self._services.conversations.after(turn.conversation.id, cursor):
            cursor = page[-1].seq
            for message in page:
                if message.author == "parent" and message.case is not None and message.seq < turn.seq:
                    earlier.add(message.client_id)
                elif message.reply_to in earlier and message.body.get("kind") == "handoff_status":
                    told = told or since is None or message.at >= since
        return told


def _say(kind: str, key: str, context: Context, **values: str) -> Message:
    said = text(key, context.language, **values)
    return Message(kind, said.value, said.language, said.direction)
