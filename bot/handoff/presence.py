"""Who looks at a case now, and who writes in it: status only, in a small table whose rows end by themselves.

In the database and not in memory, because two coordinators may be served by two web processes; and not in Redis,
because an installation may have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.handoff.engine import reading, writing
from bot.handoff.records import Clock, utc_now
from bot.handoff.scope import visible_to
from bot.handoff.tables import accounts, cases
from bot.handoff.tables_desk import presence

GONE_AFTER = timedelta(seconds=20)
"""A look counts this long; an open page tells of itself several times in it."""
WRITES_FOR = timedelta(seconds=12)
"""Somebody writes until this long after her page last said so."""


@dataclass(frozen=True)
class Present:
    """A colleague who has the page of the case open."""

    account: str
    name: str
    writing: bool


class Presence:
    """The looks. Every method may raise RecordUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def look(self, case: str, account: str, *, writing_now: bool) -> None:
        """An account has the page of a case open. One that is gone, or that it may not see, is fine."""
        now = self._clock()
        p = presence.c
        values = {"seen_at": now, "writing_at": now if writing_now else None}
        try:
            with writing(self._engine) as connection:
                connection.execute(sa.delete(presence).where(p.seen_at <= now - GONE_AFTER))
                seen = sa.select(cases.c.id).where(cases.c.id == case, visible_to(account))
                if connection.execute(seen).first() is None:
                    return
                known = sa.update(presence).where(p.case_id == case, p.account_id == account)
                if not connection.execute(known.values(**values)).rowcount:
                    connection.execute(sa.insert(presence).values(case_id=case, account_id=account, **values))
        except IntegrityError:
            return  # no such case, or two pages of the same person at once: the next look tells again

    def leave(self, case: str, account: str) -> None:
        """The page was closed."""
        p = presence.c
        with writing(self._engine) as connection:
            connection.execute(sa.delete(presence).where(p.case_id == case, p.account_id == account))

    def others(self, case: str, account: str) -> tuple[Present, ...]:
        """The colleagues who look at a case now, by name, without the one who asks."""
        now = self._clock()
        p, a = presence.c, accounts.c
        query = (
            sa.select(a.id, a.name, p.writing_at)
            .join(accounts, a.id == p.account_id)
            .join(cases, cases.c.id == p.case_id)
            .where(visible_to(account), p.case_id == case, p.account_id != account, p.seen_at > now - GONE_AFTER)
            .order_by(a.name)
        )
        with reading(self._engine) as connection:
            return tuple(
                Present(row.id, row.name, row.writing_at is not None and row.writing_at > now - WRITES_FOR)
                for row in connection.execute(query)
            )
