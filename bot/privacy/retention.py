"""The job that deletes what has been kept long enough, by the same durations that parents are shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit, outbox
from bot.handoff.accounts import Accounts
from bot.handoff.book import LIVE
from bot.handoff.engine import reading, writing
from bot.handoff.records import Clock, utc_now
from bot.handoff.tables import cases, conversations
from bot.privacy.deletion import DialogueUnavailable, mark_deleted, purge_unknown_dialogue, sweep
from bot.privacy.durations import Durations

NEWS_KEPT = timedelta(days=7)
"""News that has arrived, or was given up, is forgotten after this."""


@dataclass(frozen=True)
class RetentionReport:
    """What one run did: conversations marked, cases removed, marks that the sweep still has to finish."""

    conversations: int
    cases: int
    remaining: int


def due_conversations(engine: Engine, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """Conversations that have been kept long enough.

    Without a case: from their last use, by ``expires_at``. With one: none while it is open; then until the closed
    case is due, however long the conversation itself has been idle.
    """
    now = clock()
    c, k = conversations.c, cases.c
    still_kept = sa.or_(k.state.in_(LIVE), sa.and_(k.state == "closed", k.expires_at > now))
    kept = sa.select(k.id).where(k.conversation_id == c.id, still_kept).exists()
    case_due = sa.select(k.id).where(k.conversation_id == c.id, k.state == "closed", k.expires_at <= now).exists()
    query = sa.select(c.id).where(c.deleted_at.is_(None), ~kept, sa.or_(c.expires_at <= now, case_due))
    with reading(engine) as connection:
        return tuple(row.id for row in connection.execute(query.limit(1000)))


def run_retention(engine: Engine, dialogue: Engine, *, durations: Durations, clock: Clock = utc_now) -> RetentionReport:
    """Delete all that is due, in the record and in the tracker store; called every hour or so."""
    due = due_conversations(engine, clock=clock)
    for conversation in due:
        mark_deleted(engine, conversation, audit.SYSTEM, durations=durations, clock=clock)
    remaining = sweep(engine, dialogue, clock=clock)
    now = clock()
    with writing(engine) as connection:
        removed = connection.execute(
            sa.delete(cases).where(cases.c.conversation_id.is_(None), cases.c.expires_at <= now)
        ).rowcount
        outbox.forget_old(connection, now - NEWS_KEPT)
    Accounts(engine, clock).remove_ended()
    with reading(engine) as connection:
        known = frozenset(row.id for row in connection.execute(sa.select(conversations.c.id)))
    with suppress(DialogueUnavailable):  # the next run comes back to it
        purge_unknown_dialogue(dialogue, known, now - timedelta(days=durations.conversation_days))
    return RetentionReport(len(due), int(removed), remaining)
