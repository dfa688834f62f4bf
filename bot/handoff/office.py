"""Further days on which an office is closed, as leads enter them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.audit_scope import EVERYWHERE, PLACE_LIMIT
from bot.handoff.book import WAITING
from bot.handoff.engine import reading, writing
from bot.handoff.hours import NORWAY, Hours
from bot.handoff.ids import new_id
from bot.handoff.records import CaseGone, RecordError
from bot.handoff.schedule import AT_ANY_HOUR, PARTS
from bot.handoff.scope import is_own_place
from bot.handoff.tables import cases
from bot.handoff.tables_accounts import account_municipalities
from bot.handoff.tables_hours import case_deadlines, closed_periods
from bot.handoff.times import CaseTimes

LONGEST: Final = 120
"""Days of one period: a slip of the pen must not close an office for years."""
AHEAD: Final = 730
"""Days ahead in which a period may begin."""


class NotYourOffice(RecordError):  # noqa: N818
    """The account is limited to municipalities, and these hours are of another one, or of all."""


@dataclass(frozen=True)
class ClosedPeriod:
    """A period that a lead has entered; ``municipality`` None closes every office."""

    id: str
    municipality: str | None
    first: date
    last: date


class OfficeSide(CaseTimes):
    """Closed periods. Deadlines of cases that wait follow a change."""

    def today(self) -> date:
        """The day of the Norwegian calendar."""
        return self._clock().astimezone(NORWAY).date()

    def home(self, municipality: str | None) -> str | None:
        """The municipality that is meant: the installation's own where a family has not chosen one."""
        return self._schedule.offices.place(municipality)

    def hours(self, municipality: str | None) -> Hours:
        """When the coordinators of a municipality are there, with the closed periods."""
        with reading(self._engine) as connection:
            return self._hours(connection, municipality)

    def closed_periods(self, reader: str | None = None) -> tuple[ClosedPeriod, ...]:
        """The periods that have not passed, by their first day; for an account those of its offices, and of all."""
        p = closed_periods.c
        query = sa.select(closed_periods).where(p.last_day >= self.today()).order_by(p.first_day, p.id)
        if reader is not None:
            query = query.where(is_own_place(p.municipality, reader))
        with reading(self._engine) as connection:
            return tuple(
                ClosedPeriod(row.id, row.municipality, row.first_day, row.last_day) for row in connection.execute(query)
            )

    def close_days(self, municipality: str | None, first: date, last: date, account: str) -> ClosedPeriod | None:
        """Close an office, or all, from one day to another. None when that very period is there already.

        Raises ValueError for days that are past, run backwards, are too many or too far away, NotYourOffice.
        """
        today = self.today()
        if not (first <= last and last >= today and (last - first).days < LONGEST and (first - today).days <= AHEAD):
            raise ValueError("days that cannot be closed")
        made = ClosedPeriod(new_id(), municipality, first, last)
        p = closed_periods.c
        same = (
            p.municipality.is_(None) if municipality is None else p.municipality == municipality,
            p.first_day == first,
            p.last_day == last,
        )
        with writing(self._engine) as connection:
            if not _may_change(connection, account, municipality):
                raise NotYourOffice
            if connection.execute(sa.select(p.id).where(*same)).first():
                return None
            connection.execute(
                sa.insert(closed_periods).values(id=made.id, municipality=municipality, first_day=first, last_day=last)
            )
            actor = audit.by_account(account)
            audit.append(connection, self._clock(), actor, "hours.closed", detail=_code(made))
        self._recount(municipality)
        return made

    def open_days(self, period: str, account: str) -> bool:
        """Take a period away again; False when it is gone already, or not of an office that is this account's."""
        p = closed_periods.c
        with writing(self._engine) as connection:
            row = connection.execute(sa.select(closed_periods).where(p.id == period)).one_or_none()
            if row is None or not _may_change(connection, account, row.municipality):
                return False
            if not connection.execute(sa.delete(closed_periods).where(p.id == period)).rowcount:
                return False
            found = ClosedPeriod(row.id, row.municipality, row.first_day, row.last_day)
            actor = audit.by_account(account)
            audit.append(connection, self._clock(), actor, "hours.opened", detail=_code(found))
        self._recount(found.municipality)
        return True

    def _recount(self, municipality: str | None) -> None:
        """Count the deadlines of a municipality's cases anew, each under its own lock.

        Should the process end in between, the job counts again before it takes a step.
        """
        c, d = cases.c, case_deadlines.c
        changed = sa.and_(c.state.in_((*WAITING, "claimed")), c.urgency != AT_ANY_HOUR)
        if municipality is not None:
            place = c.municipality == municipality
            at_home = self._schedule.offices.home == municipality
            changed = sa.and_(changed, sa.or_(place, c.municipality.is_(None)) if at_home else place)
        with reading(self._engine) as connection:
            numbers = [row.id for row in connection.execute(sa.select(c.id).where(changed))]
        for number in numbers:
            with writing(self._engine) as connection:
                try:
                    case, _ = self._lock(connection, number)
                except CaseGone:
                    continue
                if case.state == "claimed" and case.claimed_at and case.deadline_at:
                    by = self._reply_by(connection, case, case.claimed_at)
                    self._move(connection, case, ("claimed",), deadline_at=by)
                row = connection.execute(sa.select(case_deadlines).where(d.case_id == number)).one_or_none()
                if row is None or case.urgency == AT_ANY_HOUR:
                    continue
                hours = self._hours(connection, case.municipality)
                marks = [self._schedule.due(case.urgency, row.counts_from, hours, part) for part in PARTS]
                next_at = marks[row.stage] if row.stage < len(PARTS) else None
                connection.execute(
                    sa.update(case_deadlines).where(d.case_id == number).values(due_at=marks[-1], next_at=next_at)
                )


def _may_change(connection: Connection, account: str, municipality: str | None) -> bool:
    """Whether these hours are the account's to change: those of all offices only when it is not limited."""
    m = account_municipalities.c
    own = set(connection.execute(sa.select(m.municipality).where(m.account_id == account)).scalars())
    return not own or municipality in own


def _code(period: ClosedPeriod) -> str:
    """The period as the audit log keeps it."""
    return f"{(period.municipality or EVERYWHERE)[:PLACE_LIMIT]}:{period.first}:{period.last}"
