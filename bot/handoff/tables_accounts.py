"""The tables around ``accounts``: municipalities, one-time codes, single sign-on, sign-ins that are half done."""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import UtcTime, metadata


def _account(*, primary_key: bool = False, index: bool = False) -> sa.Column[sa.String]:
    owner = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.String(32), owner, primary_key=primary_key, nullable=False, index=index)


account_municipalities = sa.Table(
    "account_municipalities",
    metadata,
    _account(primary_key=True),
    sa.Column("municipality", sa.String(64), primary_key=True),
)
"""The municipalities an account is limited to; an account without a row here sees all."""

account_codes = sa.Table(
    "account_codes",
    metadata,
    _account(primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("began_at", UtcTime, nullable=False),
    sa.Column("confirmed_at", UtcTime),
    sa.Column("last_step", sa.BigInteger, nullable=False),
)
"""The encrypted secret of one-time codes; it counts once confirmed. ``last_step`` is the newest code that was used."""

recovery_codes = sa.Table(
    "account_recovery_codes",
    metadata,
    _account(primary_key=True),
    sa.Column("code_sha256", sa.String(64), primary_key=True),
)

account_identities = sa.Table(
    "account_identities",
    metadata,
    _account(primary_key=True),
    sa.Column("issuer", sa.String(255), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
)
"""Who an account is at the organisation's own sign-in (OpenID Connect)."""

pending_sign_ins = sa.Table(
    "pending_sign_ins",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    _account(index=True),
    sa.Column("expires_at", UtcTime, nullable=False, index=True),
)
"""The password was right and the code is still asked for."""
