"""Accounts: passwords that must be changed, municipalities, one-time codes, single sign-on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id")
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Add the column and the five tables; accounts that exist see all municipalities and keep their password."""
    op.add_column("accounts", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "account_municipalities",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("municipality", sa.String(length=64), nullable=False),
        _owner("account_municipalities"),
        sa.PrimaryKeyConstraint("account_id", "municipality", name=op.f("pk_account_municipalities")),
    )
    op.create_table(
        "account_codes",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _owner("account_codes"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_codes")),
    )
    op.create_table(
        "account_recovery_codes",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        _owner("account_recovery_codes"),
        sa.PrimaryKeyConstraint("account_id", "code_sha256", name=op.f("pk_account_recovery_codes")),
    )
    op.create_table(
        "account_identities",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        _owner("account_identities"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_identities_issuer_subject")),
    )
    op.create_table(
        "pending_sign_ins",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _owner("pending_sign_ins"),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_pending_sign_ins")),
    )
    op.create_index(op.f("ix_pending_sign_ins_account_id"), "pending_sign_ins", ["account_id"])
    op.create_index(op.f("ix_pending_sign_ins_expires_at"), "pending_sign_ins", ["expires_at"])


def downgrade() -> None:
    """Remove them all."""
    op.drop_table("pending_sign_ins")
    op.drop_table("account_identities")
    op.drop_table("account_recovery_codes")
    op.drop_table("account_codes")
    op.drop_table("account_municipalities")
    op.drop_column("accounts", "must_change")
