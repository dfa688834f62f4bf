"""News for coordinators, written in the same transaction as what it tells of, and spread to all receivers.

A piece of news holds codes only: the case's number, what happened, topic, language, urgency. Nothing a parent
wrote, chose or shared is in it, so that it may pass through services that are not ours.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.records import Case, Clock, utc_now
from bot.handoff.tables import URGENCIES, outbox
from bot.handoff.tables_deliveries import deliveries, receivers

Event = Literal["queued", "returned", "overdue", "urgent", "reminder", "escalated", "withdrawn", "deleted"]
NOT_SET = "not_set"
"""Why news was given up that waited for a receiver which the settings name no longer."""


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
            not_before=not_before,
        )
    )


def call_off(connection: Connection, case: str, at: datetime) -> None:
    """Keep back what was to be told of a case at a later moment, in the caller's transaction."""
    o = outbox.c
    held = sa.and_(o.case_id == case, o.spread_at.is_(None), o.not_before > at)
    connection.execute(sa.update(outbox).where(held).values(spread_at=at))


def spread(engine: Engine, names: Collection[str], *, clock: Clock = utc_now, limit: int = 500) -> int:
    """Give every new piece of news whose time has come a delivery for each receiver; returns how many there were.

    Several processes may call it at once. With no receiver the news is done with at once. May raise RecordUnavailable.
    """
    o = outbox.c
    with reading(engine) as connection:
        known = set(connection.execute(sa.select(receivers.c.name)).scalars())
        new = connection.execute(
            sa.select(o.id, o.payload)
            .where(o.spread_at.is_(None), sa.or_(o.not_before.is_(None), o.not_before <= clock()))
            .order_by(o.created_at)
            .limit(limit)
        ).all()
    for name in sorted(set(names) - known):
        _begin(engine, name)
    if known - set(names):
        _give_up_unset(engine, names)
    done = 0
    for row in new:
        now = clock()
        with writing(engine) as connection:
            mine = connection.execute(
                sa.update(outbox).where(o.id == row.id, o.spread_at.is_(None)).values(spread_at=now)
            ).rowcount
            if not mine:
                continue
            rank = _rank(row.payload.get("urgency"))
            for name in names:
                values = {"news_id": row.id, "receiver": name, "rank": rank, "attempts": 0, "next_attempt_at": now}
                connection.execute(sa.insert(deliveries).values(**values))
        done += 1
    return done


def _rank(urgency: object) -> int:
    """Danger first; what has no urgency any more last."""
    return URGENCIES.index(urgency) if urgency in URGENCIES else len(URGENCIES)


def _begin(engine: Engine, name: str) -> None:
    try:
        with writing(engine) as connection:
            connection.execute(sa.insert(receivers).values(name=name, failures=0))
    except sa.exc.IntegrityError:
        pass  # another process was faster


def _give_up_unset(engine: Engine, names: Collection[str]) -> None:
    """Nobody delivers to a receiver that is not set; what waited for it would wait for ever."""
    d = deliveries.c
    unset = sa.and_(d.receiver.not_in(list(names)), d.next_attempt_at.is_not(None))
    with reading(engine) as connection:
        if connection.execute(sa.select(d.news_id).where(unset).limit(1)).first() is None:
            return
    with writing(engine) as connection:
        connection.execute(sa.update(deliveries).where(unset).values(next_attempt_at=None, last_error=NOT_SET))


def waiting(engine: Engine) -> int:
    """How many pieces have not arrived everywhere yet (for the operator)."""
    o, d = outbox.c, deliveries.c
    pending = sa.select(d.news_id).where(d.news_id == o.id, d.next_attempt_at.is_not(None)).exists()
    query = sa.select(sa.func.count()).select_from(outbox).where(sa.or_(o.spread_at.is_(None), pending))
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def forget_old(connection: Connection, before: datetime) -> None:
    """Remove news of before a moment that has arrived everywhere or was given up, in the caller's transaction."""
    o, d = outbox.c, deliveries.c
    pending = sa.select(d.news_id).where(d.news_id == o.id, d.next_attempt_at.is_not(None)).exists()
    connection.execute(sa.delete(outbox).where(o.created_at <= before, o.spread_at.is_not(None), ~pending))
