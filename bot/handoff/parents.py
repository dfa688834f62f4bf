"""The parent's side of a case: offer, consent step by step, receipts, withdrawal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.handoff import audit, consent, outbox
from bot.handoff.book import FURTHER, LIVE, SCHEMA_VERSION, to_case, to_receipt
from bot.handoff.consent import Answer, Draft, Effect, Prompt, Step, Written
from bot.handoff.conversations import change_conversation, insert_message, lock_conversation
from bot.handoff.engine import reading, writing
from bot.handoff.forgetting import forget_words, withdraw_case
from bot.handoff.further import take_back
from bot.handoff.ids import new_case_number, new_id
from bot.handoff.records import Case, Conversation, ConversationChanges, Reason, Receipt, UnknownReceipt, Urgency
from bot.handoff.safety import keep_safety, read_safety
from bot.handoff.tables import cases, consent_records, messages, shared
from bot.handoff.tables_consent import consent_asks
from bot.handoff.times import CaseTimes
from bot.handoff.translation_receipts import TRANSLATION, translation_receipts
from bot.handoff.translation_receipts import take_back as stop_translation
from bot.handoff.urgency import higher


@dataclass(frozen=True)
class Turn:
    """What an answer did. ``prompt`` is the step that is open now; ``case`` the case it belonged to, if any."""

    effect: Effect
    prompt: Prompt | None
    case: Case | None


def withdrawal_of(receipt: Receipt) -> str:
    """What stands for the client id where a consent is taken back, so that a repeated withdrawal is told once.

    A yes to machine translation that she gives again has the same number, so its time belongs to it.
    """
    again = f":{receipt.given_at:%Y%m%d%H%M%S}" if receipt.purpose == TRANSLATION else ""
    return f"withdraw:{receipt.id}{again}"[:64]


class ParentSide(CaseTimes):
    """What happens because the parent wants it. Methods raise ConversationGone and RecordUnavailable."""

    def offer(
        self,
        conversation: str,
        *,
        reason: Reason,
        topic: str | None = None,
        urgency: Urgency = "U1",
        changes: ConversationChanges | None = None,
    ) -> Case:
        """Note that a coordinator was offered; a yes or no refers to it until ``drop_offer``.

        A case that is already open is returned as it is, unless it is only an offer: then the latest offer counts. Its
        urgency is never lowered, and danger raises it also while she chooses what to pass on.

        ``changes``: what the same turn changes in the conversation. With the offer, or a process that ends before the
        answer is stored would leave half of it.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            found = lock_conversation(connection, conversation)
            found = change_conversation(connection, found, changes or ConversationChanges())
            known = self._open_of(connection, conversation)
            if known:
                urgency = higher(known.urgency, urgency)
            if known and known.state != "offered":
                moved = self._move(connection, known, ("consenting",), urgency=urgency)
                return moved or known
            values = {"reason": reason, "topic": topic, "urgency": urgency, "opened_at": now}
            values |= {"language": found.language, "municipality": found.municipality}
            ident = known.id if known else self._free_number(connection)
            if known:
                connection.execute(sa.update(cases).where(cases.c.id == ident).values(**values))
            else:
                connection.execute(
                    sa.insert(cases).values(
                        id=ident, conversation_id=conversation, state="offered", writing=False, **values
                    )
                )
            lock_conversation(connection, conversation, pending_offer=ident)
            return self._read(connection, ident)

    @staticmethod
    def _free_number(connection: Connection) -> str:
        while True:
            ident = new_case_number()
            if connection.execute(sa.select(cases.c.id).where(cases.c.id == ident)).first() is None:
                return ident

    def pending_offer(self, conversation: str) -> Case | None:
        """The offer that a bare yes or no would answer."""
        with reading(self._engine) as connection:
            return self._open_of(connection, conversation, ("offered",))

    def drop_offer(self, conversation: str) -> None:
        """The parent talks of something else: a yes does not mean the offer any more."""
        now = self._clock()
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation, pending_offer=None)
            case = self._open_of(connection, conversation, ("offered",))
            if case:
                self._move(connection, case, ("offered",), state="expired", **self._ended(now))

    def accept(self, conversation: str, *, summary: str) -> Prompt | None:
        """Yes to the offer: consent begins with the draft of a summary. None when nothing was offered.

        When consent has begun already, its open step is given.
        """
        with writing(self._engine) as connection:
            found = lock_conversation(connection, conversation)
            case = self._open_of(connection, conversation, ("offered", "consenting"))
            if case is None:
                return None
            if case.state == "offered":
                lock_conversation(connection, conversation, pending_offer=None)
                self._move(
                    connection,
                    case,
                    ("offered",),
                    state="consenting",
                    step=Step.SHARE.value,
                    language=found.language,
                    municipality=found.municipality,
                    opened_at=self._clock(),
                )
                connection.execute(sa.insert(shared).values(case_id=case.id, summary=summary))
            return consent.prompt(case.id, self._draft(connection, case.id))

    def decline(self, conversation: str) -> Case | None:
        """No to the offer, or at any step of consent: nothing is passed on. None when nothing was open."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation, pending_offer=None)
            case = self._open_of(connection, conversation, ("offered", "consenting"))
            return self._declined(connection, case) if case else None

    def _declined(self, connection: Connection, case: Case) -> Case:
        now = self._clock()
        forget_words(connection, case.id)
        nothing: dict[str, Any] = dict.fromkeys(("share", "reach", "talk_language", "interpreter"))
        self._move(
            connection, case, ("offered", "consenting"), state="declined", writing=False, **nothing, **self._ended(now)
        )
        audit.append(connection, now, audit.PARENT, "consent.declined", case=case.id)
        return self._read(connection, case.id)

    def open_case(self, conversation: str) -> Case | None:
        """The case that is open in this conversation, from the offer on."""
        with reading(self._engine) as connection:
            return self._open_of(connection, conversation)

    def latest_case(self, conversation: str) -> Case | None:
        """The case opened last, whatever its state."""
        c = cases.c
        query = sa.select(cases).where(c.conversation_id == conversation).order_by(c.opened_at.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return to_case(row) if row else None

    def open_prompt(self, conversation: str) -> Prompt | None:
        """The step of consent that is open, to be shown again after something else was answered."""
        with reading(self._engine) as connection:
            return self._prompt(connection, conversation)

    def _prompt(self, connection: Connection, conversation: str) -> Prompt | None:
        case = self._open_of(connection, conversation, ("consenting",))
        return consent.prompt(case.id, self._draft(connection, case.id)) if case else None

    @staticmethod
    def _draft(connection: Connection, case: str) -> Draft:
        query = sa.select(cases, shared.c.summary, shared.c.contact, shared.c.name)
        row = connection.execute(query.join(shared, isouter=True).where(cases.c.id == case)).one()
        safety = read_safety(connection, case)
        return Draft(
            step=Step(row.step),
            writing=row.writing,
            share=row.share,
            summary=row.summary or "",
            reach=row.reach,
            contact=row.contact,
            language=row.talk_language,
            interpreter=row.interpreter,
            name=row.name,
            special=safety.special,
            chat_only=safety.chat_only,
            calls=safety.calls,
            times=safety.times,
            reveal=safety.reveal,
            coded=safety.coded,
        )

    def answer_step(self, conversation: str, case: str, step: str, answer: str) -> Turn:
        """A pressed button. Anything but an answer to the open step of the open case is ``stale`` and harmless."""
        with writing(self._engine) as connection:
            found = lock_conversation(connection, conversation)
            open_case = self._open_of(connection, conversation, ("consenting",))
            if open_case is None or open_case.id != case:
                return Turn(Effect.STALE, self._prompt(connection, conversation), None)
            return self._apply(connection, found, open_case, Answer(step, answer))

    def answer_text(self, conversation: str, text: str) -> Turn:
        """A typed text while consent may be open; ``not_taken`` when no step asks for one."""
        with writing(self._engine) as connection:
            found = lock_conversation(connection, conversation)
            open_case = self._open_of(connection, conversation, ("consenting",))
            if open_case is None:
                return Turn(Effect.NOT_TAKEN, None, None)
            return self._apply(connection, found, open_case, Written(text))

    def _apply(self, connection: Connection, conversation: Conversation, case: Case, event: Answer | Written) -> Turn:
        before = self._draft(connection, case.id)
        moved = consent.step(before, event)
        if moved.effect is Effect.DECLINED:
            return Turn(Effect.DECLINED, None, self._declined(connection, case))
        if moved.effect is Effect.GIVEN:
            given = self._given(connection, conversation, case, before)
            if given is None:  # she has not been shown the notice: nothing to say yes to
                return Turn(Effect.STALE, consent.prompt(case.id, before), case)
            return Turn(Effect.GIVEN, None, given)
        if moved.effect is Effect.NEXT:
            self._save(connection, case.id, moved.draft)
        return Turn(moved.effect, consent.prompt(case.id, moved.draft), self._read(connection, case.id))

    @staticmethod
    def _save(connection: Connection, case: str, draft: Draft) -> None:
        connection.execute(
            sa.update(cases)
            .where(cases.c.id == case)
            .values(
                step=draft.step.value,
                writing=draft.writing,
                share=draft.share,
                reach=draft.reach,
                talk_language=draft.language,
                interpreter=draft.interpreter,
            )
        )
        connection.execute(
            sa.update(shared)
            .where(shared.c.case_id == case)
            .values(summary=draft.summary, contact=draft.contact, name=draft.name)
        )
        keep_safety(connection, case, draft)

    def notice_shown(self, conversation: str, *, text: str, language: str, version: str) -> None:
        """Keep the notice exactly as it was shown at ``confirm``; a yes refers to it. Elsewhere without effect."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            case = self._open_of(connection, conversation, ("consenting",))
            if case and self._draft(connection, case.id).step is Step.CONFIRM:
                connection.execute(
                    sa.update(shared)
                    .where(shared.c.case_id == case.id)
                    .values(notice=text, notice_language=language, notice_version=version)
                )

    def _given(self, connection: Connection, conversation: Conversation, case: Case, draft: Draft) -> Case | None:
        now = self._clock()
        row: Row = connection.execute(sa.select(shared).where(shared.c.case_id == case.id)).one()
        if not row.notice:
            return None
        connection.execute(
            sa.insert(consent_records).values(
                id=new_id(),
                case_id=case.id,
                schema_version=SCHEMA_VERSION,
                notice_version=row.notice_version,
                notice_language=row.notice_language,
                notice_sha256=hashlib.sha256(row.notice.encode()).hexdigest(),
                data=list(consent.data_categories(draft)),
                purpose="handoff",
                recipients=[{"kind": "coordinators", "municipality": case.municipality}],
                retention_days=self._durations.case_days,
                given_at=now,
                state="given",
            )
        )
        if draft.share != "summary":  # the draft of a summary was not passed on
            connection.execute(sa.update(shared).where(shared.c.case_id == case.id).values(summary=None))
        last = connection.execute(
            sa.select(sa.func.max(messages.c.seq)).where(messages.c.conversation_id == conversation.id)
        ).scalar_one()
        queued = self._move(
            connection,
            case,
            ("consenting",),
            conversation="waiting",
            state="queued",
            step=None,
            queued_at=now,
            shared_until=last or 0,
            talk_language=case.language if draft.language == "keep" else draft.language,
        )
        audit.append(connection, now, audit.PARENT, "consent.given", case=case.id, detail=draft.share)
        if queued:
            self._wait(connection, queued, now)
            self._announce(connection, now, "queued", queued)
        return queued

    def receipts(self, conversation: str) -> tuple[Receipt, ...]:
        """What the parent said yes to, oldest first; with the text of the notice while it is kept."""
        r = consent_records.c
        notice: Any = sa.case((r.purpose == FURTHER, consent_asks.c.notice), else_=shared.c.notice)
        query = (
            sa.select(consent_records, notice.label("notice"))
            .select_from(
                consent_records.join(cases)
                .outerjoin(shared, shared.c.case_id == cases.c.id)
                .outerjoin(consent_asks, consent_asks.c.record_id == r.id)
            )
            .where(cases.c.conversation_id == conversation)
            .order_by(r.given_at)
        )
        with reading(self._engine) as connection:
            found = [to_receipt(row, row.notice) for row in connection.execute(query)]
            found += translation_receipts(connection, conversation)
        return tuple(sorted(found, key=lambda receipt: receipt.given_at))

    def withdraw(
        self, conversation: str, receipt: str, say: Callable[[Receipt], Mapping[str, Any]] | None = None
    ) -> Receipt:
        """Take a yes back: what was shared is removed. Repeating it changes nothing. Raises UnknownReceipt.

        The first yes of a case ends the case and every further yes; a further one goes alone, and so does the one to
        machine translation. ``say`` makes the message that tells her so, stored once in the same transaction, as the
        answer to ``withdrawal_of`` the receipt.
        """
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            if found := stop_translation(connection, conversation, receipt, self._clock()):
                self._tell_withdrawal(connection, conversation, found, say)
                return found
            r = consent_records.c
            query = sa.select(consent_records).join(cases).where(r.id == receipt)
            row = connection.execute(query.where(cases.c.conversation_id == conversation)).one_or_none()
            if row is None:
                raise UnknownReceipt
            if row.state != "withdrawn" and row.purpose == FURTHER:
                take_back(connection, row, self._clock())
            elif row.state != "withdrawn":
                self._withdraw(connection, self._read(connection, row.case_id))
            found = to_receipt(connection.execute(sa.select(consent_records).where(r.id == receipt)).one(), None)
            self._tell_withdrawal(connection, conversation, found, say)
            return found

    def _tell_withdrawal(
        self,
        connection: Connection,
        conversation: str,
        receipt: Receipt,
        say: Callable[[Receipt], Mapping[str, Any]] | None,
    ) -> None:
        """Tell her that a yes is taken back, unless she was told."""
        m, answer = messages.c, withdrawal_of(receipt)
        told = sa.select(m.seq).where(m.conversation_id == conversation, m.reply_to == answer)
        if say is not None and connection.execute(told).first() is None:
            insert_message(
                connection, conversation, at=self._clock(), author="system", body=say(receipt), reply_to=answer
            )

    def _withdraw(self, connection: Connection, case: Case) -> None:
        now = self._clock()
        withdraw_case(connection, case.id, now)
        self._call_off(connection, case.id, now)
        self._answered(connection, case.id)
        ended = {key: value for key, value in self._ended(now).items() if key != "closed_at" or not case.closed_at}
        self._move(
            connection,
            case,
            (*LIVE, "closed"),
            conversation="closed" if case.state in LIVE else None,
            state="withdrawn",
            **ended,
        )
        if case.state in LIVE:
            outbox.add(connection, now, "withdrawn", case)
