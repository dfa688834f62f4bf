"""Keeping how a family can be reached without harm: the row beside a case, from the first step of consent on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.consent import Draft
from bot.handoff.records_consent import Safety
from bot.handoff.tables import cases
from bot.handoff.tables_consent import case_safety, consent_asks


def read_safety(connection: Connection, case: str) -> Safety:
    """What is kept for a case; all unset when nothing is."""
    row = connection.execute(sa.select(case_safety).where(case_safety.c.case_id == case)).one_or_none()
    if row is None:
        return Safety()
    return Safety(row.special, row.chat_only, row.calls, row.times, row.reveal, row.coded)


def keep_safety(connection: Connection, case: str, draft: Draft) -> None:
    """Keep what a draft says. A hidden address is the most urgent, and its case no longer names a municipality."""
    said = Safety(draft.special, draft.chat_only, draft.calls, draft.times, draft.reveal, draft.coded)
    connection.execute(sa.delete(case_safety).where(case_safety.c.case_id == case))
    if said == Safety():
        return
    connection.execute(
        sa.insert(case_safety).values(
            case_id=case,
            special=said.special,
            chat_only=said.chat_only,
            calls=said.calls,
            times=said.times,
            reveal=said.reveal,
            coded=said.coded,
        )
    )
    if said.special == "hidden_address":
        connection.execute(sa.update(cases).where(cases.c.id == case).values(urgency="U0", municipality=None))


def forget_safety(connection: Connection, case: str) -> None:
    """Remove how she can be reached and what she was asked inside the case."""
    connection.execute(sa.delete(consent_asks).where(consent_asks.c.case_id == case))
    connection.execute(sa.delete(case_safety).where(case_safety.c.case_id == case))
