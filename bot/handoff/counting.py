"""Counts what happened on each day that is over, into months, without ids.

Conversations and cases are deleted; their numbers stay, as sums of a month. A day is counted once, whoever counts it:
its counts and the mark that it is counted are one transaction. What a parent has deleted before is not counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from bot.handoff.engine import is_sqlite, reading, writing
from bot.handoff.records import Clock, Urgency, utc_now
from bot.handoff.tables import audit_log, cases, conversations, feedback, messages
from bot.handoff.tables_statistics import counted_days, usage_counts

NORWAY: Final = ZoneInfo("Europe/Oslo")
KEPT_MONTHS: Final = 24
"""Whole months that counts are kept for, besides the running one."""
WAIT_MINUTES: Final = (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 4320, 10080)
"""Upper ends of the classes that waiting times are counted in; the last class is open."""
_LOCK: Final = 7_262_022
Due = Callable[[Urgency, str | None, datetime], datetime]
"""When a first answer is due, by urgency, municipality and the moment from which somebody waits."""

Key = tuple[str, str, str, str]
"""Municipality, measure, dimension, code; empty texts where there is none."""


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def add_months(month: date, number: int) -> date:
    """The first day of the month so many months later (or earlier)."""
    place = month.year * 12 + month.month - 1 + number
    return date(place // 12, place % 12 + 1, 1)


def wait_class(span: timedelta) -> str:
    """The class of a waiting time, as its place in WAIT_MINUTES, two digits so that codes sort."""
    return f"{bisect_left(WAIT_MINUTES, span.total_seconds() / 60):02d}"


class Counting:
    """The writer of the counts. Synchronous; ``due`` says when an answer was due (``CaseTimes.first_answer_due``)."""

    def __init__(self, engine: Engine, due: Due, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._due = due
        self._clock = clock

    def today(self) -> date:
        """The running day in Norway."""
        return self._clock().astimezone(NORWAY).date()

    def not_understood(self, *, language: str, guess: str | None, municipality: str | None) -> None:
        """Count one message that was not understood, at once: where it was near to is kept nowhere else."""
        place = municipality or ""
        self._counts_into(
            self.today(),
            Counter(
                {
                    (place, "not_understood", "language", language): 1,
                    (place, "not_understood", "near", (guess or "").partition(".")[0]): 1,
                }
            ),
        )

    def _counts_into(self, day: date, counts: Counter[Key]) -> None:
        with writing(self._engine) as connection:
            self._add(connection, day, counts)

    def run(self) -> int:
        """Count every day that is over and not counted, and forget old months; returns how many days were counted."""
        today = self.today()
        with reading(self._engine) as connection:
            days = list(self._uncounted(connection, today))
        done = sum(self._count(day) for day in days)
        oldest = add_months(month_of(today), -KEPT_MONTHS)
        with reading(self._engine) as connection:
            u = usage_counts.c
            has_old = connection.execute(sa.select(u.n).where(u.month < oldest).limit(1)).first() is not None
        if has_old:
            with writing(self._engine) as connection:
                connection.execute(sa.delete(usage_counts).where(usage_counts.c.month < oldest))
                connection.execute(sa.delete(counted_days).where(counted_days.c.day < oldest))
        return done

    def _uncounted(self, connection: Connection, today: date) -> Iterator[date]:
        # Nothing is kept longer than the oldest row there is; what was there before the first run is counted too.
        newest = connection.scalar(sa.select(sa.func.max(counted_days.c.day)))
        if newest is None:
            starts = [
                connection.scalar(sa.select(sa.func.min(column)))
                for column in (conversations.c.created_at, cases.c.opened_at)
            ]
            found = [start.astimezone(NORWAY).date() for start in starts if start is not None]
            newest = max(min(found, default=today), add_months(month_of(today), -KEPT_MONTHS)) - timedelta(days=1)
        day = newest + timedelta(days=1)
        while day < today:
            yield day
            day += timedelta(days=1)

    def _count(self, day: date) -> bool:
        begin = datetime.combine(day, time(), NORWAY).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), time(), NORWAY).astimezone(UTC)
        with reading(self._engine) as connection:  # not in the writing one: others must not wait for it
            counts: Counter[Key] = Counter()
            for part in (self._cases, self._ends, self._first_answers, self._conversations, self._answers, self._votes):
                counts.update(part(connection, begin, end))
        with writing(self._engine) as connection:
            if not is_sqlite(self._engine):  # SQLite has one writer at a time anyway
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if connection.execute(sa.select(counted_days).where(counted_days.c.day == day)).first():
                return False
            connection.execute(sa.insert(counted_days).values(day=day))
            self._add(connection, day, counts)
        return True

    def _add(self, connection: Connection, day: date, counts: Counter[Key]) -> None:
        u = usage_counts.c
        keys = [u.month, u.municipality, u.measure, u.dimension, u.code]
        insert = sqlite.insert if is_sqlite(self._engine) else postgresql.insert
        for (municipality, measure, dimension, code), n in sorted(counts.items()):
            statement = insert(usage_counts).values(
                month=month_of(day), municipality=municipality, measure=measure, dimension=dimension, code=code, n=n
            )
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"n": u.n + n}))

    @staticmethod
    def _each(measure: str, row: Any, **codes: str | None) -> Iterator[Key]:
        for dimension, code in codes.items():
            yield (row.municipality or "", measure, dimension, code or "")

    def _cases(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        """Cases that reached the queue."""
        c = cases.c
        query = sa.select(c.municipality, c.topic, c.language, c.reason, c.urgency)
        for row in connection.execute(query.where(c.queued_at >= begin, c.queued_at < end)):
            yield from self._each(
                "cases", row, topic=row.topic, language=row.language, reason=row.reason, urgency=row.urgency
            )

    def _ends(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        """Cases that ended, and offers that came to nothing; an accepted offer is a case."""
        c = cases.c
        query = sa.select(c.municipality, c.state, c.outcome, c.queued_at)
        for row in connection.execute(query.where(c.closed_at >= begin, c.closed_at < end)):
            if row.queued_at is not None:
                yield from self._each("closed", row, outcome=row.outcome or row.state)
            elif row.state in ("declined", "expired"):
                yield from self._each("offers", row, answer="declined" if row.state == "declined" else "unanswered")

    def _first_answers(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        """First answers of a person, by the log: the case itself remembers only the last one."""
        a, c = audit_log.c, cases.c
        earlier = audit_log.alias().c
        query = (
            sa.select(c.id, c.municipality, c.urgency, c.queued_at, sa.func.min(a.at).label("first"))
            .join(cases, c.id == a.case_id)
            .where(
                a.action == "case.first_reply",
                a.at >= begin,
                a.at < end,
                c.queued_at.is_not(None),
                ~sa.select(earlier.seq)
                .where(earlier.case_id == a.case_id, earlier.action == "case.first_reply", earlier.at < begin)
                .exists(),
            )
            .group_by(c.id, c.municipality, c.urgency, c.queued_at)
        )
        for row in connection.execute(query):
            waited = row.first - row.queued_at
            kept = row.first <= self._due(row.urgency, row.municipality, row.queued_at)
            yield from self._each("first_answer", row, wait=wait_class(waited), deadline="within" if kept else "after")

    def _conversations(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        c = conversations.c
        query = sa.select(c.municipality, c.language).where(c.audience == "parent")
        for row in connection.execute(query.where(c.created_at >= begin, c.created_at < end)):
            yield from self._each("conversations", row, language=row.language)

    def _answers(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        """Answers of the bot about a topic."""
        m, c = messages.c, conversations.c
        query = (
            sa.select(
                c.municipality,
                m.body["topic"].as_string().label("topic"),
                m.body["language"].as_string().label("language"),
            )
            .join(conversations, c.id == m.conversation_id)
            .where(
                m.at >= begin,
                m.at < end,
                m.author == "bot",
                c.audience == "parent",
                m.body["kind"].as_string() == "answer",
            )
        )
        for row in connection.execute(query):
            yield from self._each("answers", row, topic=row.topic, language=row.language)

    def _votes(self, connection: Connection, begin: datetime, end: datetime) -> Iterator[Key]:
        """Votes on answers, as they stand when the day is counted."""
        f, m, c = feedback.c, messages.c, conversations.c
        query = (
            sa.select(c.municipality, f.topic, f.useful, m.body["language"].as_string().label("language"))
            .join(conversations, c.id == f.conversation_id)
            .join(messages, m.id == f.message_id)
            .where(f.at >= begin, f.at < end, c.audience == "parent")
        )
        for row in connection.execute(query):
            measure = "useful" if row.useful else "not_useful"
            yield from self._each(measure, row, topic=row.topic, language=row.language)
