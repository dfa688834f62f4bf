"""Rasa's tracker store on SQLite or PostgreSQL: private by default, and honest about what it could not write.

Rasa's own store falls back to memory when a write fails, where no deletion reaches what was said, and logs the
statement with its values. This one catches the error itself, keeps nothing, and counts: health tells.
The conversation itself is kept by ``web``, written before Rasa is asked.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import make_url
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

from bot.privacy.masking import mask

logger = logging.getLogger(__name__)
BUSY_SECONDS = 5
"""How long SQLite waits for another writer; the whole process waits with it."""
POOL = 2
PROBE = "readiness-probe"
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")


def make_store_engine(url: str) -> sa.engine.Engine:
    """An engine whose errors never show values; on SQLite with a write-ahead log and deletion that overwrites."""
    address = make_url(url)
    if not address.drivername.startswith("sqlite"):
        return sa.create_engine(address, hide_parameters=True, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
    engine = sa.create_engine(
        address,
        poolclass=QueuePool,
        pool_size=POOL,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


class DialogueStore(SQLTrackerStore):
    """Stores trackers under the address that endpoints.yml names (``url``)."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not host:
            raise ValueError("tracker_store in endpoints.yml needs the key url")
        # Not SQLTrackerStore's own: it builds an engine that shows values, and waits for ever for a database.
        TrackerStore.__init__(self, domain, event_broker)
        SerializedTrackerAsText.__init__(self)
        self.engine = make_store_engine(host)
        self.Base.metadata.create_all(self.engine)
        self.sessionmaker = sessionmaker(bind=self.engine)
        self.failed_writes = 0
        self.failed_reads = 0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new of a conversation; a database error is counted and logged, and nothing is kept."""
        await self.stream_events(tracker)
        try:
            self._write(tracker)
        except sa.exc.SQLAlchemyError as error:
            self.failed_writes += 1
            logger.error("tracker not written: %s", type(error).__name__)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        """The conversation since its last session start, or whole; None when there is nothing or nothing can be read.

        In SQLAlchemy Core: Rasa's own way through the ORM took two fifths of the time of an answer.
        """
        events = self.SQLEvent.__table__
        wanted = sa.select(events.c.data).where(events.c.sender_id == sender_id).order_by(events.c.id)
        if not fetch_events_from_all_sessions:
            started = (
                sa.select(sa.func.max(events.c.timestamp))
                .where(events.c.sender_id == sender_id, events.c.type_name == SessionStarted.type_name)
                .scalar_subquery()
            )
            wanted = wanted.where(sa.or_(events.c.timestamp >= started, started.is_(None)))
        try:
            with self.engine.connect() as connection:
                rows = connection.execute(wanted).scalars().all()
        except sa.exc.SQLAlchemyError as error:
            self.failed_reads += 1
            logger.error("tracker not read: %s", type(error).__name__)
            return None
        if not rows or self.domain is None:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, [json.loads(row) for row in rows], self.domain.slots)
        if not fetch_events_from_all_sessions:
            tracker.stored_events = len(rows)
        return tracker

    def _write(self, tracker: DialogueStateTracker) -> None:
        # How many of its events are stored was counted when it was read; Rasa's own store asks the database again.
        stored = getattr(tracker, "stored_events", None)
        if stored is None:
            with self.session_scope() as session:
                new = list(self._additional_events(session, tracker))
        else:
            new = list(islice(tracker.events, stored, None))
        rows = [_row(tracker.sender_id, event.type_name, masked(event.as_dict())) for event in new]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(self.SQLEvent.__table__.insert(), rows)
        tracker.stored_events = len(tracker.events)

    def probe(self) -> bool:
        """Whether a row really arrives: one is written, read back on another connection, and deleted."""
        sender = f"{PROBE}-{uuid.uuid4().hex}"
        events = self.SQLEvent.__table__
        try:
            with self.engine.begin() as connection:
                connection.execute(
                    events.insert().values(sender_id=sender, type_name=PROBE, timestamp=time.time(), data="{}")
                )
            with self.engine.begin() as connection:
                found = connection.execute(events.delete().where(events.c.sender_id == sender)).rowcount
        except sa.exc.SQLAlchemyError as error:
            logger.error("tracker store not ready: %s", type(error).__name__)
            return False
        return bool(found == 1)


def _row(sender_id: str, type_name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "sender_id": sender_id,
        "type_name": type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def masked(event: dict[str, Any]) -> dict[str, Any]:
    """A user event without identifiers and contact details, for connectors that do not come through ``web``."""
    if event.get("event") != "user":
        return event
    parsed = dict(event.get("parse_data") or {})
    for holder in (event, parsed):
        if isinstance(holder.get("text"), str):
            holder["text"] = mask(holder["text"], contacts=True).text
    event["parse_data"] = parsed
    return event
