"""Who may see which case: an account may be limited to municipalities. Every query over cases for a person uses this.

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


def limited(query: Any, account: str | None) -> Any:
    """A query over ``cases`` with only what this account may see; None (jobs of the product itself) leaves it whole."""
    return query if account is None else query.where(visible_to(account))


def require_sight(connection: Connection, account: str, case: str) -> None:
    """Raise CaseGone unless the account may see the case: to a stranger it is as if there were none."""
    query = sa.select(cases.c.id).where(cases.c.id == case, visible_to(account))
    if connection.execute(query).first() is None:
        raise CaseGone
