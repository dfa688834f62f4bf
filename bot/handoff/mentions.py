"""Mentions: notes in which a colleague was named. She may read that note, and the status of its case; no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.records import CaseState, Clock, utc_now
from bot.handoff.scope import visible_to
from bot.handoff.tables import accounts, cases, notes
from bot.handoff.tables_desk import mentions

LISTED = 100
"""How many mentions the page shows, the newest first."""


@dataclass(frozen=True)
class Mention:
    """One note that names the reader. ``text`` is None until she has opened it: opening is a line in the log."""

    note: str
    case: str
    state: CaseState
    author: str
    at: datetime
    read_at: datetime | None
    text: str | None


class Mentions:
    """The mentions of each account. Every method may raise RecordUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def unread(self, account: str) -> int:
        """How many mentions an account has not opened."""
        m = mentions.c
        query = (
            sa.select(sa.func.count())
            .select_from(mentions)
            .join(notes, notes.c.id == m.note_id)
            .join(cases, cases.c.id == notes.c.case_id)
            .where(m.account_id == account, m.read_at.is_(None), visible_to(account))
        )
        with reading(self._engine) as connection:
            return int(connection.scalar(query) or 0)

    def of(self, account: str) -> tuple[Mention, ...]:
        """The mentions of an account, those not opened first, then the newest."""
        m, n = mentions.c, notes.c
        query = (
            sa.select(n.id, n.case_id, cases.c.state, accounts.c.name, n.at, m.read_at, n.text)
            .select_from(mentions)
            .join(notes, n.id == m.note_id)
            .join(cases, cases.c.id == n.case_id)
            .join(accounts, accounts.c.id == n.account_id)
            .where(m.account_id == account, visible_to(account))
            .order_by(m.read_at.is_not(None), n.at.desc())
            .limit(LISTED)
        )
        with reading(self._engine) as connection:
            return tuple(
                Mention(
                    note=row.id,
                    case=row.case_id,
                    state=row.state,
                    author=row.name,
                    at=row.at,
                    read_at=row.read_at,
                    text=row.text if row.read_at is not None else None,
                )
                for row in connection.execute(query)
            )

    def open(self, note: str, account: str) -> bool:
        """Mark a mention as read; the first time is a line in the audit log. False when there is none (any more)."""
        now = self._clock()
        m = mentions.c
        with writing(self._engine) as connection:
            case: str | None = connection.scalar(
                sa.select(notes.c.case_id)
                .join(mentions, m.note_id == notes.c.id)
                .join(cases, cases.c.id == notes.c.case_id)
                .where(m.note_id == note, m.account_id == account, visible_to(account))
            )
            if case is None:
                return False
            unread = sa.update(mentions).where(m.note_id == note, m.account_id == account, m.read_at.is_(None))
            if connection.execute(unread.values(read_at=now)).rowcount:
                audit.append(connection, now, audit.by_account(account), "note.read", case=case)
            return True
