"""Deadlines of the first answer, closed periods, and coordinators who are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables. Cases that wait already get their deadline from the first round of the job."""
    op.create_table(
        "case_deadlines",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("morning_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_deadlines_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_deadlines")),
    )
    op.create_index(op.f("ix_case_deadlines_next_at"), "case_deadlines", ["next_at"])
    op.create_index(op.f("ix_case_deadlines_morning_at"), "case_deadlines", ["morning_at"])
    op.create_table(
        "closed_periods",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("municipality", sa.String(length=64), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_periods")),
    )
    op.create_index(op.f("ix_closed_periods_last_day"), "closed_periods", ["last_day"])
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "absences",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_absences_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_absences")),
    )


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("outbox") as table:
        table.drop_column("not_before")
    op.drop_table("absences")
    op.drop_index(op.f("ix_closed_periods_last_day"), table_name="closed_periods")
    op.drop_table("closed_periods")
    op.drop_index(op.f("ix_case_deadlines_morning_at"), table_name="case_deadlines")
    op.drop_index(op.f("ix_case_deadlines_next_at"), table_name="case_deadlines")
    op.drop_table("case_deadlines")
