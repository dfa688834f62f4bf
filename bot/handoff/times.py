"""How long a case has waited and what follows: deadline of the first answer, reminders, escalation, urgency.

One row per case in ``case_deadlines`` holds what is due next. Whoever takes a step holds the lock of the conversation,
so that the step is taken once, however many processes run the job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.handoff import audit, outbox
from bot.handoff.book import LIVE, WAITING, CaseBook, to_case
from bot.handoff.conversations import lock_conversation
from bot.handoff.engine import reading, writing
from bot.handoff.hours import Hours, Period
from bot.handoff.records import Case, CaseGone, Clock, Urgency, utc_now
from bot.handoff.schedule import AT_ANY_HOUR, PARTS, Schedule, plain
from bot.handoff.scope import visible_to
from bot.handoff.tables import cases, messages
from bot.handoff.tables_hours import case_deadlines, closed_periods
from bot.privacy.durations import Durations

REMINDERS: Final = ("half", "three-quarters")
"""The detail of a reminder's line in the audit log, by stage; besides them ``morning``."""
LOOK_BACK: Final = timedelta(days=400)
_MANY: Final = 500


@dataclass(frozen=True)
class Wait:
    """Until when the first answer to a case is due; ``escalated_at`` is when that time passed without one."""

    due_at: datetime
    escalated_at: datetime | None


@dataclass(frozen=True)
class Expectation:
    """What a parent who waits may be told ``at`` this moment.

    ``opens_at`` and ``closed_since`` are None while somebody is there; ``opens_at`` too where no opening is known.
    """

    case: Case
    at: datetime
    is_open: bool
    opens_at: datetime | None
    closed_since: datetime | None
    due_at: datetime | None


class CaseTimes(CaseBook):
    """Deadlines of cases inside the transactions of the parent's and the coordinators' side, and the job's rounds."""

    def __init__(
        self,
        engine: Engine,
        *,
        durations: Durations,
        answer_deadline: timedelta = timedelta(hours=24),
        clock: Clock = utc_now,
        schedule: Schedule | None = None,
    ) -> None:
        """Without a ``schedule`` it is always open, and every answer is due within ``answer_deadline``."""
        super().__init__(engine, durations=durations, clock=clock)
        self._schedule = schedule or plain(answer_deadline)

    # -- inside a transaction

    def _hours(self, connection: Connection, municipality: str | None) -> Hours:
        """The hours of a municipality with the periods that leads have entered."""
        offices = self._schedule.offices
        p = closed_periods.c
        query = sa.select(p.first_day, p.last_day).where(
            p.last_day >= (self._clock() - LOOK_BACK).date(),
            sa.or_(p.municipality.is_(None), p.municipality == offices.place(municipality)),
        )
        periods = tuple(Period(row.first_day, row.last_day) for row in connection.execute(query))
        return offices.of(municipality).closing(periods)

    def _reply_by(self, connection: Connection, case: Case, since: datetime) -> datetime:
        """Until when a coordinator may let somebody wait who waits for her ``since`` then."""
        return self._schedule.due(case.urgency, since, self._hours(connection, case.municipality))

    def _announce(self, connection: Connection, at: datetime, event: outbox.Event, case: Case) -> None:
        """Write news of a case; what can wait for the opening is told then."""
        hours = self._hours(connection, case.municipality)
        outbox.add(connection, at, event, case, not_before=self._schedule.tell_from(case.urgency, at, hours))

    @staticmethod
    def _call_off(connection: Connection, case: str, now: datetime) -> None:
        """Keep back news that was to be told at the opening: somebody has the case, or it has ended."""
        outbox.call_off(connection, case, now)

    def _wait(
        self, connection: Connection, case: Case, since: datetime, *, escalated_at: datetime | None = None
    ) -> None:
        """Begin to count: somebody waits ``since`` then."""
        hours = self._hours(connection, case.municipality)
        d = case_deadlines.c
        connection.execute(sa.delete(case_deadlines).where(d.case_id == case.id))
        connection.execute(
            sa.insert(case_deadlines).values(
                case_id=case.id,
                counts_from=since,
                due_at=self._schedule.due(case.urgency, since, hours),
                stage=0,
                next_at=self._schedule.due(case.urgency, since, hours, PARTS[0]),
                morning_at=self._morning(case, since, hours),
                escalated_at=escalated_at,
            )
        )

    def _wait_again(self, connection: Connection, before: Case, now: datetime) -> None:
        """A case goes back to the queue. Who has had no answer goes on waiting; who had one begins anew."""
        d = case_deadlines.c
        known = connection.execute(sa.select(d.case_id).where(d.case_id == before.id)).first()
        if before.replied_at is not None or known is None:
            self._wait(connection, before, now)
            return
        morning = self._morning(before, now, self._hours(connection, before.municipality))
        connection.execute(sa.update(case_deadlines).where(d.case_id == before.id).values(morning_at=morning))

    @staticmethod
    def _answered(connection: Connection, case: str) -> None:
        """Nobody waits any more."""
        connection.execute(sa.delete(case_deadlines).where(case_deadlines.c.case_id == case))

    def _morning(self, case: Case, at: datetime, hours: Hours) -> datetime | None:
        """When the office opens next, for a case that coordinators are told of at ``at``.

        None where it never closes, and for news that waits for the opening itself.
        """
        if self._schedule.tell_from(case.urgency, at, hours) is not None:
            return None
        opens = hours.opening_after(at) if hours.is_open(at) else hours.next_opening(at)
        never_closes = opens is not None and hours.is_open(opens - timedelta(seconds=1))
        return None if never_closes else opens

    # -- what is shown

    def waits(self, numbers: Iterable[str]) -> dict[str, Wait]:
        """Until when the first answers to these cases are due, for those that wait for one."""
        d = case_deadlines.c
        wanted, found = tuple(numbers), {}
        with reading(self._engine) as connection:
            for first in range(0, len(wanted), _MANY):
                query = sa.select(d.case_id, d.due_at, d.escalated_at).where(
                    d.case_id.in_(wanted[first : first + _MANY])
                )
                for row in connection.execute(query):
                    found[row.case_id] = Wait(row.due_at, row.escalated_at)
        return found

    def first_answer_due(self, urgency: Urgency, municipality: str | None, since: datetime) -> datetime:
        """When the first answer is due to somebody who waits ``since`` then."""
        with reading(self._engine) as connection:
            return self._schedule.due(urgency, since, self._hours(connection, municipality))

    def escalated(self, reader: str) -> int:
        """How many cases that an account may see wait past their time (so that an open page notices a new one)."""
        query = sa.select(sa.func.count()).select_from(case_deadlines.join(cases))
        query = query.where(case_deadlines.c.escalated_at.is_not(None), visible_to(reader))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def expectation(self, conversation: str) -> Expectation | None:
        """What the parent may be told while her case waits or a coordinator has it; None without such a case."""
        now = self._clock()
        d = case_deadlines.c
        with reading(self._engine) as connection:
            case = self._open_of(connection, conversation, LIVE)
            if case is None:
                return None
            hours = self._hours(connection, case.municipality)
            due_at = connection.scalar(sa.select(d.due_at).where(d.case_id == case.id))
        is_open = hours.is_open(now)
        opens_at = None if is_open else hours.next_opening(now)
        return Expectation(case, now, is_open, opens_at, hours.closed_since(now), due_at)

    # -- danger

    def raise_urgency(self, conversation: str) -> Case | None:
        """Signs of danger while a case waits or is live: it becomes U0, with an alert at any hour.

        None when nothing changed: there is no such case, or it was U0 already. It is never lowered.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            case = self._open_of(connection, conversation, LIVE)
            if case is None or case.urgency == AT_ANY_HOUR:
                return None
            change: dict[str, Any] = {"urgency": AT_ANY_HOUR}
            if case.state == "claimed":
                soon = self._schedule.due(AT_ANY_HOUR, now, self._hours(connection, case.municipality))
                change["deadline_at"] = min(soon, case.deadline_at or soon)
            raised = self._move(connection, case, LIVE, **change)
            if raised is None:
                return None
            if raised.state in WAITING:
                d = case_deadlines.c
                mark = connection.scalar(sa.select(d.escalated_at).where(d.case_id == case.id))
                self._wait(connection, raised, now, escalated_at=mark)
            self._call_off(connection, case.id, now)
            audit.append(connection, now, audit.SYSTEM, "case.urgent", case=case.id, detail=case.urgency)
            outbox.add(connection, now, "urgent", raised)
            return raised

    # -- the rounds of the job

    def keep_time(self) -> tuple[Case, ...]:
        """Remind of cases that wait, and escalate those whose time is over; returns the cases it told of.

        A waiting case without a deadline (from before there were any) gets its own.
        """
        now = self._clock()
        c, d = cases.c, case_deadlines.c
        due = sa.or_(d.case_id.is_(None), d.next_at <= now, d.morning_at <= now)
        query = sa.select(c.id).select_from(cases.outerjoin(case_deadlines)).where(c.state.in_(WAITING), due)
        with reading(self._engine) as connection:
            numbers = [row.id for row in connection.execute(query)]
        told = []
        for number in numbers:
            with writing(self._engine) as connection:
                try:
                    case, _ = self._lock(connection, number)
                except CaseGone:
                    continue
                if case.state in WAITING and self._tell_time(connection, case, now):
                    told.append(case)
        return tuple(told)

    def _tell_time(self, connection: Connection, case: Case, now: datetime) -> bool:
        """Take the step that is due for a waiting case; one piece of news at most."""
        d = case_deadlines.c
        row: Row | None = connection.execute(sa.select(case_deadlines).where(d.case_id == case.id)).one_or_none()
        if row is None:
            self._wait(connection, case, case.queued_at or now)
            return False
        # Counted anew: a lead may have closed the office since.
        hours = self._hours(connection, case.municipality)
        marks = [self._schedule.due(case.urgency, row.counts_from, hours, part) for part in PARTS]
        stage = max(row.stage, sum(mark <= now for mark in marks))
        is_morning = row.morning_at is not None and row.morning_at <= now
        morning_at = None if is_morning else row.morning_at
        if is_morning and not hours.is_open(now):
            is_morning, morning_at = False, hours.next_opening(now)
        is_over = stage == len(PARTS) and row.stage < stage
        connection.execute(
            sa.update(case_deadlines)
            .where(d.case_id == case.id)
            .values(
                due_at=marks[-1],
                stage=stage,
                next_at=marks[stage] if stage < len(PARTS) else None,
                morning_at=morning_at,
                escalated_at=now if is_over else row.escalated_at,
            )
        )
        if is_over:
            audit.append(connection, now, audit.SYSTEM, "case.escalated", case=case.id, detail=case.urgency)
            self._announce(connection, now, "escalated", case)
        elif stage > row.stage or is_morning:
            detail = REMINDERS[stage - 1] if stage > row.stage else "morning"
            audit.append(connection, now, audit.SYSTEM, "case.reminder", case=case.id, detail=detail)
            self._announce(connection, now, "reminder", case)
        return is_over or stage > row.stage or is_morning

    def _late(self, connection: Connection, now: datetime, only: str | None = None) -> list[str]:
        """Claimed cases that have been left without a reply for too long, all or whether ``only`` is one.

        From the claim until the first reply, and from the parent's next message until the next reply.
        """
        c, m = cases.c, messages.c
        mine = (c.state == "claimed",) if only is None else (c.state == "claimed", c.id == only)
        late = [row.id for row in connection.execute(sa.select(c.id).where(*mine, c.deadline_at <= now))]
        shortest = min(self._schedule.within.values())
        first = sa.func.min(m.at).label("first")
        unanswered = (
            sa.select(cases, first)
            .join(messages, sa.and_(m.case_id == c.id, m.author == "parent", m.at > c.replied_at))
            .where(*mine, c.deadline_at.is_(None), m.at <= now - shortest)
            .group_by(*cases.c)
        )
        for row in connection.execute(unanswered):
            if self._reply_by(connection, to_case(row), row.first) <= now:
                late.append(row.id)
        return late
