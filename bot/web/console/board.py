"""The queue as coordinators see it: what waits, what they have, what colleagues have. Status only, no content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.guidance.guide import UnknownTopic
from bot.handoff.records import Case, utc_now
from bot.handoff.times import Wait
from bot.languages import Language, languages
from bot.web.console.pages import waited
from bot.web.console.session import Visitor
from bot.web.services import Services


@dataclass(frozen=True)
class Row:
    """One case in a list. ``share`` is the code of what the consent covers, ``none`` without one.

    ``wait`` is the deadline of the first answer while it waits for one.
    """

    case: Case
    topic: str | None
    speaks: Language
    waited: str
    since: datetime
    holder: str | None
    share: str
    wait: Wait | None


@dataclass(frozen=True)
class Board:
    """All open cases that reached the queue."""

    waiting: tuple[Row, ...]
    mine: tuple[Row, ...]
    others: tuple[Row, ...]


def topic_title(services: Services, topic: str | None, language: str) -> str | None:
    """The title of a case's topic; its id when the article is gone."""
    if topic is None:
        return None
    try:
        return services.guide.title(topic, language)
    except UnknownTopic:
        return topic


def holder_name(services: Services, account: str | None) -> str | None:
    """The name of whoever has a case; synchronous."""
    found = services.accounts.find(account) if account else None
    return found.name if found else None


def read_board(services: Services, visitor: Visitor) -> Board:
    """Read all lists; synchronous."""
    names: dict[str, str | None] = {}
    now = utc_now()
    spoken = languages()[visitor.language]

    def row(case: Case) -> Row:
        if case.account and case.account not in names:
            names[case.account] = holder_name(services, case.account)
        since = case.queued_at or case.opened_at
        return Row(
            case=case,
            topic=topic_title(services, case.topic, visitor.language),
            speaks=languages()[case.talk_language or case.language],
            waited=waited(now - since, spoken),
            since=since,
            holder=names.get(case.account) if case.account else None,
            share=case.share or "none",
            wait=waits.get(case.id),
        )

    me = visitor.account.id
    queue, taken = services.handoff.queue(me), services.handoff.taken(me)
    waits = services.handoff.waits(case.id for case in queue)
    return Board(
        waiting=tuple(row(case) for case in queue),
        mine=tuple(row(case) for case in taken if case.account == me),
        others=tuple(row(case) for case in taken if case.account != me),
    )
