"""The audit log: who did what to which case, and when. Lines are only ever added, and hold no content.

Every field is a code. A free text cannot get in: ``append`` refuses what is not a code, and the database itself
refuses to change or remove a line (triggers in the migrations). Each line is chained to the one before
(``bot.handoff.audit_chain``), so that a line that was changed in spite of that is found.

``python -m bot.handoff.audit verify`` and ``export`` are in ``bot.handoff.audit_command``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff.audit_chain import extend
from bot.handoff.audit_scope import readable_by
from bot.handoff.engine import at_the_end, reading
from bot.handoff.tables import audit_log

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
PARENT = "parent"
SYSTEM = "system"
NORWAY = ZoneInfo("Europe/Oslo")


def is_code(text: str) -> bool:
    """The text could stand in the log."""
    return _CODE.fullmatch(text) is not None


def by_account(account: str) -> str:
    """The actor that stands for an account."""
    return f"account:{account}"


@dataclass(frozen=True)
class AuditEntry:
    """One line. ``actor`` is ``parent``, ``system`` or ``account:<id>``; ``detail`` a code or None."""

    seq: int
    at: datetime
    actor: str
    action: str
    case: str | None
    detail: str | None


@dataclass(frozen=True)
class Selection:
    """Which lines are wanted: what is None does not matter. ``day`` is a day in Norway.

    ``reader`` is the account that reads: it sees what its municipalities let it see (``bot.handoff.audit_scope``).
    """

    case: str | None = None
    actor: str | None = None
    action: str | None = None
    day: date | None = None
    reader: str | None = None

    def narrow(self, query: sa.sql.Select) -> sa.sql.Select:
        """The query, for these lines only."""
        c = audit_log.c
        for column, wanted in ((c.case_id, self.case), (c.actor, self.actor), (c.action, self.action)):
            if wanted is not None:
                query = query.where(column == wanted)
        if self.day is not None:
            begin = datetime.combine(self.day, time(), NORWAY)
            end = datetime.combine(self.day + timedelta(days=1), time(), NORWAY)
            query = query.where(c.at >= begin, c.at < end)
        return query if self.reader is None else query.where(readable_by(self.reader))


def append(
    connection: Connection, at: datetime, actor: str, action: str, *, case: str | None = None, detail: str | None = None
) -> None:
    """Add a line in the caller's transaction. Raises ValueError for a field that is not a code.

    The line is written when the transaction is about to be committed, because the end of the chain is locked from
    then on: a line and what it tells of are stored together or not at all.
    """
    for field in (actor, action, case, detail):
        if field is not None and not is_code(field):
            raise ValueError("the audit log takes codes only")
    at_the_end(connection, lambda same: extend(same, at, actor, action, case, detail))


def entries(engine: Engine, *, after: int = 0, limit: int = 200, case: str | None = None) -> tuple[AuditEntry, ...]:
    """Lines after a cursor (``seq``), oldest first, of one case or of all."""
    query = Selection(case=case).narrow(sa.select(audit_log).where(audit_log.c.seq > after))
    return _read(engine, query.order_by(audit_log.c.seq).limit(limit))


def newest(
    engine: Engine, *, before: int | None = None, limit: int = 200, selection: Selection | None = None
) -> tuple[AuditEntry, ...]:
    """The last lines that were selected, newest first; with ``before``, those that came before that ``seq``."""
    query = (selection or Selection()).narrow(sa.select(audit_log))
    if before is not None:
        query = query.where(audit_log.c.seq < before)
    return _read(engine, query.order_by(audit_log.c.seq.desc()).limit(limit))


def _read(engine: Engine, query: sa.sql.Select) -> tuple[AuditEntry, ...]:
    with reading(engine) as connection:
        return tuple(
            AuditEntry(row.seq, row.at, row.actor, row.action, row.case_id, row.detail)
            for row in connection.execute(query)
        )


def known_codes(engine: Engine, reader: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The actors and the actions that a reader finds lines of in the log, for a choice between them."""
    c = audit_log.c
    whole = Selection(reader=reader)
    with reading(engine) as connection:
        actors, actions = (
            tuple(connection.execute(whole.narrow(sa.select(column).distinct().order_by(column))).scalars())
            for column in (c.actor, c.action)
        )
    return actors, actions


if __name__ == "__main__":
    from bot.handoff.audit_command import main

    sys.exit(main())
