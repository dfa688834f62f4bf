"""Does the chain of the audit log hold? Reads it from the first line and names the first place where it does not."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.audit_chain import HEAD_WRONG, START, Line, current_key, hash_of, head_seal_of, seal_of
from bot.handoff.engine import reading
from bot.handoff.tables import audit_log
from bot.handoff.tables_audit import audit_head

_C = audit_log.c
_COLUMNS = (_C.seq, _C.at, _C.actor, _C.action, _C.case_id, _C.detail, _C.hash, _C.seal)
MANY = 2000
"""Lines that are held in memory at once."""

Kind = Literal["changed", "missing", "inserted", "truncated", "forged", "head", "noted"]
"""What is wrong with a line.

``changed``: it is not the line that was hashed there. ``missing``: there is none with this number. ``inserted``: its
number was never given out. ``truncated``: the end of the log, from here on, is gone. ``forged``: hashed rightly, but
not sealed with this installation's key. ``head``: somebody changed where the log ends. ``noted``: another hash than the
one that was noted elsewhere.
"""


@dataclass(frozen=True)
class Fault:
    """The first place where the chain does not hold."""

    kind: Kind
    seq: int


@dataclass(frozen=True)
class Note:
    """A line and its hash, as somebody wrote them down when they were last seen."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """``intact`` lines from the first on are as they were written; ``head`` is the end, to be noted elsewhere."""

    intact: int
    head: Note
    fault: Fault | None


def verify(engine: Engine, *, noted: Note | None = None) -> Verdict:
    """Read the whole log, a little at a time; lines that are added meanwhile are left for the next time.

    Raises RecordUnavailable.
    """
    key = current_key()
    head, highest = _end(engine)
    end = Note(head.seq, head.hash) if head else Note(highest, "")
    intact, previous = 0, START
    for row in _rows(engine, end.seq):
        fault = _look(row, intact + 1, previous, key, noted)
        if fault is not None:
            return Verdict(intact, end, fault)
        intact, previous = row[0], row[6]
    return Verdict(intact, end, _look_at_the_end(head, highest, intact, previous, key, noted))


def _end(engine: Engine) -> tuple[Any, int]:
    """The head and the highest number in use, read in one statement so that both are of one moment."""
    highest = sa.select(sa.func.max(audit_log.c.seq)).scalar_subquery()
    with reading(engine) as connection:
        row = connection.execute(
            sa.select(audit_head, highest.label("highest")).where(audit_head.c.id == 1)
        ).one_or_none()
        if row is not None:
            return row, int(row.highest or 0)
        return None, int(connection.execute(sa.select(highest)).scalar_one() or 0)


def _rows(engine: Engine, last: int) -> Iterator[Any]:
    c = audit_log.c
    after: int | None = None
    while True:
        query = sa.select(*_COLUMNS).where(c.seq <= last).order_by(c.seq).limit(MANY)
        with reading(engine) as connection:
            rows = connection.execute(query if after is None else query.where(c.seq > after)).all()
        yield from rows
        if len(rows) < MANY:
            return
        after = rows[-1][0]


def _look(row: Any, expected: int, previous: str, key: bytes, noted: Note | None) -> Fault | None:
    seq, at, actor, action, case, detail, line_hash, seal = row  # by place: a long log is read in half the time
    if seq < expected:
        return Fault("inserted", seq)
    if seq > expected:
        return Fault("missing", expected)
    if not hmac.compare_digest(line_hash, hash_of(Line(seq, at, actor, action, case, detail), previous)):
        return Fault("changed", seq)
    if not hmac.compare_digest(seal, seal_of(key, line_hash)):
        return Fault("forged", seq)
    if action == HEAD_WRONG:
        return Fault("head", seq)
    if noted is not None and noted.seq == seq and noted.hash != line_hash:
        return Fault("noted", seq)
    return None


def _look_at_the_end(
    head: Any, highest: int, intact: int, previous: str, key: bytes, noted: Note | None
) -> Fault | None:
    if head is None:
        # The migration writes the head, even of an empty log.
        return Fault("head", intact + 1)
    if intact < head.seq:
        return Fault("truncated", intact + 1)
    if highest > head.seq:
        return Fault("inserted", head.seq + 1)
    if head.hash != previous or not hmac.compare_digest(head.seal, head_seal_of(key, head.seq, head.hash)):
        return Fault("head", intact + 1)
    if noted is not None and noted.seq > head.seq:
        return Fault("truncated", head.seq + 1)
    return None
