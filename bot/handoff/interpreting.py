"""The booking of an interpreter as a checklist of its case: what was agreed, and who did which step when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.desk import CoordinatorSide
from bot.handoff.engine import reading, writing
from bot.handoff.tables_desk import INTERPRETER_TICKS, INTERPRETER_WAYS, interpreter_ticks, interpreters


@dataclass(frozen=True)
class Tick:
    """A step that is done."""

    account: str
    at: datetime


@dataclass(frozen=True)
class Booking:
    """The state of the checklist; ``ticks`` by code, only those that are done."""

    language: str | None
    way: str | None
    meets_at: datetime | None
    ticks: dict[str, Tick]


NOTHING = Booking(None, None, None, {})


class Interpreting(CoordinatorSide):
    """The checklist of a case, for whoever has it."""

    def save_booking(
        self,
        case: str,
        account: str,
        *,
        language: str | None,
        way: str | None,
        meets_at: datetime | None,
        ticks: Iterable[str],
    ) -> Booking:
        """Save the checklist. A tick that was there keeps its name and time; one that is absent goes.

        Raises CaseGone when the case is not hers, ValueError for a way or a tick that is none.
        """
        wanted = frozenset(ticks)
        if not wanted <= set(INTERPRETER_TICKS) or way not in (None, *INTERPRETER_WAYS):
            raise ValueError("not a step or a way of the checklist")
        now = self._clock()
        b, t = interpreters.c, interpreter_ticks.c
        with writing(self._engine) as connection:
            self._own(connection, case, account)
            values = {"language": language, "way": way, "meets_at": meets_at}
            if not connection.execute(sa.update(interpreters).where(b.case_id == case).values(**values)).rowcount:
                connection.execute(sa.insert(interpreters).values(case_id=case, **values))
            before = self._booking(connection, case).ticks
            for tick in sorted(wanted - set(before)):
                connection.execute(
                    sa.insert(interpreter_ticks).values(case_id=case, tick=tick, account_id=account, at=now)
                )
                audit.append(connection, now, audit.by_account(account), "interpreter.done", case=case, detail=tick)
            for tick in sorted(set(before) - wanted):
                connection.execute(sa.delete(interpreter_ticks).where(t.case_id == case, t.tick == tick))
                audit.append(connection, now, audit.by_account(account), "interpreter.undone", case=case, detail=tick)
            return self._booking(connection, case)

    def booking(self, case: str) -> Booking:
        """The checklist as it stands; the caller shows it only to whoever has the case."""
        with reading(self._engine) as connection:
            return self._booking(connection, case)

    @staticmethod
    def _booking(connection: Connection, case: str) -> Booking:
        row = connection.execute(sa.select(interpreters).where(interpreters.c.case_id == case)).one_or_none()
        if row is None:
            return NOTHING
        done = connection.execute(sa.select(interpreter_ticks).where(interpreter_ticks.c.case_id == case))
        ticks = {step.tick: Tick(step.account_id, step.at) for step in done}
        return Booking(row.language, row.way, row.meets_at, ticks)
