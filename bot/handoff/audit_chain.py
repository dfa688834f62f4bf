"""The chain of the audit log: how a line is hashed onto the one before, sealed, and added at the end.

The hash is SHA-256 over the line and the hash before it: anybody who has an export can check it. The seal is an HMAC of
that hash under a key that stands in no database: whoever can write there but does not know the key cannot make the
chain anew. ``docs/decisions/0015`` says why there are both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.tables import audit_log
from bot.handoff.tables_audit import audit_head
from bot.settings import settings

START = "0" * 64
"""What stands before the first line."""
HEAD_WRONG = "audit.head_wrong"
"""The line that is added when the end of the chain was not as it was left: it keeps the fault in sight for good."""
_FORM = 1
"""Version of the encoding below; it is hashed too."""
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. ``seq`` is its place, from 1 without a gap."""

    seq: int
    at: datetime
    actor: str
    action: str
    case: str | None
    detail: str | None


def moment(at: datetime) -> str:
    """A time as it is hashed and exported: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def hash_of(line: Line, previous: str) -> str:
    """The hash of a line that follows a line with the hash ``previous``."""
    fields = [_FORM, line.seq, moment(line.at), line.actor, line.action, line.case, line.detail, previous]
    return hashlib.sha256(_ENCODE(fields).encode()).hexdigest()


def seal_of(key: bytes, line_hash: str) -> str:
    """The seal of a line with this hash."""
    return hmac.digest(key, b"line:" + line_hash.encode(), "sha256").hex()


def head_seal_of(key: bytes, seq: int, line_hash: str) -> str:
    """The seal of the place where the chain ends."""
    return hmac.new(key, f"head:{seq}:{line_hash}".encode(), "sha256").hexdigest()


def current_key() -> bytes:
    """The key of this installation: every process reads the same settings."""
    return settings().audit_key


def extend(connection: Connection, at: datetime, actor: str, action: str, case: str | None, detail: str | None) -> None:
    """Add a line at the end of the chain. Locks the end until the transaction is over."""
    key = current_key()
    head = connection.execute(sa.select(audit_head).where(audit_head.c.id == 1).with_for_update()).one_or_none()
    last = connection.execute(
        sa.select(audit_log.c.seq, audit_log.c.hash).order_by(audit_log.c.seq.desc()).limit(1)
    ).one_or_none()
    seq, previous = (head.seq, head.hash) if head else (0, START)
    whole = head is not None and hmac.compare_digest(head.seal, head_seal_of(key, head.seq, head.hash))
    if head is None and last is not None:
        previous = last.hash
    if last is not None:
        seq = max(seq, last.seq)  # a line that was put behind the end must not stop the product
    added = [] if whole else [Line(seq + 1, at, "system", HEAD_WRONG, None, None)]
    added.append(Line(seq + len(added) + 1, at, actor, action, case, detail))
    for line in added:
        previous = hash_of(line, previous)
        values = {"seq": line.seq, "at": line.at, "actor": line.actor, "action": line.action}
        rest = {"case_id": line.case, "detail": line.detail, "hash": previous, "seal": seal_of(key, previous)}
        connection.execute(sa.insert(audit_log).values(**values, **rest))
    end: dict[str, Any] = {"seq": added[-1].seq, "hash": previous}
    end["seal"] = head_seal_of(key, added[-1].seq, previous)
    if head is None:
        connection.execute(sa.insert(audit_head).values(id=1, **end))
    else:
        connection.execute(sa.update(audit_head).where(audit_head.c.id == 1).values(**end))
