"""One more consent inside a case: a coordinator asks, the parent answers yes, no or later, without a time limit.

What she is asked for is a code of a short list. A yes makes a consent record of its own, which can be taken back
alone. The program tells no service anything: a yes to a service lets the coordinator talk with it.

Barnevernet is not on the list. Its duty and its powers do not rest on a button in a chat, and a family that is asked
for such a yes by the municipality is hardly free to say no.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.handoff import audit
from bot.handoff.book import FURTHER, LIVE, SCHEMA_VERSION, CaseBook
from bot.handoff.consent import email_address, phone_number
from bot.handoff.conversations import insert_message, lock_conversation
from bot.handoff.engine import reading, writing
from bot.handoff.forgetting import FORGOTTEN
from bot.handoff.ids import new_id
from bot.handoff.records import Case, CaseGone, RecordError
from bot.handoff.records_consent import Ask, AskState, Safety
from bot.handoff.safety import read_safety
from bot.handoff.scope import require_sight
from bot.handoff.tables import cases, consent_records, messages
from bot.handoff.tables_consent import consent_asks

TEXT_CODES = ("phone", "email", "name")
"""After a yes she writes the thing itself."""
SERVICES = ("barnehage", "school", "helsestasjon", "fastlege", "nav", "refugee", "ppt")
"""Services that the coordinator may talk with about the case, one at a time."""
CODES = ("conversation", *TEXT_CODES, "interpreter", *SERVICES)
ANSWERS = ("yes", "no", "later", "again")
NAME_WORDS = 4
NAME_LETTERS = 60

Did = Literal["given", "write", "no", "later", "shown", "stale"]
Fit = Literal["fits", "tries", "other"]


class AlreadyAskedError(RecordError):
    """She has been asked for this already; only she can bring it up again."""


class NotAskableError(RecordError):
    """This is not on the list, or what she said about her safety forbids asking for it."""


@dataclass(frozen=True)
class Answered:
    """What an answer did; ``ask`` as it is now, None when there is no such question (any more)."""

    did: Did
    ask: Ask | None


def move(code: str, state: AskState, answer: str) -> tuple[AskState, Did]:
    """The next state of a question and what the answer did. Total; an answer that makes no sense changes nothing.

    After a no, or a yes taken back, only ``again`` (or a late press of ``yes``) opens the question: it is shown again
    and needs a new yes.
    """
    if answer not in ANSWERS:
        return state, "stale"
    if state in ("no", "withdrawn"):
        if answer in ("yes", "again"):
            return "asked", "shown"
        return state, "no" if answer == state else "stale"
    if state == "yes":
        return state, "given" if answer == "yes" else "stale"
    if answer == "yes":
        return ("writing", "write") if code in TEXT_CODES else ("yes", "given")
    if answer == "no":
        return "no", "no"
    if answer == "later":
        return "later", "later"
    return "asked", "shown"


def askable(safety: Safety) -> tuple[str, ...]:
    """What may be asked for: no number, address or name where those can lead somebody to her."""
    if safety.special == "hidden_address":
        return tuple(code for code in CODES if code not in TEXT_CODES)
    if safety.chat_only:
        return tuple(code for code in CODES if code not in ("phone", "email"))
    return CODES


def read_value(code: str, text: str) -> tuple[Fit, str]:
    """Whether a typed text is what was asked for, is meant to be and cannot, or is something else; and its value."""
    if code == "phone":
        number = phone_number(text)
        digits = sum(letter.isdigit() for letter in text)
        letters = sum(letter.isalpha() for letter in text)
        if number is not None and letters <= digits:
            return "fits", number
        return ("tries", "") if digits > letters and digits > 3 else ("other", "")
    if code == "email":
        address = email_address(text)
        return ("fits", address) if address else (("tries", "") if "@" in text else ("other", ""))
    cleaned = " ".join("".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Co")).split())
    is_name = 0 < len(cleaned) <= NAME_LETTERS and len(cleaned.split()) <= NAME_WORDS
    plain = all(c.isalpha() or c in " -'’.ʼ" or unicodedata.category(c).startswith("M") for c in cleaned)
    return ("fits", cleaned) if is_name and plain and any(c.isalpha() for c in cleaned) else ("other", "")


def to_ask(row: Row) -> Ask:
    """Read a row of the table."""
    return Ask(
        id=row.id,
        case=row.case_id,
        code=row.code,
        state=row.state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        value=row.value,
        record=row.record_id,
        notice=row.notice,
        notice_language=row.notice_language,
        notice_version=row.notice_version,
    )


def read_asks(connection: Connection, case: str) -> tuple[Ask, ...]:
    """Everything that was asked inside a case, oldest first."""
    query = sa.select(consent_asks).where(consent_asks.c.case_id == case).order_by(consent_asks.c.asked_at)
    return tuple(to_ask(row) for row in connection.execute(query))


def take_back(connection: Connection, record: Row, now: datetime) -> None:
    """Take one such yes back: what she wrote for it is removed, the case goes on."""
    row = connection.execute(sa.select(consent_asks).where(consent_asks.c.record_id == record.id)).one_or_none()
    connection.execute(
        sa.update(consent_records).where(consent_records.c.id == record.id).values(state="withdrawn", withdrawn_at=now)
    )
    audit.append(connection, now, audit.PARENT, "consent.withdrawn", case=record.case_id, detail=record.data[0])
    if row is None:
        return
    _forget_value(connection, record.case_id, row)
    connection.execute(
        sa.update(consent_asks)
        .where(consent_asks.c.id == row.id)
        .values(state="withdrawn", value=None, record_id=None, notice="", answered_at=now)
    )


def _forget_value(connection: Connection, case: str, ask: Row) -> None:
    """Blank the message in which she wrote the value and nothing else (a number or an address was masked at once)."""
    if not ask.value:
        return
    m, c = messages.c, cases.c
    query = sa.select(m.seq, m.body).join(cases, m.conversation_id == c.conversation_id)
    written = query.where(c.id == case, m.author == "parent", m.at >= ask.asked_at)
    for row in connection.execute(written).all():
        if " ".join(str(row.body.get("text", "")).split()) == ask.value:
            connection.execute(sa.update(messages).where(m.seq == row.seq).values(body={**row.body, "text": FORGOTTEN}))


class FurtherConsent(CaseBook):
    """Asking for and answering further consents. Methods raise ConversationGone, CaseGone and RecordUnavailable."""

    def ask(
        self,
        case: str,
        account: str,
        code: str,
        *,
        ident: str,
        notice: str,
        language: str,
        version: str,
        body: Mapping[str, Any],
    ) -> Ask:
        """Ask for one more consent; the question and its message are stored together.

        Raises CaseGone when the case is not this account's, NotAskableError, and AlreadyAskedError.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            found, conversation = self._lock(connection, case)
            require_sight(connection, account, case)
            self._require_own(found, account)
            if code not in askable(read_safety(connection, case)):
                raise NotAskableError
            known = sa.select(consent_asks.c.id).where(consent_asks.c.case_id == case, consent_asks.c.code == code)
            if connection.execute(known).first() is not None:
                raise AlreadyAskedError
            connection.execute(
                sa.insert(consent_asks).values(
                    id=ident,
                    case_id=case,
                    code=code,
                    account_id=account,
                    state="asked",
                    asked_at=now,
                    notice=notice,
                    notice_language=language,
                    notice_version=version,
                )
            )
            insert_message(connection, conversation.id, at=now, author="system", body=body)
            audit.append(connection, now, audit.by_account(account), "consent.asked", case=case, detail=code)
            return self._ask(connection, ident)

    @staticmethod
    def _require_own(case: Case, account: str) -> None:
        if case.state != "claimed" or case.account != account:
            raise CaseGone

    @staticmethod
    def _ask(connection: Connection, ident: str) -> Ask:
        return to_ask(connection.execute(sa.select(consent_asks).where(consent_asks.c.id == ident)).one())

    @staticmethod
    def _live(conversation: str) -> Any:
        """The questions of a conversation's live case."""
        c = cases.c
        return sa.select(consent_asks).join(cases).where(c.conversation_id == conversation, c.state.in_(LIVE))

    def open_asks(self, conversation: str) -> tuple[Ask, ...]:
        """What she has been asked in the live case and has not said yes or no to, oldest first."""
        query = self._live(conversation).order_by(consent_asks.c.asked_at)
        with reading(self._engine) as connection:
            return tuple(ask for ask in map(to_ask, connection.execute(query)) if ask.is_open)

    def find_ask(self, conversation: str, ident: str) -> Ask | None:
        """One question of the live case; None for one of another conversation or an ended case."""
        with reading(self._engine) as connection:
            row = connection.execute(self._live(conversation).where(consent_asks.c.id == ident)).one_or_none()
        return to_ask(row) if row else None

    def writing_ask(self, conversation: str) -> Ask | None:
        """The question that her next text answers, if it fits."""
        with reading(self._engine) as connection:
            row = connection.execute(self._live(conversation).where(consent_asks.c.state == "writing")).first()
        return to_ask(row) if row else None

    def show_ask(self, conversation: str, ident: str, *, notice: str, language: str, version: str) -> None:
        """Keep the notice exactly as it is shown again; a later yes refers to it."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            row = connection.execute(self._live(conversation).where(consent_asks.c.id == ident)).one_or_none()
            if row is not None and row.state != "yes":
                connection.execute(
                    sa.update(consent_asks)
                    .where(consent_asks.c.id == ident)
                    .values(notice=notice, notice_language=language, notice_version=version)
                )

    def answer_ask(self, conversation: str, ident: str, answer: str) -> Answered:
        """A pressed button. What belongs to no live case of this conversation is ``stale`` and harmless."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            row = connection.execute(self._live(conversation).where(consent_asks.c.id == ident)).one_or_none()
            if row is None:
                return Answered("stale", None)
            ask = to_ask(row)
            state, did = move(ask.code, ask.state, answer)
            if did == "stale" or (state == ask.state and did != "write"):
                return Answered(did, ask)
            now = self._clock()
            if did == "given" and not ask.notice:
                return Answered("shown", ask)
            if state == "writing":  # her next text answers one question only
                connection.execute(
                    sa.update(consent_asks)
                    .where(consent_asks.c.case_id == ask.case, consent_asks.c.state == "writing")
                    .values(state="later")
                )
            if did == "given":
                return Answered(did, self._give(connection, ask, None, now))
            answered = now if did in ("no", "later") else None
            connection.execute(
                sa.update(consent_asks).where(consent_asks.c.id == ident).values(state=state, answered_at=answered)
            )
            if did in ("no", "later"):
                audit.append(connection, now, audit.PARENT, f"consent.further_{did}", case=ask.case, detail=ask.code)
            return Answered(did, replace(ask, state=state, answered_at=answered))

    def write_ask(self, conversation: str, text: str) -> Answered:
        """A typed text while a question waits for one: ``given`` when it fits, else ``write`` and nothing changes."""
        with writing(self._engine) as connection:
            lock_conversation(connection, conversation)
            row = connection.execute(self._live(conversation).where(consent_asks.c.state == "writing")).first()
            if row is None:
                return Answered("stale", None)
            ask = to_ask(row)
            fit, value = read_value(ask.code, text)
            if fit != "fits":
                return Answered("write", ask)
            return Answered("given", self._give(connection, ask, value, self._clock()))

    def _give(self, connection: Connection, ask: Ask, value: str | None, now: datetime) -> Ask:
        """Make the consent record of a yes."""
        record = new_id()
        kind = ask.code if ask.code in ("interpreter", *SERVICES) else "coordinators"
        connection.execute(
            sa.insert(consent_records).values(
                id=record,
                case_id=ask.case,
                schema_version=SCHEMA_VERSION,
                notice_version=ask.notice_version,
                notice_language=ask.notice_language,
                notice_sha256=hashlib.sha256(ask.notice.encode()).hexdigest(),
                data=[ask.code],
                purpose=FURTHER,
                recipients=[{"kind": kind, "municipality": self._read(connection, ask.case).municipality}],
                retention_days=self._durations.case_days,
                given_at=now,
                state="given",
            )
        )
        connection.execute(
            sa.update(consent_asks)
            .where(consent_asks.c.id == ask.id)
            .values(state="yes", answered_at=now, value=value, record_id=record)
        )
        audit.append(connection, now, audit.PARENT, "consent.further_given", case=ask.case, detail=ask.code)
        return self._ask(connection, ask.id)
