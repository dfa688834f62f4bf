"""Conversations and their messages: everything that is said is written here before anybody is asked.

A repeated message (same client id) is stored once. Messages of one conversation are written one after the other
(its row is locked), so the cursor ``seq`` never skips one that appears later.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.handoff.engine import reading, writing
from bot.handoff.ids import hashed, new_id, new_token
from bot.handoff.records import (
    Author,
    Clock,
    Conversation,
    ConversationChanges,
    ConversationGone,
    Recorded,
    RecordError,
    StoredMessage,
    utc_now,
)
from bot.handoff.tables import cases, conversations, feedback, messages
from bot.privacy.durations import Durations

_LIVE = ("queued", "claimed", "returned")


class UnknownMessage(RecordError):  # noqa: N818
    """The conversation has no such message."""


def to_conversation(row: Row) -> Conversation:
    """Read a row of the table."""
    return Conversation(
        id=row.id,
        language=row.language,
        languages=tuple(row.languages),
        municipality=row.municipality,
        audience=row.audience,
        situation=row.situation,
        child_age=row.child_age,
        asked=tuple(row.asked),
        state=row.state,
        misses=row.misses,
        last_topic=row.last_topic,
        pending_offer=row.pending_offer,
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
    )


def to_message(row: Row) -> StoredMessage:
    """Read a row of the table."""
    return StoredMessage(
        seq=row.seq,
        id=row.id,
        conversation=row.conversation_id,
        client_id=row.client_id,
        at=row.at,
        author=row.author,
        body=row.body,
        reply_to=row.reply_to,
        case=row.case_id,
        private=row.private,
    )


def lock_conversation(connection: Connection, conversation: str, **values: Any) -> Conversation:
    """Lock a conversation's row by an update of ``values``; raises ConversationGone when it is being deleted."""
    c = conversations.c
    change = values or {"state": c.state}
    found = connection.execute(
        sa.update(conversations).where(c.id == conversation, c.deleted_at.is_(None)).values(**change)
    )
    if found.rowcount == 0:
        raise ConversationGone
    row = connection.execute(sa.select(conversations).where(c.id == conversation)).one()
    return to_conversation(row)


def insert_message(
    connection: Connection,
    conversation: str,
    *,
    at: Any,
    author: Author,
    body: Mapping[str, Any],
    client_id: str | None = None,
    reply_to: str | None = None,
    case: str | None = None,
    private: bool = False,
) -> StoredMessage:
    """Write one message in the caller's transaction, which must hold the conversation's lock."""
    ident = new_id()
    connection.execute(
        sa.insert(messages).values(
            id=ident,
            conversation_id=conversation,
            client_id=client_id,
            at=at,
            author=author,
            body=dict(body),
            reply_to=reply_to,
            case_id=case,
            private=private,
        )
    )
    return to_message(connection.execute(sa.select(messages).where(messages.c.id == ident)).one())


def message_of_client(connection: Connection, conversation: str, client_id: str) -> StoredMessage | None:
    """The message that this client id was stored as."""
    m = messages.c
    row = connection.execute(
        sa.select(messages).where(m.conversation_id == conversation, m.client_id == client_id)
    ).one_or_none()
    return to_message(row) if row else None


class Conversations:
    """The record of conversations. Every method is one transaction and may raise RecordUnavailable."""

    def __init__(self, engine: Engine, durations: Durations, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._durations = durations
        self._clock = clock

    def create(
        self,
        *,
        language: str,
        municipality: str | None = None,
        audience: Literal["parent", "staff"] = "parent",
        situation: str | None = None,
        child_age: int | None = None,
    ) -> tuple[Conversation, str]:
        """Begin a conversation; the token is given out this once and kept as a hash."""
        token = new_token()
        now = self._clock()
        ident = new_id()
        with writing(self._engine) as connection:
            connection.execute(
                sa.insert(conversations).values(
                    id=ident,
                    token_sha256=hashed(token),
                    language=language,
                    languages=[language],
                    municipality=municipality,
                    audience=audience,
                    situation=situation,
                    child_age=child_age,
                    state="bot",
                    misses=0,
                    created_at=now,
                    updated_at=now,
                    expires_at=self._durations.conversation_end(now),
                )
            )
            row = connection.execute(sa.select(conversations).where(conversations.c.id == ident)).one()
        return to_conversation(row), token

    def _one(self, condition: Any) -> Row | None:
        query = sa.select(conversations).where(condition, conversations.c.deleted_at.is_(None))
        with reading(self._engine) as connection:
            return connection.execute(query).one_or_none()

    def find(self, conversation: str) -> Conversation | None:
        """The conversation, or None when there is none or its deletion has begun."""
        row = self._one(conversations.c.id == conversation)
        return to_conversation(row) if row else None

    def authenticate(self, conversation: str, token: str) -> Conversation | None:
        """The conversation if the token is its own, else None."""
        row = self._one(conversations.c.id == conversation)
        kept = row.token_sha256 if row else "0" * 64
        return to_conversation(row) if hmac.compare_digest(kept, hashed(token)) and row else None

    def by_token(self, token: str) -> Conversation | None:
        """The conversation that a token belongs to (the cookie of a browser)."""
        row = self._one(conversations.c.token_sha256 == hashed(token))
        return to_conversation(row) if row else None

    def record_message(
        self, conversation: str, *, client_id: str, body: Mapping[str, Any], private: bool = False
    ) -> Recorded:
        """Store what the parent wrote; a repeated client id gives the first one back, whatever the body.

        While a case waits or a human has it, the message belongs to that case. ``private`` messages (typed in a
        step of consent) are never shown to a coordinator. Raises ConversationGone.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            lock_conversation(
                connection, conversation, updated_at=now, expires_at=self._durations.conversation_end(now)
            )
            known = message_of_client(connection, conversation, client_id)
            if known:
                return Recorded(known, repeated=True)
            live = connection.execute(
                sa.select(cases.c.id).where(cases.c.conversation_id == conversation, cases.c.state.in_(_LIVE))
            ).scalar_one_or_none()
            if live is not None:  # a case that was put off comes back when she writes
                connection.execute(sa.update(cases).where(cases.c.id == live).values(parent_at=now, snoozed_until=None))
            stored = insert_message(
                connection,
                conversation,
                at=now,
                author="parent",
                body=body,
                client_id=client_id,
                case=live,
                private=private,
            )
        return Recorded(stored, repeated=False)

    def record_replies(
        self,
        conversation: str,
        bodies: Iterable[Mapping[str, Any]],
        *,
        reply_to: str | None = None,
        author: Literal["bot", "system"] = "bot",
        changes: ConversationChanges | None = None,
        reopen: bool = False,
    ) -> tuple[StoredMessage, ...]:
        """Store the answer to a client id once, with what it changes: one that exists is returned, and nothing changes.

        ``reopen``: she writes again after the end of a case, and the bot has the conversation. Raises ConversationGone.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            found = lock_conversation(connection, conversation)
            if reply_to is not None:
                known = self._replies(connection, conversation, reply_to)
                if known:
                    return known
            change_conversation(connection, found, changes or ConversationChanges())
            if reopen and found.state == "closed":
                lock_conversation(connection, conversation, state="bot")
            return tuple(
                insert_message(connection, conversation, at=now, author=author, body=body, reply_to=reply_to)
                for body in bodies
            )

    @staticmethod
    def _replies(connection: Connection, conversation: str, client_id: str) -> tuple[StoredMessage, ...]:
        m = messages.c
        query = sa.select(messages).where(m.conversation_id == conversation, m.reply_to == client_id).order_by(m.seq)
        return tuple(to_message(row) for row in connection.execute(query))

    def replies_to(self, conversation: str, client_id: str) -> tuple[StoredMessage, ...]:
        """The stored answer to a client id; empty when it has none yet."""
        with reading(self._engine) as connection:
            return self._replies(connection, conversation, client_id)

    def message(self, conversation: str, message: str) -> StoredMessage | None:
        """One message of the conversation by its public id."""
        query = sa.select(messages).where(messages.c.conversation_id == conversation, messages.c.id == message)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return to_message(row) if row else None

    def after(self, conversation: str, cursor: int = 0, limit: int = 200) -> tuple[StoredMessage, ...]:
        """Messages with ``seq`` above the cursor, oldest first."""
        m = messages.c
        query = (
            sa.select(messages).where(m.conversation_id == conversation, m.seq > cursor).order_by(m.seq).limit(limit)
        )
        with reading(self._engine) as connection:
            return tuple(to_message(row) for row in connection.execute(query))

    def update(self, conversation: str, **changes: Unpack[ConversationChanges]) -> Conversation:
        """Change what the parent chose or what the last turn left behind. Raises ConversationGone."""
        with writing(self._engine) as connection:
            return change_conversation(connection, lock_conversation(connection, conversation), changes)

    def feedback(self, conversation: str, *, message: str, useful: bool, reason: str | None = None) -> None:
        """Store whether a message was useful; the last word counts. Raises ConversationGone, UnknownMessage."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            m = messages.c
            row = connection.execute(
                sa.select(messages).where(m.conversation_id == conversation, m.id == message, m.author == "bot")
            ).one_or_none()
            if row is None:
                raise UnknownMessage
            f = feedback.c
            connection.execute(sa.delete(feedback).where(f.conversation_id == conversation, f.message_id == message))
            connection.execute(
                sa.insert(feedback).values(
                    id=new_id(),
                    conversation_id=conversation,
                    message_id=message,
                    topic=row.body.get("topic"),
                    useful=useful,
                    reason=reason,
                    at=self._clock(),
                )
            )


def change_conversation(connection: Connection, found: Conversation, changes: ConversationChanges) -> Conversation:
    """Change a locked conversation in the transaction that is open, so that it happens with the rest or not at all."""
    values: dict[str, Any] = dict(changes)
    if "asked" in changes:
        values["asked"] = list(dict.fromkeys([*found.asked, *changes["asked"]]))
    language = changes.get("language")
    if language is not None and language not in found.languages:
        values["languages"] = [*found.languages, language]
    return lock_conversation(connection, found.id, **values) if values else found
