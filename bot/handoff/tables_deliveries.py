"""The tables of what goes to whom: one row for each piece of news and receiver, and the state of each receiver."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import UtcTime, metadata

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("news_id", sa.String(32), sa.ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("receiver", sa.String(16), primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcTime),
    sa.Column("delivered_at", UtcTime),
    sa.Column("last_error", sa.String(64)),
    sa.Index("ix_deliveries_receiver_next_attempt_at", "receiver", "next_attempt_at"),
)
"""``next_attempt_at`` is None when the news has arrived or was given up."""

receivers = sa.Table(
    "receivers",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("holder", sa.String(32)),
    sa.Column("busy_until", UtcTime),
    sa.Column("resume_at", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_error", sa.String(64)),
    sa.Column("last_error_at", UtcTime),
    sa.Column("last_arrived_at", UtcTime),
)
"""One process at a time (``holder``) delivers to a receiver; ``failures`` in a row decide how long it is left alone."""

receiver_cases = sa.Table(
    "receiver_cases",
    metadata,
    sa.Column("receiver", sa.String(16), primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("reference", sa.String(64), nullable=False),
)
"""What a receiver calls a case itself: the number of its ticket."""
