"""Everything a request needs, built once at start and passed in; importing this module has no effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from anyio import to_thread

from bot.guidance.guide import Guide
from bot.guidance.replies import Replies
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.counting import Counting
from bot.handoff.engine import make_engine
from bot.handoff.learning import Learning
from bot.handoff.mentions import Mentions
from bot.handoff.presence import Presence
from bot.handoff.service import Handoff, make_handoff
from bot.handoff.statistics import Statistics
from bot.handoff.teams import Teams
from bot.languages import Languages, languages
from bot.privacy.deletion import open_dialogue
from bot.privacy.durations import durations
from bot.settings import Settings
from bot.web.limits import Limits
from bot.web.locks import Locks
from bot.web.offices import read_offices
from bot.web.rasa import Rasa
from bot.web.tongues import Tongues
from bot.web.translation import Translator, make_translator
from bot.web.wake import WakeUps

Result = TypeVar("Result")


@dataclass(frozen=True)
class Services:
    """What the routes work with. The stores are synchronous: call them through ``in_thread``.

    ``wakeups`` tells other requests and processes that something is new: topic ``conversation:<id>`` for a
    conversation, ``queue`` for the coordinators' queue. ``rasa`` is the client of the Rasa process; ``engine`` is the
    database of record and ``dialogue`` Rasa's tracker store, which only deletion touches.
    """

    settings: Settings
    languages: Languages
    engine: sa.engine.Engine
    dialogue: sa.engine.Engine
    guide: Guide
    replies: Replies
    conversations: Conversations
    handoff: Handoff
    accounts: Accounts
    learning: Learning
    teams: Teams
    presence: Presence
    mentions: Mentions
    translator: Translator | None
    counting: Counting
    statistics: Statistics
    rasa: Rasa
    wakeups: WakeUps
    locks: Locks
    limits: Limits
    tongues: Tongues

    async def in_thread(self, call: Callable[..., Result], *arguments: object, **named: object) -> Result:
        """Run a synchronous store call in a worker thread and return what it returns."""
        return await to_thread.run_sync(lambda: call(*arguments, **named))

    async def close(self) -> None:
        """Give every connection back."""
        await self.rasa.close()
        await self.locks.close()
        await self.limits.close()
        self.engine.dispose()
        self.dialogue.dispose()


def make_services(settings: Settings) -> Services:
    """Build everything from the settings; raises KnowledgeError for knowledge that cannot be read."""
    engine = make_engine(settings.database_url)
    guide = Guide.load(settings.knowledge)
    handoff = make_handoff(engine, settings, offices=read_offices(settings, guide))
    return Services(
        settings=settings,
        languages=languages(),
        engine=engine,
        dialogue=open_dialogue(settings.dialogue_url),
        guide=guide,
        replies=Replies(guide),
        conversations=Conversations(engine, durations(settings)),
        handoff=handoff,
        accounts=Accounts(engine),
        learning=Learning(engine),
        teams=Teams(engine),
        presence=Presence(engine),
        mentions=Mentions(engine),
        translator=make_translator(settings),
        counting=Counting(engine, handoff.first_answer_due),
        statistics=Statistics(engine),
        rasa=Rasa(settings),
        wakeups=WakeUps(settings.redis_url),
        locks=Locks(settings.redis_url),
        limits=Limits(
            messages=settings.messages_per_minute,
            conversations=settings.conversations_per_minute,
            redis_url=settings.redis_url,
        ),
        tongues=Tongues(),
    )
