"""Coordinators who are away until a day, and what becomes of the cases they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.book import Say, to_case
from bot.handoff.engine import reading, writing
from bot.handoff.handing_on import HandingOn, NoReceiver
from bot.handoff.hours import NORWAY
from bot.handoff.records import Case, CaseGone
from bot.handoff.scope import require_sight, strangers_to, visible_to
from bot.handoff.tables import accounts, cases
from bot.handoff.tables_hours import absences

RECENT: Final = timedelta(hours=24)
"""A case with a reply as fresh as this is not shown as one that somebody else must take."""
LONGEST_ABSENCE: Final = 366


@dataclass(frozen=True)
class Absence:
    """Somebody is away up to and including ``last``; ``cases`` are hers that have had no reply lately."""

    account: str
    name: str
    last: date
    cases: tuple[Case, ...]


class AbsenceSide(HandingOn):
    """Being away. An absence ends by itself; cases move only when she, or a lead, says so."""

    def go_away(self, account: str, last: date) -> None:
        """Be away up to and including a day; raises ValueError for a day that is past or too far away."""
        today = self._clock().astimezone(NORWAY).date()
        if not today <= last <= today + timedelta(days=LONGEST_ABSENCE):
            raise ValueError("no day to be away until")
        with writing(self._engine) as connection:
            self._require_handler(connection, account)
            connection.execute(sa.delete(absences).where(absences.c.account_id == account))
            connection.execute(sa.insert(absences).values(account_id=account, last_day=last))
            actor = audit.by_account(account)
            audit.append(connection, self._clock(), actor, "account.away", detail=last.isoformat())

    def come_back(self, account: str) -> None:
        """Be there again."""
        with writing(self._engine) as connection:
            if connection.execute(sa.delete(absences).where(absences.c.account_id == account)).rowcount:
                audit.append(connection, self._clock(), audit.by_account(account), "account.back")

    def release_all(self, account: str, say: Say | None = None) -> tuple[Case, ...]:
        """Hand all cases of an account back to the queue; returns those that went."""
        returned = []
        for case in self.mine(account):
            try:
                returned.append(self.release(case.id, account, say))
            except CaseGone:
                continue  # it ended in the meantime
        return tuple(returned)

    def away(self, reader: str | None = None) -> tuple[Absence, ...]:
        """Who is away today, by name.

        For an account: whoever sees something of its municipalities, and of their cases those that it may see.
        """
        now = self._clock()
        a, c = accounts.c, cases.c
        query = (
            sa.select(absences.c.account_id, absences.c.last_day, a.name)
            .join(accounts, a.id == absences.c.account_id)
            .where(absences.c.last_day >= now.astimezone(NORWAY).date(), a.disabled_at.is_(None))
            .order_by(a.name)
        )
        quiet = sa.or_(c.replied_at.is_(None), c.replied_at <= now - RECENT)
        if reader is not None:
            query = query.where(a.id.not_in(strangers_to(reader)))
            quiet = sa.and_(quiet, visible_to(reader))
        with reading(self._engine) as connection:
            found = []
            for row in connection.execute(query).all():
                held = sa.select(cases).where(c.state == "claimed", c.account_id == row.account_id, quiet)
                theirs = tuple(to_case(case) for case in connection.execute(held.order_by(c.urgency, c.claimed_at)))
                found.append(Absence(row.account_id, row.name, row.last_day, theirs))
        return tuple(found)

    def return_of_absent(self, case: str, lead: str, say: Say | None = None) -> Case:
        """A lead hands the case of somebody who is away back to the queue; raises CaseGone for another case."""
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._of_absent(connection, case, lead)
            returned = self._returned(connection, found)
            audit.append(connection, now, audit.by_account(lead), "case.returned", case=case, detail="away")
            self._announce(connection, now, "returned", returned)
            self._tell(connection, returned, say)
            return returned

    def hand_on_of_absent(self, case: str, lead: str, *, receiver: str, note: str, say: Say | None = None) -> Case:
        """A lead gives the case of somebody who is away to a person, who has it from now on as in ``hand_to``.

        The lead may give it to herself. Raises CaseGone for another case, NoReceiver, also for somebody who is away,
        ValueError without a note.
        """
        with writing(self._engine) as connection:
            found = self._of_absent(connection, case, lead)
            if self._is_away(connection, receiver):
                raise NoReceiver
            return self._hand_over(connection, found, by=lead, receiver=receiver, note=note, say=say)

    def _of_absent(self, connection: Connection, case: str, lead: str) -> Case:
        """The locked case of somebody who is away, for a lead who may see it; raises CaseGone for any other."""
        found, _ = self._lock(connection, case)
        require_sight(connection, lead, case)
        a = accounts.c
        is_lead = sa.select(a.id).where(a.id == lead, a.role == "lead", a.disabled_at.is_(None))
        if found.state != "claimed" or connection.execute(is_lead).first() is None:
            raise CaseGone
        if found.account is None or not self._is_away(connection, found.account):
            raise CaseGone
        return found

    def _is_away(self, connection: Connection, account: str) -> bool:
        today = self._clock().astimezone(NORWAY).date()
        away = sa.select(absences.c.account_id).where(absences.c.account_id == account, absences.c.last_day >= today)
        return connection.execute(away).first() is not None
