"""The table that says where the chain of the audit log ends, so that lines cannot be cut off its end unseen."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import metadata

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
"""One row, ``id`` 1. Whoever adds a line locks it, so that the chain never forks."""
