"""Everything a request needs, built once at start and passed in; importing this module has no effects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from anyio import to_thread

from bot.guidance.guide import Guide
from bot.guidance.replies import Replies
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.service import Handoff
from bot.languages import Languages
from bot.settings import Settings
from bot.web.limits import Limits
from bot.web.locks import Locks
from bot.web.rasa import Rasa
from bot.web.tongues import Tongues
from bot.web.wake import WakeUps

Result = TypeVar("Result")


@dataclass(frozen=True)
class Services:
    """What the routes work with. The stores are synchronous: call them through ``in_thread``.

    ``wakeups`` tells other requests and processes that something is new: topic ``conversation:<id>`` for a
    conversation, ``queue`` for the coordinators' queue. ``rasa`` is the client of the Rasa process.
    """

    settings: Settings
    languages: Languages
    engine: sa.engine.Engine
    guide: Guide
    replies: Replies
    conversations: Conversations
    handoff: Handoff
    accounts: Accounts
    rasa: Rasa
    wakeups: WakeUps
    locks: Locks
    limits: Limits
    tongues: Tongues

    async def in_thread(self, call: Callable[..., Result], *arguments: object, **named: object) -> Result:
        """Run a synchronous store call in a worker thread and return what it returns."""
        return await to_thread.run_sync(lambda: call(*arguments, **named))


Job = Callable[[Services], Awaitable[None]]
"""One round of a background job."""
