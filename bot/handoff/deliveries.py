"""Takes what waits for one receiver to it, until it arrives. Receivers know nothing of each other.

One process at a time delivers to a receiver, so that the news of a case comes in order and a help desk never gets two
tickets. A receiver that does not answer is left alone for a growing while; what waits for it is kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.notifiers import News, NotDeliveredError, Receiver
from bot.handoff.records import Clock, utc_now
from bot.handoff.tables import cases, outbox
from bot.handoff.tables_deliveries import deliveries, receiver_cases, receivers

LEASE = timedelta(seconds=60)
"""A process that was killed in the middle is followed by another after this."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=5)
"""How long a receiver that is down is left alone at most: an urgent case must not wait for an hour after it is back."""
LONGEST_PAUSE = timedelta(hours=1)
"""How long one piece that was refused waits at most."""
GIVE_UP_AFTER = timedelta(days=3)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReceiverState:
    """How a receiver is doing. ``last_error`` is a code; ``resume_at`` is set while it is left alone."""

    waiting: int
    oldest: datetime | None
    given_up: int
    failures: int
    resume_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    last_arrived_at: datetime | None


def pause_after(attempts: int, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """How long to wait after so many attempts that failed."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), longest)


def deliver_due(engine: Engine, receiver: Receiver, *, public_url: str, clock: Clock = utc_now, limit: int = 50) -> int:
    """Deliver what is due to one receiver, the most urgent first, and return how many pieces arrived.

    Called again and again, by several processes: one of them does it. Nothing is held open while the receiver is asked.
    A receiver that is down costs a later attempt, never an exception. May raise RecordUnavailable.
    """
    _give_up_old(engine, receiver.name, clock())
    due = _due(engine, receiver.name, clock(), limit)
    me = new_id()
    if not due or not _take(engine, receiver.name, me, clock()):
        return 0
    arrived = 0
    try:
        for row in _due(engine, receiver.name, clock(), limit):  # read again: it may have changed before it was ours
            begun = _attempt(engine, receiver.name, me, row.id, clock())
            if begun == "not ours":
                break
            if begun == "gone":
                continue
            try:
                reference = receiver.notifier.send(_news(engine, receiver.name, row, public_url))
            except NotDeliveredError as error:
                _log.warning("news was not delivered to %s: %s", receiver.name, error.reason)
                _failed(engine, receiver.name, row, error, clock())
                if not error.only_this:
                    break
            else:
                _arrived(engine, receiver.name, row, reference, clock())
                arrived += 1
    finally:
        _release(engine, receiver.name, me)
    return arrived


def _due(engine: Engine, name: str, now: datetime, limit: int) -> list[Any]:
    d, o = deliveries.c, outbox.c
    query = (
        sa.select(o.id, o.case_id, o.payload, o.created_at, d.attempts)
        .join(outbox, o.id == d.news_id)
        .where(d.receiver == name, d.next_attempt_at <= now)
        .order_by(d.rank, o.created_at)
        .limit(limit)
    )
    with reading(engine) as connection:
        return list(connection.execute(query).all())


def _take(engine: Engine, name: str, me: str, now: datetime) -> bool:
    r = receivers.c
    free = sa.and_(
        sa.or_(r.busy_until.is_(None), r.busy_until <= now), sa.or_(r.resume_at.is_(None), r.resume_at <= now)
    )
    with writing(engine) as connection:
        taken = connection.execute(
            sa.update(receivers).where(r.name == name, free).values(holder=me, busy_until=now + LEASE)
        ).rowcount
    return bool(taken)


def _attempt(engine: Engine, name: str, me: str, news: str, now: datetime) -> Literal["begun", "gone", "not ours"]:
    """Count the attempt before it is made, so that one that kills the process counts too.

    ``gone``: the parent has deleted what it tells of. ``not ours``: it took so long that another process went on.
    """
    r, d = receivers.c, deliveries.c
    with writing(engine) as connection:
        still = connection.execute(
            sa.update(receivers).where(r.name == name, r.holder == me).values(busy_until=now + LEASE)
        ).rowcount
        if not still:
            return "not ours"
        found = connection.execute(
            sa.update(deliveries)
            .where(d.news_id == news, d.receiver == name, d.next_attempt_at.is_not(None))
            .values(attempts=d.attempts + 1)
        ).rowcount
    return "begun" if found else "gone"


def _release(engine: Engine, name: str, me: str) -> None:
    r = receivers.c
    with writing(engine) as connection:
        connection.execute(
            sa.update(receivers).where(r.name == name, r.holder == me).values(holder=None, busy_until=None)
        )


def _news(engine: Engine, name: str, row: Any, public_url: str) -> News:
    k = receiver_cases.c
    with reading(engine) as connection:
        reference = connection.execute(
            sa.select(k.reference).where(k.receiver == name, k.case_id == row.case_id)
        ).scalar_one_or_none()
    link = f"{public_url}/console/cases/{row.case_id}"
    return News(id=row.id, at=row.created_at, link=link, reference=reference, **row.payload)


def _arrived(engine: Engine, name: str, row: Any, reference: str | None, now: datetime) -> None:
    d, r = deliveries.c, receivers.c
    with writing(engine) as connection:
        connection.execute(
            sa.update(deliveries)
            .where(d.news_id == row.id, d.receiver == name)
            .values(delivered_at=now, next_attempt_at=None, last_error=None)
        )
        before = connection.execute(sa.select(receivers).where(r.name == name)).one()
        connection.execute(
            sa.update(receivers).where(r.name == name).values(failures=0, resume_at=None, last_arrived_at=now)
        )
        if before.failures:  # it is back: what it could not take need not wait any longer
            connection.execute(
                sa.update(deliveries)
                .where(d.receiver == name, d.next_attempt_at > now, d.last_error == before.last_error)
                .values(next_attempt_at=now)
            )
        if reference is not None:
            _remember(connection, name, row.case_id, reference)


def _remember(connection: Connection, name: str, case: str, reference: str) -> None:
    k = receiver_cases.c
    mine = sa.and_(k.receiver == name, k.case_id == case)
    if connection.execute(sa.update(receiver_cases).where(mine).values(reference=reference)).rowcount:
        return
    exists = connection.execute(sa.select(cases.c.id).where(cases.c.id == case)).first()
    if exists is not None:
        connection.execute(sa.insert(receiver_cases).values(receiver=name, case_id=case, reference=reference))


def _failed(engine: Engine, name: str, row: Any, error: NotDeliveredError, now: datetime) -> None:
    d, r = deliveries.c, receivers.c
    reason = error.reason[:64]
    with writing(engine) as connection:
        failures = int(connection.execute(sa.select(r.failures).where(r.name == name)).scalar_one())
        told = {"last_error": reason, "last_error_at": now}
        if not error.only_this:
            rest = max(error.wait or timedelta(), pause_after(failures + 1, LONGEST_REST))
            told |= {"failures": failures + 1, "resume_at": now + rest}
        connection.execute(sa.update(receivers).where(r.name == name).values(**told))
        later = now + max(error.wait or timedelta(), pause_after(row.attempts + 1))
        connection.execute(
            sa.update(deliveries)
            .where(d.news_id == row.id, d.receiver == name, d.next_attempt_at.is_not(None))
            .values(next_attempt_at=later, last_error=reason)
        )


def _give_up_old(engine: Engine, name: str, now: datetime) -> None:
    """After days the news is old; the audit log says which case nobody was told of."""
    d, o = deliveries.c, outbox.c
    query = (
        sa.select(d.news_id, o.case_id)
        .join(outbox, o.id == d.news_id)
        .where(d.receiver == name, d.next_attempt_at.is_not(None), d.attempts > 0, o.created_at <= now - GIVE_UP_AFTER)
    )
    with reading(engine) as connection:
        old = connection.execute(query).all()
    for row in old:
        with writing(engine) as connection:
            mine = connection.execute(
                sa.update(deliveries)
                .where(d.news_id == row.news_id, d.receiver == name, d.next_attempt_at.is_not(None))
                .values(next_attempt_at=None)
            ).rowcount
            if mine:
                audit.append(connection, now, audit.SYSTEM, "notification.given_up", case=row.case_id, detail=name)


def state_of(engine: Engine, name: str) -> ReceiverState:
    """How a receiver is doing, for the page of the leads."""
    d, o = deliveries.c, outbox.c
    waits = d.next_attempt_at.is_not(None)
    lost = sa.and_(d.next_attempt_at.is_(None), d.delivered_at.is_(None))
    query = (
        sa.select(
            sa.func.count().filter(waits).label("waiting"),
            sa.func.min(o.created_at).filter(waits).label("oldest"),
            sa.func.count().filter(lost).label("given_up"),
        )
        .select_from(deliveries.join(outbox, o.id == d.news_id))
        .where(d.receiver == name)
    )
    with reading(engine) as connection:
        counted = connection.execute(query).one()
        found = connection.execute(sa.select(receivers).where(receivers.c.name == name)).one_or_none()
    numbers = (counted.waiting, counted.oldest, counted.given_up)
    if found is None:
        return ReceiverState(*numbers, 0, None, None, None, None)
    times = (found.last_error_at, found.last_arrived_at)
    return ReceiverState(*numbers, found.failures, found.resume_at, found.last_error, *times)
