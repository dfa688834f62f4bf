"""The tables of the coordinators' desk: teams, who looks at a case, mentions, drafts, interpreter, translation.

Whatever holds words goes with the case's consent (``bot.handoff.desk_words``). A change here needs a migration.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.handoff.tables import UtcTime, metadata

INTERPRETER_WAYS = ("phone", "screen", "on_site")
INTERPRETER_TICKS = ("asked_language", "qualified", "not_known", "no_relative", "booked", "told")
"""The checklist, in the order of the work; the words are ``console.desk.tick.<code>``."""
TRANSLATION_STATES = ("asked", "given", "refused", "withdrawn")


def _one_of(name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", name=name)


def _case(*, primary_key: bool = False, index: bool = False) -> sa.Column[sa.String]:
    key = sa.ForeignKey("cases.id", ondelete="CASCADE")
    return sa.Column("case_id", sa.String(16), key, primary_key=primary_key, nullable=False, index=index)


def _account(*, primary_key: bool = False, index: bool = False) -> sa.Column[sa.String]:
    key = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.String(32), key, primary_key=primary_key, nullable=False, index=index)


teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("closed_at", UtcTime),
)

team_members = sa.Table(
    "team_members",
    metadata,
    sa.Column("team_id", sa.String(32), sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    _account(primary_key=True, index=True),
)

presence = sa.Table(
    "case_presence",
    metadata,
    _case(primary_key=True),
    _account(primary_key=True),
    sa.Column("seen_at", UtcTime, nullable=False, index=True),
    sa.Column("writing_at", UtcTime),
)

mentions = sa.Table(
    "note_mentions",
    metadata,
    sa.Column("note_id", sa.String(32), sa.ForeignKey("case_notes.id", ondelete="CASCADE"), primary_key=True),
    _account(primary_key=True, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("read_at", UtcTime),
)

drafts = sa.Table(
    "reply_drafts",
    metadata,
    _case(primary_key=True),
    _account(primary_key=True),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

interpreters = sa.Table(
    "case_interpreters",
    metadata,
    _case(primary_key=True),
    sa.Column("language", sa.String(16)),
    sa.Column("way", sa.String(16)),
    sa.Column("meets_at", UtcTime),
    _one_of("way", INTERPRETER_WAYS),
)

interpreter_ticks = sa.Table(
    "case_interpreter_ticks",
    metadata,
    _case(primary_key=True),
    sa.Column("tick", sa.String(16), primary_key=True),
    _account(),
    sa.Column("at", UtcTime, nullable=False),
    _one_of("tick", INTERPRETER_TICKS),
)

translation_consents = sa.Table(
    "translation_consents",
    metadata,
    _case(primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("text_sha256", sa.String(64), nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("answered_at", UtcTime),
    sa.Column("given_at", UtcTime),  # of the last yes; stays when it is taken back
    _one_of("state", TRANSLATION_STATES),
)

translations = sa.Table(
    "message_translations",
    metadata,
    sa.Column("message_id", sa.String(32), sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("language", sa.String(16), primary_key=True),
    _case(index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
