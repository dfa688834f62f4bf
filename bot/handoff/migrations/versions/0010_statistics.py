"""Counts for the statistics, the days that are counted, and why a message is among those to learn from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('not_understood', 'none_of_these', 'not_useful')"


def upgrade() -> None:
    """Add both tables and the column; messages that are pointed at already were not understood."""
    op.create_table(
        "usage_counts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "municipality", "measure", "dimension", "code", name=op.f("pk_usage_counts")),
    )
    op.create_table(
        "counted_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_counted_days")),
    )
    with op.batch_alter_table("unclear_messages") as table:
        table.add_column(sa.Column("kind", sa.String(length=32), nullable=False, server_default="not_understood"))
        table.create_check_constraint(op.f("ck_unclear_messages_kind"), _KINDS)


def downgrade() -> None:
    """Remove them again."""
    with op.batch_alter_table("unclear_messages") as table:
        table.drop_constraint(op.f("ck_unclear_messages_kind"), type_="check")
        table.drop_column("kind")
    op.drop_table("counted_days")
    op.drop_table("usage_counts")
