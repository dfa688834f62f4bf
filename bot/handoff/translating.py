"""Machine translation in a case: asked for by its coordinator, allowed by the parent, undone by her at any time.

Nothing here translates. It keeps what she said to it, and what a machine made of her messages, until she stops it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.book import LIVE, covered
from bot.handoff.conversations import insert_message, lock_conversation
from bot.handoff.desk import CoordinatorSide
from bot.handoff.engine import reading, writing
from bot.handoff.records import Case, CaseGone, RecordError, StoredMessage
from bot.handoff.tables import cases
from bot.handoff.tables_desk import translation_consents, translations

TranslationState = Literal["asked", "given", "refused", "withdrawn"]
TranslationAnswer = Literal["yes", "no", "stop"]
_BECOMES: Final[Mapping[tuple[str, str], TranslationState]] = {
    ("asked", "yes"): "given",
    ("asked", "no"): "refused",
    ("refused", "yes"): "given",
    ("withdrawn", "yes"): "given",
    ("given", "no"): "withdrawn",
    ("given", "stop"): "withdrawn",
}
"""What an answer makes of a state; anything else changes nothing."""


class NotAllowedToTranslate(RecordError):  # noqa: N818
    """The parent has not said yes to machine translation in this case, or has taken it back."""


class Translating(CoordinatorSide):
    """The permission for machine translation, and what came of it."""

    def ask_translation(self, case: str, account: str, body: Mapping[str, Any]) -> StoredMessage | None:
        """Ask the parent, in a message that belongs to the case; None when she is asked or has said yes already.

        The question is not an answer: the time in which the coordinator has to reply goes on. Raises CaseGone.
        """
        now = self._clock()
        t = translation_consents.c
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if found.conversation is None:
                raise CaseGone
            state = self._translation_state(connection, case)
            if state in ("asked", "given"):
                return None
            values = {
                "state": "asked",
                "language": body["language"],
                "text_sha256": hashlib.sha256(str(body["text"]).encode()).hexdigest(),
                "asked_at": now,
                "answered_at": None,
            }
            if state is None:
                connection.execute(sa.insert(translation_consents).values(case_id=case, **values))
            else:
                connection.execute(sa.update(translation_consents).where(t.case_id == case).values(**values))
            audit.append(connection, now, audit.by_account(account), "translation.asked", case=case)
            return insert_message(connection, found.conversation, at=now, author="system", body=body, case=case)

    def answer_translation(
        self, conversation: str, case: str, answer: TranslationAnswer
    ) -> tuple[TranslationState, Case] | None:
        """Her answer; returns the state that holds now. None when the question is not hers, or nobody could use a yes.

        Stopping removes what the machine made of her messages. Raises ConversationGone.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            row = connection.execute(
                sa.select(cases.c.id).where(cases.c.id == case, cases.c.conversation_id == conversation)
            ).one_or_none()
            state = self._translation_state(connection, case) if row else None
            if state is None:
                return None
            found = self._read(connection, case)
            becomes = _BECOMES.get((state, answer))
            if becomes is None:
                return state, found
            if becomes == "given" and found.state not in LIVE:
                return None
            connection.execute(
                sa.update(translation_consents)
                .where(translation_consents.c.case_id == case)
                .values(state=becomes, answered_at=now)
            )
            if becomes == "withdrawn":
                connection.execute(sa.delete(translations).where(translations.c.case_id == case))
            elif becomes == "given":
                given = sa.update(translation_consents).where(translation_consents.c.case_id == case)
                connection.execute(given.values(given_at=now))
            audit.append(connection, now, audit.PARENT, f"translation.{becomes}", case=case)
            return becomes, found

    def translation_state(self, case: str) -> TranslationState | None:
        """What the parent has said to machine translation in this case; None: nobody has asked her."""
        with reading(self._engine) as connection:
            return self._translation_state(connection, case)

    @staticmethod
    def _translation_state(connection: Connection, case: str) -> TranslationState | None:
        t = translation_consents.c
        found: TranslationState | None = connection.scalar(sa.select(t.state).where(t.case_id == case))
        return found

    def to_translate(self, case: str, account: str, message: str) -> StoredMessage:
        """A message of the parent's that may go to the machine now. Raises CaseGone, NotAllowedToTranslate."""
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if self._translation_state(connection, case) != "given":
                raise NotAllowedToTranslate
            rows = self._receipts_of(connection, case)
            data = covered(rows)
            if not data:
                raise NotAllowedToTranslate
            for one in self._visible(connection, found, data):
                if one.id == message and one.author == "parent":
                    return one
            raise CaseGone

    def keep_translation(self, case: str, account: str, message: str, *, language: str, text: str) -> None:
        """Keep what the machine made of a message, once. Raises CaseGone, NotAllowedToTranslate if that has changed."""
        now = self._clock()
        t = translations.c
        with writing(self._engine) as connection:
            self._own(connection, case, account)
            if self._translation_state(connection, case) != "given":
                raise NotAllowedToTranslate
            connection.execute(sa.delete(translations).where(t.message_id == message, t.language == language))
            connection.execute(
                sa.insert(translations).values(message_id=message, language=language, case_id=case, text=text, at=now)
            )
            audit.append(connection, now, audit.by_account(account), "translation.made", case=case)

    def translations_of(self, case: str) -> dict[str, tuple[str, str]]:
        """Language and text of the newest translation by message id; the caller shows them only to the case's owner."""
        t = translations.c
        query = sa.select(t.message_id, t.language, t.text).where(t.case_id == case).order_by(t.at)
        with reading(self._engine) as connection:
            return {row.message_id: (row.language, row.text) for row in connection.execute(query)}
