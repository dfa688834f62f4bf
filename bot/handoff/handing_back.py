"""Cases whose coordinator can no longer work them: nobody waits for a person who has left."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff import audit
from bot.handoff.book import Say
from bot.handoff.desk import CoordinatorSide
from bot.handoff.engine import reading, writing
from bot.handoff.records import Case, CaseGone
from bot.handoff.scope import visible_to
from bot.handoff.tables import accounts, cases


class HandingBack(CoordinatorSide):
    """Gives such cases back to the queue, with the overdue ones."""

    def return_abandoned(self, say: Say | None = None) -> tuple[Case, ...]:
        """Return claimed cases whose account is closed, works no cases any more, or may not see them, to the queue."""
        now = self._clock()
        c, a = cases.c, accounts.c
        works = sa.select(a.id).where(a.id == c.account_id, a.disabled_at.is_(None), a.role != "auditor")
        lost = sa.and_(c.state == "claimed", sa.or_(~works.exists(), ~visible_to(c.account_id)))
        with reading(self._engine) as connection:
            due = [row.id for row in connection.execute(sa.select(c.id).where(lost))]
        returned = []
        for ident in due:
            with writing(self._engine) as connection:
                try:
                    found, _ = self._lock(connection, ident)
                except CaseGone:
                    continue
                if connection.execute(sa.select(c.id).where(c.id == ident, lost)).first() is None:
                    continue  # handed back, or given back to the same person, in the meantime
                case = self._returned(connection, found)
                audit.append(connection, now, audit.SYSTEM, "case.returned", case=ident, detail="account")
                self._announce(connection, now, "returned", case)
                self._tell(connection, case, say)
                returned.append(case)
        return tuple(returned)

    def expire_overdue(self, say: Say | None = None) -> tuple[Case, ...]:
        """Return overdue cases (see CoordinatorSide) and those that their coordinator can no longer work."""
        return (*self.return_abandoned(say), *super().expire_overdue(say))
