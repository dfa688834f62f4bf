"""A chain through the lines of the audit log, and a delivery of its own for each receiver of news."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.settings import settings

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LINES = sa.table(
    "audit_log",
    sa.column("seq", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.String) for name in ("actor", "action", "case_id", "detail", "hash", "seal")),
)
_MANY = 1000


def upgrade() -> None:
    """Number and chain the lines that are there, and let what waits in the outbox wait for each receiver."""
    _unlock()
    for name in ("hash", "seal"):
        op.add_column("audit_log", sa.Column(name, sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    _chain(op.get_bind(), settings().audit_key)
    _lock()
    _spread_the_outbox()


def _spread_the_outbox() -> None:
    op.create_table(
        "deliveries",
        sa.Column("news_id", sa.String(length=32), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["news_id"], ["outbox.id"], name=op.f("fk_deliveries_news_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("news_id", "receiver", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_receiver_next_attempt_at", "deliveries", ["receiver", "next_attempt_at"])
    op.create_table(
        "receivers",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_receivers")),
    )
    op.create_table(
        "receiver_cases",
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_receiver_cases_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("receiver", "case_id", name=op.f("pk_receiver_cases")),
    )
    op.add_column("outbox", sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True))
    # What has arrived or was given up is done with; what still waits is spread to the receivers that are set.
    op.execute("UPDATE outbox SET spread_at = created_at WHERE next_attempt_at IS NULL")
    op.drop_index(op.f("ix_outbox_next_attempt_at"), table_name="outbox")
    for name in ("attempts", "next_attempt_at", "delivered_at", "last_error"):
        op.drop_column("outbox", name)
    op.create_index(op.f("ix_outbox_spread_at"), "outbox", ["spread_at"])


def downgrade() -> None:
    """Take the chain away; what waits for any receiver waits again."""
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("last_error", sa.String(length=64), nullable=True))
    waits = "SELECT news_id FROM deliveries WHERE next_attempt_at IS NOT NULL"
    op.execute(f"UPDATE outbox SET next_attempt_at = created_at WHERE spread_at IS NULL OR id IN ({waits})")  # noqa: S608
    op.create_index(op.f("ix_outbox_next_attempt_at"), "outbox", ["next_attempt_at"])
    op.drop_index(op.f("ix_outbox_spread_at"), table_name="outbox")
    op.drop_column("outbox", "spread_at")
    op.drop_table("receiver_cases")
    op.drop_table("receivers")
    op.drop_index("ix_deliveries_receiver_next_attempt_at", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("audit_head")
    _unlock()
    for name in ("seal", "hash"):
        op.drop_column("audit_log", name)
    _lock()


def _unlock() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER audit_log_no_{verb}")
    else:
        op.execute("DROP TRIGGER audit_log_no_change ON audit_log")


def _lock() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{verb} BEFORE {verb} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows()"
        )


def _chain(connection: Any, key: bytes) -> None:
    """Give every line its place, hash and seal, oldest first, and write down where the chain ends."""

    def sealed(words: str) -> str:
        return hmac.new(key, words.encode(), "sha256").hexdigest()

    done, last, previous = 0, -(2**62), "0" * 64
    while True:
        query = sa.select(_LINES).where(_LINES.c.seq > last).order_by(_LINES.c.seq).limit(_MANY)
        rows = connection.execute(query).all()
        for row in rows:
            done, last = done + 1, row.seq
            fields = [1, done, _moment(row.at), row.actor, row.action, row.case_id, row.detail, previous]
            previous = hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()
            values = {"seq": done, "hash": previous, "seal": sealed("line:" + previous)}
            connection.execute(sa.update(_LINES).where(_LINES.c.seq == last).values(**values))
        if len(rows) < _MANY:
            break
    head = sa.table("audit_head", *(sa.column(name) for name in ("id", "seq", "hash", "seal")))
    values = {"id": 1, "seq": done, "hash": previous, "seal": sealed(f"head:{done}:{previous}")}
    connection.execute(sa.insert(head).values(**values))


def _moment(at: datetime) -> str:
    """The time as it is hashed; SQLite keeps it without a zone, as UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="microseconds").replace("+00:00", "Z")
