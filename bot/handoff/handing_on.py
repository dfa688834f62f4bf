"""Handing a case on: to a named colleague, to a team's queue, or to the queue of everybody; always with a note."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.book import Say
from bot.handoff.desk import CoordinatorSide
from bot.handoff.desk_words import forget_drafts
from bot.handoff.engine import writing
from bot.handoff.ids import new_id
from bot.handoff.noting import insert_note, mention
from bot.handoff.records import Case, CaseGone, Note, RecordError
from bot.handoff.scope import require_sight
from bot.handoff.tables import accounts
from bot.handoff.tables_desk import teams


class NoReceiver(RecordError):  # noqa: N818
    """Nobody who can have cases has that id: unknown, disabled, another role, not allowed
    to see the case, a closed team, or the giver herself.
    """


class HandingOn(CoordinatorSide):
    """Whoever has a case gives it away. Raises CaseGone when it is not hers, ValueError without a note."""

    def hand_to(self, case: str, account: str, *, receiver: str, note: str, say: Say | None = None) -> Case:
        """Give a case to a colleague, who has it from now on (decision 0018). Raises NoReceiver.

        The time for the first answer begins anew; the note stands among her mentions.
        """
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if receiver == account:
                raise NoReceiver
            return self._hand_over(connection, found, by=account, receiver=receiver, note=note, say=say)

    def _hand_over(
        self, connection: Connection, found: Case, *, by: str, receiver: str, note: str, say: Say | None
    ) -> Case:
        """Let ``receiver`` have a case that somebody has and ``by`` may give; in the caller's transaction."""
        now, case = self._clock(), found.id
        try:
            self._require_handler(connection, receiver)
            require_sight(connection, receiver, case)
        except CaseGone:
            raise NoReceiver from None
        # The same row decides about an account that is being disabled at this moment.
        active = sa.update(accounts).where(accounts.c.id == receiver, accounts.c.disabled_at.is_(None))
        if receiver == found.account or not connection.execute(active.values(role=accounts.c.role)).rowcount:
            raise NoReceiver
        written = self._hand_over_note(by, note)
        insert_note(connection, case, written)
        mention(connection, written, receiver)
        forget_drafts(connection, case)
        moved = self._move(
            connection,
            found,
            ("claimed",),
            account_id=receiver,
            claimed_at=now,
            replied_at=None,
            deadline_at=self._reply_by(connection, found, now),
        )
        if moved is None:
            raise CaseGone
        audit.append(connection, now, audit.by_account(by), "case.handed_on", case=case, detail=f"account:{receiver}")
        self._tell(connection, moved, say)
        return moved

    def hand_to_queue(self, case: str, account: str, *, team: str | None, note: str) -> Case:
        """Give a case to a team's queue, or to everybody's (None), where it keeps its place. Raises NoReceiver."""
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            if team is not None:
                opened = sa.select(teams.c.id).where(teams.c.id == team, teams.c.closed_at.is_(None))
                if connection.execute(opened.with_for_update()).first() is None:
                    raise NoReceiver
            insert_note(connection, case, self._hand_over_note(account, note))
            if self._move(connection, found, ("claimed",), team_id=team) is None:
                raise CaseGone
            returned = self._returned(connection, found)
            audit.append(
                connection, now, audit.by_account(account), "case.handed_on", case=case, detail=f"team:{team or 'all'}"
            )
            self._announce(connection, now, "returned", returned)
            return returned

    def _hand_over_note(self, account: str, text: str) -> Note:
        if not text.strip():
            raise ValueError("handing a case on needs a note")
        return Note(new_id(), account, self._clock(), text)
