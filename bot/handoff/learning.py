"""Learning from use: messages that were not understood, read by a lead and made into training sentences.

Nothing is copied when a message is not understood: the record keeps a pointer to it, and the masked message itself goes
with its conversation, when the parent deletes it or its time is over. Only a sentence that a person has read, rid of
what could point to somebody, and labelled is kept apart, without any tie to the conversation, until it is exported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.records import Clock, utc_now
from bot.handoff.tables import conversations, learned_sentences, messages, unclear_messages

MOST_SHOWN = 200
"""Messages that are listed at once."""


@dataclass(frozen=True)
class Unclear:
    """A message that was not understood. ``guess`` is the topic it came nearest to."""

    message: str
    language: str
    guess: str | None
    text: str
    direction: str
    at: datetime


@dataclass(frozen=True)
class Learned:
    """A sentence that a person has read and labelled, waiting to be exported."""

    id: str
    language: str
    label: str
    text: str


class Learning:
    """The store of both. Synchronous."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def mark(self, conversation: str, *, client_id: str, language: str, guess: str | None) -> None:
        """Remember that a message was not understood; a private one, or one that went to a case, never is."""
        m, u = messages.c, unclear_messages.c
        with writing(self._engine) as connection:
            found = connection.execute(
                sa.select(m.id).where(
                    m.conversation_id == conversation,
                    m.client_id == client_id,
                    m.author == "parent",
                    m.private.is_(False),
                    m.case_id.is_(None),
                )
            ).first()
            if found is None or connection.execute(sa.select(u.message_id).where(u.message_id == found.id)).first():
                return
            connection.execute(
                sa.insert(unclear_messages).values(
                    message_id=found.id,
                    conversation_id=conversation,
                    language=language,
                    guess=guess,
                    at=self._clock(),
                )
            )

    def counts(self) -> dict[str, int]:
        """How many messages wait to be read, by language."""
        u = unclear_messages.c
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(u.language, sa.func.count()).group_by(u.language).order_by(u.language))
            return {row[0]: row[1] for row in rows}

    def waiting(self, language: str | None = None) -> tuple[Unclear, ...]:
        """Messages to read, by language and nearest topic, oldest first; none of a deleted conversation."""
        u, m, c = unclear_messages.c, messages.c, conversations.c
        query = (
            sa.select(u.message_id, u.language, u.guess, u.at, m.body)
            .join(messages, m.id == u.message_id)
            .join(conversations, c.id == u.conversation_id)
            .where(c.deleted_at.is_(None))
            .order_by(u.language, u.guess, u.at)
            .limit(MOST_SHOWN)
        )
        if language is not None:
            query = query.where(u.language == language)
        with reading(self._engine) as connection:
            return tuple(
                Unclear(row.message_id, row.language, row.guess, row.body["text"], row.body["direction"], row.at)
                for row in connection.execute(query)
            )

    def keep(self, message: str, *, text: str, label: str, account: str) -> bool:
        """Make a training sentence of what a person made of the message; False when the message is gone."""
        now, u = self._clock(), unclear_messages.c
        with writing(self._engine) as connection:
            found = connection.execute(sa.select(u.language).where(u.message_id == message)).first()
            if found is None:
                return False
            connection.execute(
                sa.insert(learned_sentences).values(
                    id=new_id(), language=found.language, label=label, text=text, account_id=account, at=now
                )
            )
            connection.execute(sa.delete(unclear_messages).where(u.message_id == message))
            audit.append(connection, now, audit.by_account(account), "sentence.kept", detail=found.language)
            return True

    def drop(self, message: str, account: str) -> bool:
        """Take a message off the list without learning from it; False when it is gone."""
        now, u = self._clock(), unclear_messages.c
        with writing(self._engine) as connection:
            gone = connection.execute(sa.delete(unclear_messages).where(u.message_id == message)).rowcount
            if gone:
                audit.append(connection, now, audit.by_account(account), "sentence.dropped")
            return bool(gone)

    def learned(self, language: str | None = None) -> tuple[Learned, ...]:
        """Sentences to export, by language and label."""
        s = learned_sentences.c
        query = sa.select(s.id, s.language, s.label, s.text).order_by(s.language, s.label, s.at)
        if language is not None:
            query = query.where(s.language == language)
        with reading(self._engine) as connection:
            return tuple(Learned(row.id, row.language, row.label, row.text) for row in connection.execute(query))

    def forget(self, sentences: Iterable[str]) -> None:
        """Remove sentences that now stand in the training data."""
        gone = list(sentences)
        now = self._clock()
        with writing(self._engine) as connection:
            connection.execute(sa.delete(learned_sentences).where(learned_sentences.c.id.in_(gone)))
            audit.append(connection, now, audit.SYSTEM, "sentence.exported", detail=str(len(gone)))
