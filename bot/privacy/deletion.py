"""Removing one conversation everywhere: the record, the outbox, Rasa's tracker store, and the files beneath them.

The order matters (a message in flight would write its events back): mark it deleted, so that nothing more is stored;
withdraw; purge; and sweep again later until nothing is left anywhere. Only then the mark itself goes.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.handoff import audit, outbox
from bot.handoff.book import LIVE, to_case
from bot.handoff.conversations import lock_conversation
from bot.handoff.engine import BUSY_SECONDS, is_sqlite, reading, truncate_log, writing
from bot.handoff.forgetting import withdraw_case
from bot.handoff.records import Clock, ConversationGone, RecordError, utc_now
from bot.handoff.tables import cases, consent_records, conversations, feedback, messages, shared, unclear_messages
from bot.handoff.tables import outbox as outbox_table
from bot.privacy.durations import Durations

QUIET = timedelta(minutes=10)
"""A mark stays at least this long: longer than any call to Rasa may be in flight."""

_events = sa.table("events", sa.column("sender_id", sa.String), sa.column("timestamp", sa.Float))


class DialogueUnavailable(RecordError):  # noqa: N818
    """Rasa's tracker store cannot be reached now; the sweep comes back to it."""


def open_dialogue(url: str) -> Engine:
    """An engine for Rasa's tracker store that removes what it deletes (SQLite: secure delete)."""
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, future=True, hide_parameters=True, pool_size=1, pool_pre_ping=True)
    engine = sa.create_engine(
        address, future=True, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}
    )

    def _secure(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA secure_delete=ON")

    sa.event.listen(engine, "connect", _secure)
    return engine


def delete_conversation(
    engine: Engine, dialogue: Engine, conversation: str, *, durations: Durations, clock: Clock = utc_now
) -> bool:
    """Delete a conversation, also with a live case. False when there is none (any more).

    When it returns, nothing can be read or stored; what Rasa writes late, or could not be reached now, the sweep
    removes. Raises RecordUnavailable only when nothing has been deleted.
    """
    if not mark_deleted(engine, conversation, audit.PARENT, durations=durations, clock=clock):
        return False
    with suppress(RecordError):  # the mark is there: the sweep will try again
        purge_record(engine, conversation)
        purge_dialogue(dialogue, conversation)
        _empty_dialogue_log(dialogue)
    with suppress(RecordError):
        truncate_log(engine)
    return True


def _empty_dialogue_log(dialogue: Engine) -> None:
    if _exists(dialogue):
        truncate_log(dialogue)


def _exists(dialogue: Engine) -> bool:
    """The tracker store is there; an SQLite file must not be made by asking for it."""
    database = dialogue.url.database
    return not is_sqlite(dialogue) or bool(database and Path(database).exists())


def mark_deleted(
    engine: Engine, conversation: str, actor: str, *, durations: Durations, clock: Clock = utc_now
) -> bool:
    """Refuse everything new, withdraw every consent, tell coordinators without content; one transaction."""
    now = clock()
    with writing(engine) as connection:
        try:
            lock_conversation(connection, conversation, deleted_at=now, state="closed", pending_offer=None)
        except ConversationGone:
            return False
        for row in connection.execute(sa.select(cases).where(cases.c.conversation_id == conversation)).all():
            case = to_case(row)
            if case.state in LIVE:
                outbox.add(connection, now, "deleted", case)
            withdraw_case(connection, case.id, now)
            if case.is_open or case.state == "closed":
                connection.execute(
                    sa.update(cases)
                    .where(cases.c.id == case.id)
                    .values(
                        state="withdrawn",
                        step=None,
                        deadline_at=None,
                        closed_at=case.closed_at or now,
                        expires_at=durations.case_end(now),
                    )
                )
        audit.append(connection, now, actor, "conversation.deleted")
    return True


def purge_record(engine: Engine, conversation: str) -> int:
    """Remove what the record holds of a conversation but the mark; returns how many rows went."""
    with writing(engine) as connection:
        return _purge(connection, conversation)


def _purge(connection: Connection, conversation: str) -> int:
    own = sa.select(cases.c.id).where(cases.c.conversation_id == conversation)
    numbers = [row.id for row in connection.execute(own)]
    told = outbox_table.c
    statements = [
        sa.delete(unclear_messages).where(unclear_messages.c.conversation_id == conversation),
        sa.delete(messages).where(messages.c.conversation_id == conversation),
        sa.delete(feedback).where(feedback.c.conversation_id == conversation),
        sa.delete(shared).where(shared.c.case_id.in_(numbers)),
        sa.delete(consent_records).where(consent_records.c.case_id.in_(numbers)),
        sa.delete(outbox_table).where(told.case_id.in_(numbers), told.event != "deleted"),
    ]
    gone = sum(int(connection.execute(statement).rowcount) for statement in statements)
    # What is left of a case is its number, state and times, so that its coordinator sees that it is gone.
    connection.execute(
        sa.update(cases).where(cases.c.id.in_(numbers)).values(conversation_id=None, topic=None, municipality=None)
    )
    nothing = ("municipality", "situation", "child_age", "last_topic", "pending_offer")
    connection.execute(
        sa.update(conversations)
        .where(conversations.c.id == conversation)
        .values(**dict.fromkeys(nothing), languages=[])
    )
    return gone


def purge_dialogue(dialogue: Engine, conversation: str) -> int:
    """Remove a conversation's events from Rasa's tracker store; returns how many. Raises DialogueUnavailable."""
    if not _exists(dialogue):
        return 0  # nothing was ever said
    try:
        with dialogue.begin() as connection:
            if not sa.inspect(connection).has_table("events"):
                return 0
            found = connection.execute(sa.delete(_events).where(_events.c.sender_id == conversation))
            return int(found.rowcount)
    except DBAPIError as error:
        raise DialogueUnavailable(f"the tracker store cannot be used ({type(error.orig).__name__})") from None


def sweep(engine: Engine, dialogue: Engine, *, clock: Clock = utc_now) -> int:
    """Finish what was marked: purge again, and remove the mark once nothing is left and no call can be in flight.

    Returns how many marks remain. Called every minute; safe in several processes. Raises RecordUnavailable.
    """
    now = clock()
    c = conversations.c
    query = sa.select(c.id, c.deleted_at).where(c.deleted_at.is_not(None)).order_by(c.deleted_at).limit(500)
    with reading(engine) as connection:
        marked = connection.execute(query).all()
    remaining = 0
    for row in marked:
        left = purge_record(engine, row.id)
        try:
            left += purge_dialogue(dialogue, row.id)
        except DialogueUnavailable:
            left = 1
        if left or not _is_quiet(row.deleted_at, now):
            remaining += 1
            continue
        with writing(engine) as connection:
            connection.execute(sa.delete(conversations).where(c.id == row.id, c.deleted_at.is_not(None)))
    with suppress(RecordError):
        _empty_dialogue_log(dialogue)
    truncate_log(engine)
    return remaining


def _is_quiet(deleted_at: datetime, now: datetime) -> bool:
    return deleted_at <= now - QUIET


def purge_unknown_dialogue(dialogue: Engine, known: frozenset[str], before: datetime) -> int:
    """Remove trackers that did not come through the web process (shell, connectors) and were last used ``before``."""
    if not _exists(dialogue):
        return 0
    latest = sa.func.max(_events.c.timestamp)
    query = sa.select(_events.c.sender_id).group_by(_events.c.sender_id).having(latest < before.timestamp())
    try:
        with dialogue.begin() as connection:
            if not sa.inspect(connection).has_table("events"):
                return 0
            old = [row[0] for row in connection.execute(query) if row[0] not in known]
            for sender in old:
                connection.execute(sa.delete(_events).where(_events.c.sender_id == sender))
    except DBAPIError as error:
        raise DialogueUnavailable(f"the tracker store cannot be used ({type(error.orig).__name__})") from None
    return len(old)
