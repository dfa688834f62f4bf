"""The yes to machine translation as a receipt, among those of the other consents: to read, to keep, to take back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.handoff import audit
from bot.handoff.book import FURTHER, SCHEMA_VERSION
from bot.handoff.records import Receipt
from bot.handoff.tables import cases, consent_records, messages
from bot.handoff.tables_desk import translation_consents, translations

TRANSLATION: Final = "translation"
"""The purpose of such a receipt."""
MACHINE: Final = "machine"
"""Its recipient: a machine that is run for the municipality, so nobody else gets anything."""
PREFIX: Final = "translation-"
"""Before the case's number this makes the id of its receipt: there is one a case."""
QUESTION_VERSION: Final = "bridge-1"
"""Version of the question (``bridge.ask``); goes up when it asks for something else."""
TRANSLATED: Final = ("conversation", "messages")
"""Categories of a case's consent that hold words which can go to the machine."""


def translation_receipts(connection: Connection, conversation: str) -> tuple[Receipt, ...]:
    """The yes to machine translation of each case of a conversation; whoever never said yes has none."""
    t, r = translation_consents.c, consent_records.c
    query = (
        sa.select(translation_consents, r.data, r.recipients, r.retention_days)
        .select_from(translation_consents.join(cases).join(consent_records, r.case_id == cases.c.id))
        .where(cases.c.conversation_id == conversation, r.purpose != FURTHER, t.given_at.is_not(None))
        .order_by(r.given_at)
    )
    newest = {row.case_id: row for row in connection.execute(query).all()}
    return tuple(_receipt(connection, row) for row in newest.values())


def take_back(connection: Connection, conversation: str, receipt: str, now: datetime) -> Receipt | None:
    """Take such a yes back and return its receipt; None when the conversation has none with that id.

    What the machine made of her messages is removed. Repeating it changes nothing.
    """
    t = translation_consents.c
    case = receipt.removeprefix(PREFIX)
    known = {one.id: one for one in translation_receipts(connection, conversation)}
    if receipt not in known:
        return None
    given = sa.update(translation_consents).where(t.case_id == case, t.state == "given")
    if connection.execute(given.values(state="withdrawn", answered_at=now)).rowcount:
        connection.execute(sa.delete(translations).where(translations.c.case_id == case))
        audit.append(connection, now, audit.PARENT, "translation.withdrawn", case=case)
    return next(one for one in translation_receipts(connection, conversation) if one.id == receipt)


def _receipt(connection: Connection, row: Row) -> Receipt:
    return Receipt(
        id=f"{PREFIX}{row.case_id}",
        case=row.case_id,
        schema_version=SCHEMA_VERSION,
        notice_version=QUESTION_VERSION,
        notice_language=row.language,
        notice_sha256=row.text_sha256,
        data=tuple(code for code in row.data if code in TRANSLATED),
        purpose=TRANSLATION,
        recipients=(MACHINE,),
        municipality=row.recipients[0]["municipality"],
        retention_days=row.retention_days,
        given_at=row.given_at,
        state="given" if row.state == "given" else "withdrawn",  # she may have been asked again since
        withdrawn_at=row.answered_at if row.state == "withdrawn" else None,
        notice=_question(connection, row),
    )


def _question(connection: Connection, row: Row) -> str | None:
    """The words that she answered, as they stand in the conversation."""
    m = messages.c
    query = sa.select(m.body).where(m.case_id == row.case_id, m.author == "system").order_by(m.seq.desc())
    for message in connection.execute(query):
        said = str(message.body.get("text", ""))
        if "bridge" in message.body and hashlib.sha256(said.encode()).hexdigest() == row.text_sha256:
            return said
    return None
