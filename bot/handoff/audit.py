"""The audit log: who did what to which case, and when. Lines are only ever added, and hold no content.

Every field is a code. A free text cannot get in: ``append`` refuses what is not a code, and the database itself
refuses to change or remove a line (triggers in the migrations).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff.engine import reading
from bot.handoff.tables import audit_log

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
PARENT = "parent"
SYSTEM = "system"


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


def append(
    connection: Connection, at: datetime, actor: str, action: str, *, case: str | None = None, detail: str | None = None
) -> None:
    """Add a line in the caller's transaction. Raises ValueError for a field that is not a code."""
    for field in (actor, action, case, detail):
        if field is not None and not _CODE.fullmatch(field):
            raise ValueError("the audit log takes codes only")
    connection.execute(sa.insert(audit_log).values(at=at, actor=actor, action=action, case_id=case, detail=detail))


def entries(engine: Engine, *, after: int = 0, limit: int = 200, case: str | None = None) -> tuple[AuditEntry, ...]:
    """Lines after a cursor (``seq``), oldest first, of one case or of all."""
    query = sa.select(audit_log).where(audit_log.c.seq > after).order_by(audit_log.c.seq).limit(limit)
    if case is not None:
        query = query.where(audit_log.c.case_id == case)
    with reading(engine) as connection:
        return tuple(
            AuditEntry(row.seq, row.at, row.actor, row.action, row.case_id, row.detail)
            for row in connection.execute(query)
        )


def newest(engine: Engine, *, before: int | None = None, limit: int = 200) -> tuple[AuditEntry, ...]:
    """The last lines, newest first; with ``before``, those that came before that ``seq``."""
    query = sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_log.c.seq < before)
    with reading(engine) as connection:
        return tuple(
            AuditEntry(row.seq, row.at, row.actor, row.action, row.case_id, row.detail)
            for row in connection.execute(query)
        )
