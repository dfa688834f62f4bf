"""When the end of a snooze was told, until when a password that was handed over opens, when a yes to machine
translation was given.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_HANDED_OVER_FOR = timedelta(hours=72)


def upgrade() -> None:
    """Add both columns. Passwords that wait to be changed get their time from now on; old snoozes are told of."""
    now = datetime.now(UTC)
    moment = sa.DateTime(timezone=True)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)  # as bot.handoff.tables.UtcTime keeps it
    op.add_column("cases", sa.Column("woken_told_at", moment))
    op.add_column("accounts", sa.Column("password_until", moment))
    op.add_column("translation_consents", sa.Column("given_at", moment))
    accounts = sa.table("accounts", sa.column("must_change", sa.Boolean), sa.column("password_until", moment))
    op.execute(accounts.update().where(accounts.c.must_change).values(password_until=now + _HANDED_OVER_FOR))
    cases = sa.table("cases", sa.column("snoozed_until", moment), sa.column("woken_told_at", moment))
    op.execute(cases.update().where(cases.c.snoozed_until <= now).values(woken_told_at=cases.c.snoozed_until))
    op.execute(
        "UPDATE translation_consents SET given_at = (SELECT max(audit_log.at) FROM audit_log"
        " WHERE audit_log.case_id = translation_consents.case_id AND audit_log.action = 'translation.given')"
        " WHERE state IN ('given', 'withdrawn')"
    )


def downgrade() -> None:
    """Remove them again."""
    op.drop_column("translation_consents", "given_at")
    op.drop_column("accounts", "password_until")
    op.drop_column("cases", "woken_told_at")
