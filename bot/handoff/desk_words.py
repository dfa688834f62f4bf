"""Removing what the desk keeps of a case: drafts when it leaves its coordinator, all of it with the consent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.tables import cases
from bot.handoff.tables_desk import drafts, interpreter_ticks, interpreters, translation_consents, translations


def forget_drafts(connection: Connection, case: str, account: str | None = None) -> None:
    """Remove the drafts of replies in a case, of one account or of all."""
    query = sa.delete(drafts).where(drafts.c.case_id == case)
    connection.execute(query if account is None else query.where(drafts.c.account_id == account))


def forget_desk(connection: Connection, case: str, now: datetime) -> None:
    """Remove all that the desk keeps of a case whose consent has ended; its notes go elsewhere, mentions with them.

    A yes to machine translation ends with it. What stays of that, as of every consent, is a receipt: codes and a hash.
    """
    forget_drafts(connection, case)
    for table in (interpreter_ticks, interpreters, translations):
        connection.execute(sa.delete(table).where(table.c.case_id == case))
    t = translation_consents.c
    connection.execute(sa.delete(translation_consents).where(t.case_id == case, t.given_at.is_(None)))
    ended = sa.update(translation_consents).where(t.case_id == case, t.state != "withdrawn")
    connection.execute(ended.values(state="withdrawn", answered_at=now))
    connection.execute(sa.update(cases).where(cases.c.id == case).values(team_id=None))
