"""Learning from use: messages that the bot did not understand or answer well, read by a lead and made into training
sentences.

Nothing is copied when a message is not understood: the record keeps a pointer to it, and the masked message itself goes
with its conversation, when the parent deletes it or its time is over. Only a sentence that a person has read, rid of
what could point to somebody, and labelled is kept apart, without any tie to the conversation, until it is exported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.records import Clock, utc_now
from bot.handoff.scope import is_own_place
from bot.handoff.tables import conversations, learned_sentences, messages, unclear_messages

Kind = Literal["not_understood", "none_of_these", "not_useful"]
"""Why a message is listed: the bot said so, none of its choices was meant, or its answer was not useful."""
KINDS: tuple[Kind, ...] = ("not_understood", "none_of_these", "not_useful")
MOST_SHOWN = 50
"""Messages that are listed at once."""


@dataclass(frozen=True)
class Unclear:
    """A message to learn from. ``guess`` is the topic it came nearest to, or whose answer was not useful."""

    message: str
    language: str
    guess: str | None
    text: str
    direction: str
    at: datetime
    kind: Kind = "not_understood"


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
        with writing(self._engine) as connection:
            self._point(connection, conversation, client_id, "not_understood", language, guess)

    def mark_refused(self, conversation: str, before: int) -> None:
        """Remember the words under whose choices "none of these" was pressed: the choices that the bot gave last.

        ``before`` is the cursor of the press. Anything but choices between topics is left alone.
        """
        m = messages.c
        query = sa.select(m.body, m.reply_to).where(
            m.conversation_id == conversation, m.author == "bot", m.seq < before
        )
        with writing(self._engine) as connection:
            shown = connection.execute(query.order_by(m.seq.desc()).limit(1)).first()
            if shown is None or shown.body.get("kind") != "clarify" or shown.reply_to is None:
                return
            payloads = [str(choice["payload"]) for choice in shown.body.get("choices", ())]
            topics = [payload.removeprefix("topic:") for payload in payloads if payload.startswith("topic:")]
            if topics and "no" in payloads:
                self._point(
                    connection, conversation, shown.reply_to, "none_of_these", shown.body["language"], topics[0]
                )

    def mark_vote(self, conversation: str, message: str, *, useful: bool) -> None:
        """Remember the typed words whose answer was not useful; forget them when she changes her mind."""
        m, u = messages.c, unclear_messages.c
        query = sa.select(m.body, m.reply_to).where(
            m.conversation_id == conversation, m.id == message, m.author == "bot"
        )
        with writing(self._engine) as connection:
            answer = connection.execute(query).first()
            if answer is None or answer.reply_to is None or answer.body.get("kind") != "answer":
                return
            if not useful:
                topic, language = answer.body.get("topic"), answer.body["language"]
                self._point(connection, conversation, answer.reply_to, "not_useful", language, topic)
                return
            said = sa.select(m.id).where(m.conversation_id == conversation, m.client_id == answer.reply_to)
            connection.execute(
                sa.delete(unclear_messages).where(u.message_id.in_(said.scalar_subquery()), u.kind == "not_useful")
            )

    def _point(
        self,
        connection: Connection,
        conversation: str,
        client_id: str,
        kind: Kind,
        language: str,
        guess: str | None,
    ) -> None:
        """Point at typed words, once; never at a pressed button, a step of consent or words that went to a case."""
        m, u = messages.c, unclear_messages.c
        found = connection.execute(
            sa.select(m.id, m.body).where(
                m.conversation_id == conversation,
                m.client_id == client_id,
                m.author == "parent",
                m.private.is_(False),
                m.case_id.is_(None),
            )
        ).first()
        if found is None or "choice" in found.body:
            return
        if connection.execute(sa.select(u.message_id).where(u.message_id == found.id)).first():
            return
        connection.execute(
            sa.insert(unclear_messages).values(
                message_id=found.id,
                conversation_id=conversation,
                language=language,
                guess=guess,
                at=self._clock(),
                kind=kind,
            )
        )

    def counts(self, reader: str | None = None) -> dict[tuple[str, Kind], int]:
        """How many messages wait to be read, by language and kind; none of a deleted conversation.

        ``reader`` is the account that looks, here and below: it finds messages of its municipalities, and of families
        who have chosen none. None (the product itself) finds all.
        """
        u, c = unclear_messages.c, conversations.c
        query = (
            sa.select(u.language, u.kind, sa.func.count())
            .join(conversations, c.id == u.conversation_id)
            .where(c.deleted_at.is_(None), *_seen_by(reader))
            .group_by(u.language, u.kind)
            .order_by(u.language, u.kind)
        )
        with reading(self._engine) as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

    def waiting(
        self,
        language: str | None = None,
        kind: Kind | None = None,
        *,
        skip: int = 0,
        limit: int = MOST_SHOWN,
        reader: str | None = None,
    ) -> tuple[Unclear, ...]:
        """Messages to read, by language and nearest topic, oldest first; none of a deleted conversation."""
        u, m, c = unclear_messages.c, messages.c, conversations.c
        query = (
            sa.select(u.message_id, u.language, u.guess, u.at, u.kind, m.body)
            .join(messages, m.id == u.message_id)
            .join(conversations, c.id == u.conversation_id)
            .where(c.deleted_at.is_(None), *_seen_by(reader))
            .order_by(u.language, sa.func.coalesce(u.guess, ""), u.at, u.message_id)
            .offset(skip)
            .limit(limit)
        )
        if language is not None:
            query = query.where(u.language == language)
        if kind is not None:
            query = query.where(u.kind == kind)
        with reading(self._engine) as connection:
            return tuple(
                Unclear(
                    row.message_id, row.language, row.guess, row.body["text"], row.body["direction"], row.at, row.kind
                )
                for row in connection.execute(query)
            )

    def keep(self, message: str, *, text: str, label: str, account: str) -> bool:
        """Make a training sentence of what a person made of the message; False when the message is gone, or not one
        that ``account`` may see.
        """
        now, u = self._clock(), unclear_messages.c
        with writing(self._engine) as connection:
            found = connection.execute(sa.select(u.language).where(u.message_id == message, _is_seen(account))).first()
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
        """Take a message off the list without learning from it; False when it is gone, or not ``account``'s to see."""
        now, u = self._clock(), unclear_messages.c
        with writing(self._engine) as connection:
            gone = connection.execute(
                sa.delete(unclear_messages).where(u.message_id == message, _is_seen(account))
            ).rowcount
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


def _seen_by(reader: str | None) -> tuple[sa.sql.ColumnElement[sa.Boolean], ...]:
    return () if reader is None else (is_own_place(conversations.c.municipality, reader),)


def _is_seen(account: str) -> sa.sql.ColumnElement[sa.Boolean]:
    """As ``_seen_by``, where the conversation is not joined."""
    c = conversations.c
    theirs = sa.select(c.id).where(c.id == unclear_messages.c.conversation_id, c.deleted_at.is_(None))
    return theirs.where(*_seen_by(account)).correlate(unclear_messages).exists()
