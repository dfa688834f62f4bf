"""News for coordinators, written in the same transaction as what it tells of and delivered until it arrives.

A piece of news holds codes only: the case's number, what happened, topic, language, urgency. Nothing a parent
wrote, chose or shared is in it, so that it may pass through services that are not ours.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.notifiers import News, NotDeliveredError, Notifier
from bot.handoff.records import Case, Clock, utc_now
from bot.handoff.tables import outbox

Event = Literal["queued", "returned", "overdue", "urgent", "reminder", "escalated", "withdrawn", "deleted"]
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 72
"""About three days; then the news is given up and the audit log says so."""

_log = logging.getLogger(__name__)


def add(connection: Connection, at: datetime, event: Event, case: Case, *, not_before: datetime | None = None) -> None:
    """Write news of a case in the caller's transaction, to be told at once or ``not_before`` a moment.

    What is withdrawn or deleted has no topic any more.
    """
    gone = event in ("withdrawn", "deleted")
    connection.execute(
        sa.insert(outbox).values(
            id=new_id(),
            event=event,
            case_id=case.id,
            payload={
                "case": case.id,
                "event": event,
                "topic": None if gone else case.topic,
                "language": None if gone else case.language,
                "urgency": None if gone else case.urgency,
            },
            created_at=at,
            attempts=0,
            next_attempt_at=not_before or at,
        )
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), LONGEST_PAUSE)


def deliver_due(engine: Engine, notifier: Notifier, *, public_url: str, clock: Clock = utc_now, limit: int = 20) -> int:
    """Deliver what is due and return how many pieces arrived; called again and again by the web process.

    Several processes may call it at once: each piece is leased first. Nothing is held open while the receiver is
    asked. A receiver that is down costs a later attempt, never an exception. May raise RecordUnavailable.
    """
    arrived = 0
    o = outbox.c
    due = (
        sa.select(outbox)
        .where(o.delivered_at.is_(None), o.next_attempt_at <= clock())
        .order_by(o.next_attempt_at)
        .limit(limit)
    )
    with reading(engine) as connection:
        rows = connection.execute(due).all()
    for row in rows:
        now = clock()
        with writing(engine) as connection:
            leased = connection.execute(
                sa.update(outbox)
                .where(o.id == row.id, o.attempts == row.attempts, o.delivered_at.is_(None))
                .values(attempts=row.attempts + 1, next_attempt_at=now + LEASE)
            ).rowcount
        if not leased:
            continue
        news = News(id=row.id, at=row.created_at, link=f"{public_url}/console/cases/{row.case_id}", **row.payload)
        try:
            notifier.send(news)
        except NotDeliveredError as error:
            _keep(engine, row.id, row.attempts + 1, now, error.reason, row.case_id)
            continue
        with writing(engine) as connection:
            connection.execute(
                sa.update(outbox)
                .where(o.id == row.id)
                .values(delivered_at=clock(), next_attempt_at=None, last_error=None)
            )
        arrived += 1
    return arrived


def _keep(engine: Engine, ident: str, attempts: int, now: datetime, reason: str, case: str) -> None:
    given_up = attempts >= MOST_ATTEMPTS
    _log.warning("news of a case was not delivered: %s, attempt %d", reason, attempts)
    with writing(engine) as connection:
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == ident)
            .values(next_attempt_at=None if given_up else now + pause_after(attempts), last_error=reason)
        )
        if given_up:
            audit.append(connection, now, audit.SYSTEM, "notification.given_up", case=case)


def waiting(engine: Engine) -> int:
    """How many pieces have not arrived yet (for ``readyz`` and the operator)."""
    o = outbox.c
    query = sa.select(sa.func.count()).where(o.delivered_at.is_(None), o.next_attempt_at.is_not(None))
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())
