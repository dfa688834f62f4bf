"""The tables of safe contact and of consents asked for inside a case; see ``bot.handoff.tables``."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.consent import CALLS, SPECIALS
from bot.handoff.tables import UtcTime, metadata

ASK_STATES = ("asked", "later", "writing", "yes", "no", "withdrawn")


def _listed(name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """A check that a text column holds one of ``values``; the name is completed by the naming convention.

    It stands in the table, not in its column: SQLAlchemy leaves a column's check out of ``Table.constraints``.
    """
    return sa.CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


case_safety = sa.Table(
    "case_safety",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("special", sa.String(32)),
    sa.Column("chat_only", sa.Boolean, nullable=False),
    sa.Column("calls", sa.String(32)),
    sa.Column("times", sa.Text),
    sa.Column("reveal", sa.Boolean),
    sa.Column("coded", sa.Boolean, nullable=False),
    _listed("special", SPECIALS),
    _listed("calls", CALLS),
)

consent_asks = sa.Table(
    "consent_asks",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("answered_at", UtcTime),
    sa.Column("notice", sa.Text, nullable=False),
    sa.Column("notice_language", sa.String(16), nullable=False),
    sa.Column("notice_version", sa.String(32), nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("record_id", sa.String(32), sa.ForeignKey("consent_records.id", ondelete="SET NULL"), unique=True),
    sa.UniqueConstraint("case_id", "code"),
    _listed("state", ASK_STATES),
)
"""One row per case and code: nobody is asked twice for the same thing. ``later``: she wants to think about it."""
