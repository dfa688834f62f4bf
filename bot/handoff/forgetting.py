"""Removing what a case shared: the words themselves, and where the steps of consent repeated them in the chat."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff import audit
from bot.handoff.desk_words import forget_desk
from bot.handoff.safety import forget_safety, read_safety
from bot.handoff.tables import cases, consent_records, messages, notes, shared

FORGOTTEN = "…"
"""What stands in the chat where a step of consent repeated words that are gone."""


def forget_words(connection: Connection, case: str) -> None:
    """Remove the shared words of a case, and blank the messages of its steps of consent that hold them.

    Those messages stay, without words: their client ids must still be known when they are sent again.
    """
    kept = connection.execute(sa.select(shared).where(shared.c.case_id == case)).one_or_none()
    times = read_safety(connection, case).times
    forget_safety(connection, case)
    connection.execute(sa.delete(shared).where(shared.c.case_id == case))
    if kept is None:
        return
    words = [word for word in (kept.summary, kept.contact, kept.name, kept.notice, times) if word]
    m, c = messages.c, cases.c
    query = sa.select(m.seq, m.body, m.private).join(cases, m.conversation_id == c.conversation_id)
    for row in connection.execute(query.where(c.id == case, m.at >= c.opened_at, m.author != "coordinator")).all():
        text = str(row.body.get("text", ""))
        is_step = row.body.get("kind") == "consent" and any(word in text for word in words)
        if row.private or is_step:
            connection.execute(sa.update(messages).where(m.seq == row.seq).values(body={**row.body, "text": FORGOTTEN}))


def withdraw_case(connection: Connection, case: str, now: datetime) -> None:
    """Remove what a case shared and mark its consents withdrawn, with a content-free line in the audit log."""
    forget_words(connection, case)
    connection.execute(sa.delete(notes).where(notes.c.case_id == case))
    forget_desk(connection, case, now)
    nothing = {"topic": None, "municipality": None, "share": None, "reach": None}
    connection.execute(
        sa.update(cases)
        .where(cases.c.id == case)
        .values(**nothing, talk_language=None, interpreter=None, shared_until=None)
    )
    r = consent_records.c
    found = connection.execute(
        sa.update(consent_records)
        .where(r.case_id == case, r.state != "withdrawn")
        .values(state="withdrawn", withdrawn_at=now)
    ).rowcount
    if found:
        audit.append(connection, now, audit.PARENT, "consent.withdrawn", case=case)
