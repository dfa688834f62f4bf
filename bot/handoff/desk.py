"""The coordinators' side of a case: queue, claim, what they may see, reply, note, hand back, close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.book import FURTHER, WAITING, Say, covered, to_case, to_receipt
from bot.handoff.conversations import insert_message, message_of_client, to_message
from bot.handoff.desk_words import forget_drafts
from bot.handoff.engine import reading, writing
from bot.handoff.forgetting import forget_words
from bot.handoff.further import read_asks
from bot.handoff.ids import hashed, new_id
from bot.handoff.noting import insert_note
from bot.handoff.records import Case, CaseGone, CaseView, Note, Recorded, SharedData, StoredMessage
from bot.handoff.safety import read_safety
from bot.handoff.scope import require_sight, visible_to
from bot.handoff.tables import OUTCOMES, accounts, cases, conversations, messages, notes, shared
from bot.handoff.times import CaseTimes

STALE_AFTER = timedelta(days=7)
"""An offer, or a consent that was begun, is forgotten after this."""
DESK_PREFIX = "desk:"
"""Before a coordinator's client ids, so that they never meet the parent's."""


class CoordinatorSide(CaseTimes):
    """What coordinators do. ``account`` is an account's id; methods raise CaseGone when the case is not theirs.

    ``say`` makes the message that tells the parent of a change; the two are stored together or not at all.
    """

    def mine(self, account: str) -> tuple[Case, ...]:
        """The cases this account has now, oldest first."""
        c = cases.c
        query = sa.select(cases).where(c.state == "claimed", c.account_id == account, visible_to(account))
        query = query.order_by(c.claimed_at)
        with reading(self._engine) as connection:
            return tuple(to_case(row) for row in connection.execute(query))

    def claim(self, case: str, account: str, say: Say | None = None) -> Case | None:
        """Take a waiting case. None when somebody else has it or it does not wait: exactly one claim wins."""
        now = self._clock()
        with writing(self._engine) as connection:
            self._require_handler(connection, account)
            found, _ = self._lock(connection, case)
            require_sight(connection, account, case)
            won = self._move(
                connection,
                found,
                WAITING,
                conversation="human",
                state="claimed",
                account_id=account,
                claimed_at=now,
                replied_at=None,
                deadline_at=self._reply_by(connection, found, now),
            )
            if won:
                self._call_off(connection, case, now)
                audit.append(connection, now, audit.by_account(account), "case.claimed", case=case)
                self._tell(connection, won, say)
            return won

    @staticmethod
    def _require_handler(connection: Connection, account: str) -> None:
        a = accounts.c
        allowed = a.role.in_(("coordinator", "lead"))
        if connection.execute(sa.select(a.id).where(a.id == account, a.disabled_at.is_(None), allowed)).first() is None:
            raise CaseGone

    def _own(self, connection: Connection, case: str, account: str) -> Case:
        self._require_handler(connection, account)
        found, _ = self._lock(connection, case)
        require_sight(connection, account, case)
        if found.state != "claimed" or found.account != account:
            raise CaseGone
        return found

    def release(self, case: str, account: str, say: Say | None = None) -> Case:
        """Hand a case back to the queue, where it keeps its place."""
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            returned = self._returned(connection, found)
            audit.append(connection, now, audit.by_account(account), "case.returned", case=case)
            self._announce(connection, now, "returned", returned)
            self._tell(connection, returned, say)
            return returned

    def _returned(self, connection: Connection, case: Case) -> Case:
        moved = self._move(
            connection,
            case,
            ("claimed",),
            conversation="waiting",
            state="returned",
            account_id=None,
            claimed_at=None,
            replied_at=None,
            deadline_at=None,
        )
        if moved is None:
            raise CaseGone
        self._wait_again(connection, case, self._clock())
        return moved

    def view(self, case: str, account: str) -> CaseView:
        """What this account may see: the status of every case, content only of its own, as far as the consent goes.

        Reading content is a line in the audit log. A case that was never passed on is nobody's to see: CaseGone.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            self._require_handler(connection, account)
            found = self._read(connection, case)
            if found.queued_at is None:
                raise CaseGone
            require_sight(connection, account, case)
            rows = self._receipts_of(connection, case)
            first = [row for row in rows if row.purpose != FURTHER]
            receipt = to_receipt(first[-1], None) if first else None
            own = found.account == account and found.state in ("claimed", "closed")
            if not own or receipt is None or receipt.state != "given":
                return CaseView(found, False, receipt, SharedData(), (), ())
            audit.append(connection, now, audit.by_account(account), "case.read", case=case)
            kept = connection.execute(sa.select(shared).where(shared.c.case_id == case)).one_or_none()
            words = SharedData(
                summary=kept.summary if kept and "summary" in receipt.data else None,
                contact=kept.contact if kept and {"phone", "email"} & set(receipt.data) else None,
                name=kept.name if kept and {"name", "code_word"} & set(receipt.data) else None,
            )
            written = tuple(
                Note(row.id, row.account_id, row.at, row.text)
                for row in connection.execute(sa.select(notes).where(notes.c.case_id == case).order_by(notes.c.at))
            )
            used = connection.scalar(
                sa.select(conversations.c.languages).where(conversations.c.id == found.conversation)
            )
            visible = self._visible(connection, found, covered(rows))
            safety, asks = read_safety(connection, case), read_asks(connection, case)
            return CaseView(found, True, receipt, words, visible, written, tuple(used or ()), safety, asks)

    @staticmethod
    def _visible(connection: Connection, case: Case, data: tuple[str, ...]) -> tuple[StoredMessage, ...]:
        m = messages.c
        covered = m.case_id == case.id
        if "conversation" in data:
            until = sa.select(cases.c.shared_until).where(cases.c.id == case.id).scalar_subquery()
            covered = sa.or_(covered, m.seq <= until)
        query = (
            sa.select(messages)
            .where(m.conversation_id == case.conversation, m.private.is_(False), covered)
            .order_by(m.seq)
        )
        found = (to_message(row) for row in connection.execute(query))
        return tuple(message for message in found if message.body.get("kind") != "consent")

    def reply(self, case: str, account: str, *, client_id: str, body: Mapping[str, Any]) -> Recorded:
        """Write to the parent. Stored before it is acknowledged; the same client id again is stored once."""
        now = self._clock()
        with writing(self._engine) as connection:
            conversation = self._lock(connection, case)[1].id
            known = message_of_client(connection, conversation, DESK_PREFIX + client_id)
            if known:
                return Recorded(known, repeated=True)
            found = self._own(connection, case, account)
            stored = insert_message(
                connection,
                conversation,
                at=now,
                author="coordinator",
                body=body,
                client_id=DESK_PREFIX + client_id,
                case=case,
            )
            self._move(connection, found, ("claimed",), replied_at=now, deadline_at=None)
            forget_drafts(connection, case, account)
            self._answered(connection, case)
            if found.replied_at is None:
                audit.append(connection, now, audit.by_account(account), "case.first_reply", case=case)
            return Recorded(stored, repeated=False)

    def note(self, case: str, account: str, text: str, client_id: str | None = None) -> Note:
        """Keep a note for whoever has the case; the parent does not see it in the chat.

        The same ``client_id`` again is stored once.
        """
        ident = hashed(f"{case} {account} {client_id}")[:32] if client_id else new_id()
        made = Note(ident, account, self._clock(), text)
        with writing(self._engine) as connection:
            self._own(connection, case, account)
            if connection.execute(sa.select(notes.c.id).where(notes.c.id == ident)).first() is None:
                insert_note(connection, case, made)
        return made

    def close(self, case: str, account: str, outcome: str, say: Say | None = None) -> Case:
        """End a case with one of OUTCOMES; raises ValueError for another."""
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome is one of {', '.join(OUTCOMES)}")
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._own(connection, case, account)
            closed = self._move(
                connection,
                found,
                ("claimed",),
                conversation="closed",
                state="closed",
                outcome=outcome,
                **self._ended(now),
            )
            if closed is None:
                raise CaseGone
            self._answered(connection, case)
            audit.append(connection, now, audit.by_account(account), "case.closed", case=case, detail=outcome)
            self._tell(connection, closed, say)
            return closed

    def expire_overdue(self, say: Say | None = None) -> tuple[Case, ...]:
        """Return claimed cases without a reply in time to the queue, with an alert; forget offers nobody answered."""
        now = self._clock()
        with reading(self._engine) as connection:
            due = self._late(connection, now)
        returned = []
        for ident in due:
            with writing(self._engine) as connection:
                try:
                    found, _ = self._lock(connection, ident)
                except CaseGone:
                    continue
                if not self._late(connection, now, ident):
                    continue  # answered in the meantime
                case = self._returned(connection, found)
                audit.append(connection, now, audit.SYSTEM, "case.overdue", case=ident)
                self._announce(connection, now, "overdue", case)
                self._tell(connection, case, say)
                returned.append(case)
        self._forget_offers()
        return tuple(returned)

    def _forget_offers(self) -> None:
        now = self._clock()
        c = cases.c
        old = sa.and_(c.state.in_(("offered", "consenting")), c.opened_at <= now - STALE_AFTER)
        with reading(self._engine) as connection:
            due = [row.id for row in connection.execute(sa.select(c.id).where(old))]
        for ident in due:
            with writing(self._engine) as connection:
                try:
                    found, _ = self._lock(connection, ident)
                except CaseGone:
                    continue
                if found.state in ("offered", "consenting"):
                    forget_words(connection, ident)
                self._move(connection, found, ("offered", "consenting"), state="expired", **self._ended(now))
