"""How a family can be reached without harm, and consents that are asked for inside a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "case_safety",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("special", sa.String(length=32), nullable=True),
        sa.Column("chat_only", sa.Boolean(), nullable=False),
        sa.Column("calls", sa.String(length=32), nullable=True),
        sa.Column("times", sa.Text(), nullable=True),
        sa.Column("reveal", sa.Boolean(), nullable=True),
        sa.Column("coded", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "special IN ('minor', 'guardian', 'disagree', 'hidden_address')", name=op.f("ck_case_safety_special")
        ),
        sa.CheckConstraint("calls IN ('yes', 'text_first', 'times')", name=op.f("ck_case_safety_calls")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_safety_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_safety")),
    )
    op.create_table(
        "consent_asks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("notice_language", sa.String(length=16), nullable=False),
        sa.Column("notice_version", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("record_id", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'later', 'writing', 'yes', 'no', 'withdrawn')", name=op.f("ck_consent_asks_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_consent_asks_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consent_asks_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["consent_records.id"], name=op.f("fk_consent_asks_record_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_asks")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_consent_asks_case_id_code")),
        sa.UniqueConstraint("record_id", name=op.f("uq_consent_asks_record_id")),
    )


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("consent_asks")
    op.drop_table("case_safety")
