"""Putting a case off: it leaves its coordinator's list and comes back at a time, or when the parent writes.

Nothing has to run at that time: a case is snoozed while ``snoozed_until`` lies ahead. Deadlines go on meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.handoff import audit
from bot.handoff.desk import CoordinatorSide
from bot.handoff.engine import writing
from bot.handoff.records import Case
from bot.handoff.tables import cases

LONGEST: Final = timedelta(days=60)
"""Nobody waits longer than this because of one press."""


class Snoozing(CoordinatorSide):
    """What a coordinator does with the time of her own cases; methods raise CaseGone when a case is not hers."""

    def snooze(self, case: str, account: str, until: datetime) -> Case:
        """Put a case off; raises ValueError for a time that has passed or lies further ahead than LONGEST."""
        now = self._clock()
        if not now < until <= now + LONGEST:
            raise ValueError("a case is put off to a time ahead, and not too far")
        return self._put_off(case, account, until, "case.snoozed")

    def wake(self, case: str, account: str) -> Case:
        """Take a case back before its time; one that is not snoozed stays as it is."""
        return self._put_off(case, account, None, "case.woken")

    def _put_off(self, case: str, account: str, until: datetime | None, action: str) -> Case:
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if found.snoozed_until == until:
                return found
            connection.execute(sa.update(cases).where(cases.c.id == case).values(snoozed_until=until))
            audit.append(connection, self._clock(), audit.by_account(account), action, case=case)
            return self._read(connection, case)
