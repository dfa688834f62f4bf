"""The coordinators' desk: teams, presence, mentions, drafts, interpreter checklist, machine translation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "message_translations",
    "translation_consents",
    "case_interpreter_ticks",
    "case_interpreters",
    "reply_drafts",
    "note_mentions",
    "case_presence",
    "team_members",
    "teams",
)
INDEXES = (
    ("cases", "team_id"),
    ("team_members", "account_id"),
    ("case_presence", "seen_at"),
    ("note_mentions", "account_id"),
    ("message_translations", "case_id"),
)


def _time(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _case(table: str) -> tuple[sa.Column[sa.String], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_case_id")
    return (
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=name, ondelete="CASCADE"),
    )


def _account(table: str) -> tuple[sa.Column[sa.String], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_account_id")
    return (
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name, ondelete="CASCADE"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    """Add the tables and the team of a case."""
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        _time("created_at"),
        _time("closed_at", nullable=True),
        _key("teams", "id"),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        *_account("team_members"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="CASCADE"),
        _key("team_members", "team_id", "account_id"),
    )
    op.create_table(
        "case_presence",
        *_case("case_presence"),
        *_account("case_presence"),
        _time("seen_at"),
        _time("writing_at", nullable=True),
        _key("case_presence", "case_id", "account_id"),
    )
    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.String(length=32), nullable=False),
        *_account("note_mentions"),
        _time("at"),
        _time("read_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["note_id"], ["case_notes.id"], name=op.f("fk_note_mentions_note_id"), ondelete="CASCADE"
        ),
        _key("note_mentions", "note_id", "account_id"),
    )
    op.create_table(
        "reply_drafts",
        *_case("reply_drafts"),
        *_account("reply_drafts"),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _time("at"),
        _key("reply_drafts", "case_id", "account_id"),
    )
    op.create_table(
        "case_interpreters",
        *_case("case_interpreters"),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=True),
        _time("meets_at", nullable=True),
        _one_of("case_interpreters", "way", "phone", "screen", "on_site"),
        _key("case_interpreters", "case_id"),
    )
    op.create_table(
        "case_interpreter_ticks",
        *_case("case_interpreter_ticks"),
        sa.Column("tick", sa.String(length=16), nullable=False),
        *_account("case_interpreter_ticks"),
        _time("at"),
        _one_of(
            "case_interpreter_ticks",
            "tick",
            "asked_language",
            "qualified",
            "not_known",
            "no_relative",
            "booked",
            "told",
        ),
        _key("case_interpreter_ticks", "case_id", "tick"),
    )
    op.create_table(
        "translation_consents",
        *_case("translation_consents"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        _time("asked_at"),
        _time("answered_at", nullable=True),
        _one_of("translation_consents", "state", "asked", "given", "refused", "withdrawn"),
        _key("translation_consents", "case_id"),
    )
    op.create_table(
        "message_translations",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        *_case("message_translations"),
        sa.Column("text", sa.Text(), nullable=False),
        _time("at"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_translations_message_id"), ondelete="CASCADE"
        ),
        _key("message_translations", "message_id", "language"),
    )
    op.add_column("cases", sa.Column("team_id", sa.String(length=32), nullable=True))
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Remove the tables and the column."""
    op.drop_index(op.f("ix_cases_team_id"), table_name="cases")
    op.drop_column("cases", "team_id")
    for table in TABLES:
        op.drop_table(table)
