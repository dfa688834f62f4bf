"""What coordinators do to a case, and what the parent is told of it. Everything is stored before it is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.guidance.model import Message
from bot.handoff.records import Case
from bot.privacy.masking import mask
from bot.texts import is_right_to_left
from bot.web.cleaning import clean
from bot.web.console.session import Visitor
from bot.web.phrases import phrase_body
from bot.web.services import Services
from bot.web.status import status


class Actions:
    """The changes; each wakes the parent's page and the queues. CaseGone when the case is not the visitor's."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def claim(self, case: str, visitor: Visitor) -> Case | None:
        """Take a case; None when somebody was faster."""
        told = status("handoff.claimed")
        won = await self._services.in_thread(self._services.handoff.claim, case, visitor.account.id, told)
        if won is not None:
            await self.wake(won)
        return won

    async def release(self, case: str, visitor: Visitor) -> None:
        """Hand a case back to the queue."""
        told = status("handoff.returned")
        returned = await self._services.in_thread(self._services.handoff.release, case, visitor.account.id, told)
        await self.wake(returned)

    async def close(self, case: str, visitor: Visitor, outcome: str) -> None:
        """End a case; raises ValueError for an outcome that is none."""
        told = status(f"handoff.closed.{outcome}")
        closed = await self._services.in_thread(self._services.handoff.close, case, visitor.account.id, outcome, told)
        await self.wake(closed)

    async def reply(self, case: str, visitor: Visitor, *, client_id: str, words: str, language: str) -> bool:
        """Write to the parent; tells whether identity numbers were taken out. Raises Problem for unusable words."""
        masked = mask(clean(words, visitor.language), contacts=False)
        direction = "rtl" if is_right_to_left(masked.text) else "ltr"
        body = Message("notice", masked.text, language, direction).to_dict()
        recorded = await self._services.in_thread(
            self._services.handoff.reply, case, visitor.account.id, client_id=client_id, body=body
        )
        await self._services.wakeups.wake(f"conversation:{recorded.message.conversation}")
        return bool(masked.found)

    async def phrase(self, case: str, visitor: Visitor, *, client_id: str, name: str) -> None:
        """Send a ready phrase in the parent's language; raises KeyError for a name that is no phrase."""
        view = await self._services.in_thread(self._services.handoff.view, case, visitor.account.id)
        body = phrase_body(name, view.case.talk_language or view.case.language)
        await self.send(case, visitor, client_id=client_id, body=body)

    async def send(self, case: str, visitor: Visitor, *, client_id: str, body: Mapping[str, Any]) -> None:
        """Send a message that is ready; the same client id again is stored once."""
        recorded = await self._services.in_thread(
            self._services.handoff.reply, case, visitor.account.id, client_id=client_id, body=body
        )
        await self._services.wakeups.wake(f"conversation:{recorded.message.conversation}")

    async def note(self, case: str, visitor: Visitor, words: str, client_id: str | None) -> bool:
        """Keep a note; tells whether identity numbers were taken out. Raises Problem for unusable words."""
        masked = mask(clean(words, visitor.language), contacts=False)
        await self._services.in_thread(self._services.handoff.note, case, visitor.account.id, masked.text, client_id)
        return bool(masked.found)

    async def wake(self, case: Case) -> None:
        """Let every page that shows a case, or the queue, look again."""
        if case.conversation is not None:
            await self._services.in_thread(self._remember, case.conversation)
            await self._services.wakeups.wake(f"conversation:{case.conversation}")
        await self._services.wakeups.wake("queue")

    def _remember(self, conversation: str) -> None:
        """Know its state and language for the moment when the record cannot be read; synchronous."""
        found = self._services.conversations.find(conversation)
        if found is not None:
            self._services.tongues.remember(found.id, found.language, found.state)
