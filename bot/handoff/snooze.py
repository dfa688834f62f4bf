"""Putting a case off: it leaves its coordinator's list and comes back at a time, or when the parent writes.

Nothing has to run at that time: a case is snoozed while ``snoozed_until`` lies ahead, and back while that lies in the
past, until she opens it. The page that is open then, or the next one, tells her; ``tell`` lets exactly one of them.
Deadlines go on meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.handoff import audit
from bot.handoff.desk import CoordinatorSide
from bot.handoff.engine import reading, writing
from bot.handoff.lists import back_with
from bot.handoff.records import Case
from bot.handoff.scope import visible_to
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

    def tell(self, case: str, account: str) -> bool:
        """Whether the caller is the one that tells whoever has the case that it is back: True once for each snooze."""
        now, c = self._clock(), cases.c
        untold = sa.and_(c.id == case, back_with(account, now), c.woken_told_at.is_(None), visible_to(account))
        with writing(self._engine) as connection:
            # No page has anything new to show: the counter of changes stays.
            told = sa.update(cases).where(untold).values(woken_told_at=now, revision=c.revision)
            return bool(connection.execute(told).rowcount)

    def seen(self, case: str, account: str) -> None:
        """Whoever has a case that is back has opened it: it is one of her usual cases again; nothing is to be told."""
        now = self._clock()
        back = sa.and_(cases.c.id == case, back_with(account, now))
        with reading(self._engine) as connection:
            if connection.execute(sa.select(cases.c.id).where(back)).first() is None:
                return
        with writing(self._engine) as connection:
            connection.execute(sa.update(cases).where(back).values(snoozed_until=None))

    def _put_off(self, case: str, account: str, until: datetime | None, action: str) -> Case:
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if found.snoozed_until == until:
                return found
            connection.execute(
                sa.update(cases).where(cases.c.id == case).values(snoozed_until=until, woken_told_at=None)
            )
            audit.append(connection, self._clock(), audit.by_account(account), action, case=case)
            return self._read(connection, case)
