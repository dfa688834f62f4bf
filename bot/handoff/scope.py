"""Who may see what: an account may be limited to municipalities. Every query for a person over what belongs to one
uses this.

A case of another municipality does not exist for a limited account: not in a list, not in a count, not to be opened. A
case without municipality is seen by all, so that it is never seen by nobody.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.records import Account, Case, CaseGone
from bot.handoff.tables import cases
from bot.handoff.tables_accounts import account_municipalities


def may_see(account: Account, case: Case) -> bool:
    """Whether a case is one of this account's municipalities; the role is another matter."""
    return not account.municipalities or case.municipality is None or case.municipality in account.municipalities


def may_manage(lead: Account, other: Account) -> bool:
    """Whether a lead may change an account: a limited lead only accounts that see no more than the lead does."""
    return covers(lead.municipalities, other.municipalities)


def covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether one choice of municipalities (none = all) takes in another."""
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def visible_to(account: str | sa.sql.ColumnElement[sa.String]) -> sa.sql.ColumnElement[sa.Boolean]:
    """``may_see`` as a condition on ``cases``, for an account's id or a column that holds one (``cases.c.account_id``).

    It reads the municipalities where the query runs, so a change by a lead holds from the next query on.
    """
    m = account_municipalities.c
    own = sa.select(m.municipality).where(m.account_id == account).correlate_except(account_municipalities)
    return sa.or_(cases.c.municipality.is_(None), ~own.exists(), cases.c.municipality.in_(own))


def strangers_to(account: str) -> Any:
    """The ids of accounts that see no case of a municipality that ``account`` is limited to; none for an unlimited one.

    Whoever sees all, or one municipality of hers, is no stranger.
    """
    theirs = account_municipalities.alias("theirs")
    own = sa.select(account_municipalities.c.municipality).where(account_municipalities.c.account_id == account)
    shared = sa.select(theirs.c.account_id).where(theirs.c.municipality.in_(own))
    m = account_municipalities.alias("limited")
    return sa.select(m.c.account_id).where(own.exists(), m.c.account_id.not_in(shared))


def is_own_place(municipality: sa.sql.ColumnElement[Any], account: str) -> sa.sql.ColumnElement[sa.Boolean]:
    """``visible_to`` for another table's column of municipalities: hers, none, or any for an unlimited account."""
    m = account_municipalities.c
    own = sa.select(m.municipality).where(m.account_id == account)
    return sa.or_(municipality.is_(None), ~own.exists(), municipality.in_(own))


def require_sight(connection: Connection, account: str, case: str) -> None:
    """Raise CaseGone unless the account may see the case: to a stranger it is as if there were none."""
    query = sa.select(cases.c.id).where(cases.c.id == case, visible_to(account))
    if connection.execute(query).first() is None:
        raise CaseGone
