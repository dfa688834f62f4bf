"""What the parent's side and the coordinators' side of a case have in common: reading and moving its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from bot.handoff.conversations import insert_message, lock_conversation, to_conversation
from bot.handoff.desk_words import forget_drafts
from bot.handoff.records import (
    Case,
    CaseGone,
    Clock,
    Conversation,
    ConversationGone,
    ConversationState,
    Receipt,
    SharedData,
    utc_now,
)
from bot.handoff.tables import cases, consent_records, conversations, shared
from bot.privacy.durations import Durations

OPEN = ("offered", "consenting", "queued", "claimed", "returned")
WAITING = ("queued", "returned")
LIVE = ("queued", "claimed", "returned")
FURTHER = "further"
"""The purpose of a consent that was asked for inside a case; the case's own consent has ``handoff``."""
SCHEMA_VERSION = "brobygger-27560-1"
"""Version of our consent record; its fields follow the structure of ISO/IEC TS 27560."""
Say = Callable[[Case, Conversation], Mapping[str, Any]]
"""Makes the message that tells the parent of a change of her case; called inside the transaction of the change."""


def to_case(row: Row) -> Case:
    """Read a row of the table."""
    return Case(
        id=row.id,
        conversation=row.conversation_id,
        state=row.state,
        reason=row.reason,
        urgency=row.urgency,
        topic=row.topic,
        language=row.language,
        municipality=row.municipality,
        share=row.share,
        reach=row.reach,
        talk_language=row.talk_language,
        interpreter=row.interpreter,
        account=row.account_id,
        opened_at=row.opened_at,
        queued_at=row.queued_at,
        claimed_at=row.claimed_at,
        replied_at=row.replied_at,
        deadline_at=row.deadline_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        team=row.team_id,
        parent_at=row.parent_at,
        snoozed_until=row.snoozed_until,
    )


def to_receipt(row: Row, notice: str | None) -> Receipt:
    """Read a consent record; ``notice`` is the text while it is kept."""
    recipients = [str(recipient["kind"]) for recipient in row.recipients]
    return Receipt(
        id=row.id,
        case=row.case_id,
        schema_version=row.schema_version,
        notice_version=row.notice_version,
        notice_language=row.notice_language,
        notice_sha256=row.notice_sha256,
        data=tuple(row.data),
        purpose=row.purpose,
        recipients=tuple(recipients),
        municipality=row.recipients[0]["municipality"],
        retention_days=row.retention_days,
        given_at=row.given_at,
        state=row.state,
        withdrawn_at=row.withdrawn_at,
        notice=notice,
    )


def covered(rows: Iterable[Row]) -> tuple[str, ...]:
    """The categories of data that a case's consent records, oldest first, let its coordinator see now.

    Everything rests on the case's own consent: without it in force nothing is covered, whatever was agreed to later. A
    further consent adds its data while it is in force; one that was taken back takes nothing else with it.
    """
    known = list(rows)
    own = [row for row in known if row.purpose != FURTHER]
    if not own or own[-1].state != "given":
        return ()
    later = (code for row in known if row.purpose == FURTHER and row.state == "given" for code in row.data)
    return (*own[-1].data, *later)


class CaseBook:
    """Reads and moves cases inside a transaction; locks the conversation first, always in that order."""

    def __init__(
        self,
        engine: Engine,
        *,
        durations: Durations,
        clock: Clock = utc_now,
    ) -> None:
        self._engine = engine
        self._durations = durations
        self._clock = clock

    @staticmethod
    def _read(connection: Connection, case: str) -> Case:
        row = connection.execute(sa.select(cases).where(cases.c.id == case)).one_or_none()
        if row is None:
            raise CaseGone
        return to_case(row)

    @staticmethod
    def _open_of(connection: Connection, conversation: str, states: Iterable[str] = OPEN) -> Case | None:
        c = cases.c
        row = connection.execute(
            sa.select(cases).where(c.conversation_id == conversation, c.state.in_(tuple(states)))
        ).one_or_none()
        return to_case(row) if row else None

    def _lock(self, connection: Connection, case: str) -> tuple[Case, Conversation]:
        """Lock the case by its conversation; raises CaseGone when either is gone."""
        found = self._read(connection, case)
        if found.conversation is None:
            raise CaseGone
        try:
            conversation = lock_conversation(connection, found.conversation)
        except ConversationGone:
            raise CaseGone from None
        return self._read(connection, case), conversation

    def _move(
        self,
        connection: Connection,
        case: Case,
        from_states: tuple[str, ...],
        *,
        conversation: ConversationState | None = None,
        **values: Any,
    ) -> Case | None:
        """Change a case if it is still in one of ``from_states``: one UPDATE decides. None: somebody was faster."""
        if "state" in values or "account_id" in values:
            values.setdefault("snoozed_until", None)  # who put it off has it no more, or it has ended
        if values.get("state") in WAITING:
            values.setdefault("waiting_at", self._clock())
        won = connection.execute(
            sa.update(cases).where(cases.c.id == case.id, cases.c.state.in_(from_states)).values(**values)
        ).rowcount
        if not won:
            return None
        if "state" in values:  # whoever had it has it no more, or only now
            forget_drafts(connection, case.id)
        if conversation is not None and case.conversation is not None:
            connection.execute(
                sa.update(conversations)
                .where(conversations.c.id == case.conversation)
                .values(state=conversation, updated_at=self._clock())
            )
        return self._read(connection, case.id)

    def _tell(self, connection: Connection, case: Case, say: Say | None, *, reply_to: str | None = None) -> None:
        """Tell the parent of a change in the transaction that makes it: it is never made untold, nor told in vain."""
        if say is None or case.conversation is None:
            return
        found = connection.execute(sa.select(conversations).where(conversations.c.id == case.conversation)).one()
        body = say(case, to_conversation(found))
        insert_message(connection, case.conversation, at=self._clock(), author="system", body=body, reply_to=reply_to)

    @staticmethod
    def _shared(connection: Connection, case: str) -> SharedData:
        row = connection.execute(sa.select(shared).where(shared.c.case_id == case)).one_or_none()
        return SharedData(row.summary, row.contact, row.name, row.notice) if row else SharedData()

    @staticmethod
    def _receipts_of(connection: Connection, case: str) -> tuple[Row, ...]:
        r = consent_records.c
        return tuple(connection.execute(sa.select(consent_records).where(r.case_id == case).order_by(r.given_at)))

    def _ended(self, now: datetime) -> dict[str, Any]:
        """What every end of a case sets."""
        return {"closed_at": now, "deadline_at": None, "expires_at": self._durations.case_end(now), "step": None}
