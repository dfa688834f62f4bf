"""Which lines of the audit log an account may read that is limited to municipalities (decision 0022).

A line of a case goes with the case. A line without one goes with the accounts and the municipality that it names.
Checking the chain is another matter: it is read whole, and says nothing of what stands in it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.scope import strangers_to, visible_to
from bot.handoff.tables import audit_log, cases
from bot.handoff.tables_accounts import account_municipalities

PLACE_LIMIT = 40
"""Characters of a municipality that a line about closed days holds."""
EVERYWHERE = "all"
"""What stands there when every office was closed."""


def readable_by(reader: str) -> sa.sql.ColumnElement[sa.Boolean]:
    """The lines that this account may read, as a condition on ``audit_log``. An unlimited one reads all.

    - A line of a case: when the account may see the case. Of one that has been deleted nothing says any more whose it
      was: only unlimited accounts read its lines.
    - A line that names a stranger (an account that sees none of her municipalities): not, unless it is of a case in one
      of them.
    - A line about the hours of an office: when it is hers, or all were closed.
    - What is left, of accounts that may see something of hers and of the product itself: yes.
    """
    line = audit_log.c
    own = sa.select(account_municipalities.c.municipality).where(account_municipalities.c.account_id == reader)
    case = sa.select(cases.c.id).where(cases.c.id == line.case_id).correlate(audit_log)
    in_hers = case.where(cases.c.municipality.in_(own)).exists()
    seen = sa.or_(line.case_id.is_(None), case.where(visible_to(reader)).exists())
    strangers = strangers_to(reader)
    names_strangers = sa.or_(_named(line.actor).in_(strangers), _named(line.detail).in_(strangers))
    m = account_municipalities.c
    office = sa.func.substr(m.municipality, 1, PLACE_LIMIT).concat(":%")
    hers = sa.select(m.municipality).where(m.account_id == reader, line.detail.like(office)).correlate(audit_log)
    elsewhere = sa.and_(line.action.like("hours.%"), ~sa.or_(line.detail.like(f"{EVERYWHERE}:%"), hers.exists()))
    return sa.or_(~own.exists(), in_hers, sa.and_(seen, ~names_strangers, ~elsewhere))


def is_limited(connection: Connection, reader: str) -> bool:
    """The account reads a part of the log only."""
    m = account_municipalities.c
    return connection.execute(sa.select(m.municipality).where(m.account_id == reader).limit(1)).first() is not None


def _named(field: sa.sql.ColumnElement[sa.String]) -> sa.sql.ColumnElement[sa.String]:
    """The account that a field names, if it names one: with or without ``account:`` before its id."""
    return sa.func.replace(sa.func.coalesce(field, ""), "account:", "", type_=sa.String)
