"""The tables of the database of record (SQLAlchemy Core) and nothing else.

What the rows mean is in ``bot.handoff.records``. A change here needs a migration in ``bot/handoff/migrations``;
a test compares the two. Times are UTC, codes are text with a check, and nothing that a parent wrote is a key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

CONVERSATION_STATES = ("bot", "waiting", "human", "closed")
AUTHORS = ("parent", "bot", "coordinator", "system")
AUDIENCES = ("parent", "staff")
CASE_STATES = (
    "offered",
    "consenting",
    "queued",
    "claimed",
    "returned",
    "closed",
    "declined",
    "withdrawn",
    "expired",
)
REASONS = ("own_case", "consent", "human", "danger")
URGENCIES = ("U0", "U1", "U2")
"""U0: danger, first in the queue. U1: the usual. U2: can wait."""
SHARES = ("contact_only", "summary", "conversation")
REACHES = ("chat", "phone", "email")
OUTCOMES = ("answered", "handed_on", "no_contact", "unresolved")
CONSENT_STATES = ("given", "withdrawn", "expired")
ROLES = ("coordinator", "lead", "auditor")
UNCLEAR_KINDS = ("not_understood", "none_of_these", "not_useful")
"""Why a message is among those to learn from."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(sa.types.TypeDecorator):  # type: ignore[type-arg]  # generic in the stubs only
    """A moment in UTC. Refuses a time without zone, returns times with zone on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a naive time; SQLite keeps it without zone, as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Cursor = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts by itself in SQLite


def _code(name: str, values: tuple[str, ...], *, nullable: bool = False) -> sa.Column[Any]:
    """A text column that holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.Column(name, sa.String(32), sa.CheckConstraint(f"{name} IN ({listed})", name=name), nullable=nullable)


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("languages", sa.JSON, nullable=False),
    sa.Column("municipality", sa.String(64)),
    _code("audience", AUDIENCES),
    sa.Column("situation", sa.String(32)),
    sa.Column("child_age", sa.Integer),
    sa.Column("asked", sa.JSON, nullable=False, server_default="[]"),
    _code("state", CONVERSATION_STATES),
    sa.Column("misses", sa.Integer, nullable=False),
    sa.Column("last_topic", sa.String(64)),
    sa.Column("pending_offer", sa.String(16)),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False, index=True),
    sa.Column("deleted_at", UtcTime, index=True),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    _code("role", ROLES),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("password_until", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("disabled_at", UtcTime),
)

_OPEN = sa.text("state IN ('offered', 'consenting', 'queued', 'claimed', 'returned')")

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id", ondelete="SET NULL"), index=True),
    _code("state", CASE_STATES),
    _code("reason", REASONS),
    _code("urgency", URGENCIES),
    sa.Column("topic", sa.String(64)),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("municipality", sa.String(64)),
    sa.Column("step", sa.String(16)),
    sa.Column("writing", sa.Boolean, nullable=False),
    _code("share", SHARES, nullable=True),
    _code("reach", REACHES, nullable=True),
    sa.Column("talk_language", sa.String(16)),
    sa.Column("interpreter", sa.Boolean),
    sa.Column("shared_until", sa.BigInteger),
    sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id"), index=True),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("queued_at", UtcTime),
    sa.Column("claimed_at", UtcTime),
    sa.Column("replied_at", UtcTime),
    sa.Column("deadline_at", UtcTime, index=True),
    sa.Column("closed_at", UtcTime),
    _code("outcome", OUTCOMES, nullable=True),
    sa.Column("expires_at", UtcTime, index=True),
    sa.Column("team_id", sa.String(32), index=True),  # no foreign key: a team is closed, never deleted
    sa.Column("waiting_at", UtcTime),
    sa.Column("parent_at", UtcTime),
    sa.Column("snoozed_until", UtcTime),
    sa.Column("woken_told_at", UtcTime),  # when the end of the snooze was told to whoever has the case
    # Counts the changes of the row by itself, whoever makes them: a look at a sum tells whether a list is old.
    sa.Column("revision", sa.Integer, nullable=False, server_default="0", onupdate=sa.text("revision + 1")),
    sa.Index("ix_cases_state_queued_at", "state", "queued_at"),
    sa.Index("ix_cases_state_closed_at", "state", "closed_at"),
    sa.Index("ix_cases_state_waiting_at", "state", "waiting_at"),
    sa.Index("uq_cases_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("seq", _Cursor, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("client_id", sa.String(80)),
    sa.Column("at", UtcTime, nullable=False),
    _code("author", AUTHORS),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("reply_to", sa.String(80)),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="SET NULL"), index=True),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.UniqueConstraint("conversation_id", "client_id"),
    sa.Index("ix_messages_conversation_id_seq", "conversation_id", "seq"),
    sa.Index("ix_messages_conversation_id_reply_to", "conversation_id", "reply_to"),
    sqlite_autoincrement=True,
)

shared = sa.Table(
    "case_shared",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("summary", sa.Text),
    sa.Column("contact", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("notice", sa.Text),
    sa.Column("notice_language", sa.String(16)),
    sa.Column("notice_version", sa.String(32)),
)

notes = sa.Table(
    "case_notes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

consent_records = sa.Table(
    "consent_records",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("schema_version", sa.String(32), nullable=False),
    sa.Column("notice_version", sa.String(32), nullable=False),
    sa.Column("notice_language", sa.String(16), nullable=False),
    sa.Column("notice_sha256", sa.String(64), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("recipients", sa.JSON, nullable=False),
    sa.Column("retention_days", sa.Integer, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    _code("state", CONSENT_STATES),
    sa.Column("withdrawn_at", UtcTime),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("message_id", sa.String(32), nullable=False),
    sa.Column("topic", sa.String(64)),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "message_id"),
)

unclear_messages = sa.Table(
    "unclear_messages",
    metadata,
    sa.Column("message_id", sa.String(32), primary_key=True),
    sa.Column(
        "conversation_id",
        sa.String(32),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("guess", sa.String(64)),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False, server_default="not_understood"),
    sa.CheckConstraint(f"kind IN {UNCLEAR_KINDS}", name="kind"),
)

learned_sentences = sa.Table(
    "learned_sentences",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("label", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("account_id", sa.String(32), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", _Cursor, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("case_id", sa.String(16), index=True),  # no foreign key: the line outlives the case
    sa.Column("detail", sa.String(64)),
    sa.Column("hash", sa.String(64), nullable=False, server_default=""),
    sa.Column("seal", sa.String(64), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("case_id", sa.String(16), index=True),  # no foreign key: news of a deletion outlives the case
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("not_before", UtcTime),  # news that can wait for the opening of the office
    sa.Column("spread_at", UtcTime, index=True),
)

account_sessions = sa.Table(
    "account_sessions",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column(
        "account_id", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("last_seen_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False, index=True),
)

login_failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name_sha256", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_login_failures_name_sha256_at", "name_sha256", "at"),
)
