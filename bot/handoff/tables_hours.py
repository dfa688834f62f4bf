"""Tables of opening hours and deadlines; beside ``bot.handoff.tables``, in the same metadata."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import UtcTime, metadata

case_deadlines = sa.Table(
    "case_deadlines",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("counts_from", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),  # how many of schedule.PARTS have been told of
    sa.Column("next_at", UtcTime, index=True),
    sa.Column("morning_at", UtcTime, index=True),
    sa.Column("escalated_at", UtcTime),
)

closed_periods = sa.Table(
    "closed_periods",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("municipality", sa.String(64)),  # none: every municipality
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False, index=True),
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("last_day", sa.Date, nullable=False),
)
