"""Tables of the statistics: counts without ids, by month, and the days that have been counted."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import metadata

usage_counts = sa.Table(
    "usage_counts",
    metadata,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("municipality", sa.String(64), primary_key=True),  # empty: none was chosen
    sa.Column("measure", sa.String(32), primary_key=True),
    sa.Column("dimension", sa.String(16), primary_key=True),
    sa.Column("code", sa.String(64), primary_key=True),  # empty: not known
    sa.Column("n", sa.Integer, nullable=False),
)

counted_days = sa.Table("counted_days", metadata, sa.Column("day", sa.Date, primary_key=True))
