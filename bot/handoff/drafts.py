"""Drafts of replies: kept for the coordinator who has the case, gone when it is sent or leaves her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.handoff.conversations import message_of_client
from bot.handoff.desk import DESK_PREFIX, CoordinatorSide
from bot.handoff.desk_words import forget_drafts
from bot.handoff.engine import reading, writing
from bot.handoff.tables import cases
from bot.handoff.tables_desk import drafts


@dataclass(frozen=True)
class ReplyDraft:
    """A reply that is not sent yet, and the language it was said to be in."""

    text: str
    language: str
    at: datetime


class Drafts(CoordinatorSide):
    """One draft for each account and case."""

    def keep_draft(self, case: str, account: str, *, client_id: str, text: str, language: str) -> ReplyDraft | None:
        """Keep a draft instead of the one before; an empty text removes it. Raises CaseGone.

        None when there is none now: also when ``client_id`` was sent meanwhile, for a late autosave must not bring a
        sent reply back into the box.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            forget_drafts(connection, case, account)
            sent = found.conversation and message_of_client(connection, found.conversation, DESK_PREFIX + client_id)
            if not text or sent:
                return None
            connection.execute(
                sa.insert(drafts).values(case_id=case, account_id=account, language=language, text=text, at=now)
            )
            return ReplyDraft(text, language, now)

    def draft_of(self, case: str, account: str) -> ReplyDraft | None:
        """The draft of an account in a case that it has now."""
        d, c = drafts.c, cases.c
        query = (
            sa.select(drafts)
            .join(cases, c.id == d.case_id)
            .where(d.case_id == case, d.account_id == account, c.state == "claimed", c.account_id == account)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return ReplyDraft(row.text, row.language, row.at) if row else None
