"""What the queues are made from: when a case began to wait, the parent's last word, snoozing, changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAMES = ("waiting_at", "parent_at", "snoozed_until")
_INDEXES = ("closed_at", "waiting_at")


def upgrade() -> None:
    """Add the columns, and fill in what is known of cases that are open."""
    for name in _NAMES:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE cases SET waiting_at = queued_at WHERE state IN ('queued', 'returned')")
    op.execute(
        "UPDATE cases SET parent_at = (SELECT max(messages.at) FROM messages"
        " WHERE messages.case_id = cases.id AND messages.author = 'parent')"
    )
    for name in _INDEXES:
        op.create_index(op.f(f"ix_cases_state_{name}"), "cases", ["state", name])


def downgrade() -> None:
    """Remove the columns."""
    for name in _INDEXES:
        op.drop_index(op.f(f"ix_cases_state_{name}"), table_name="cases")
    for name in (*_NAMES, "revision"):
        op.drop_column("cases", name)
