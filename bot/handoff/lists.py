"""The lists of cases that coordinators look at: status only, a page at a time, one query a list.

Nothing here reads what anybody wrote. Every list is of what the account that asks may see (``bot.handoff.scope``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.book import LIVE, WAITING, CaseBook, to_case
from bot.handoff.engine import reading
from bot.handoff.records import Case, Urgency
from bot.handoff.schedule import AT_ANY_HOUR
from bot.handoff.scope import strangers_to, visible_to
from bot.handoff.tables import accounts, cases, messages
from bot.handoff.tables_desk import team_members, teams

Queue = Literal["new", "team", "mine", "waiting", "all", "closed", "snoozed"]
Order = Literal["urgency", "newest"]
QUEUES: Final[tuple[Queue, ...]] = ("new", "team", "mine", "waiting", "all", "closed", "snoozed")
ORDERS: Final[tuple[Order, ...]] = ("urgency", "newest")
ENDED: Final = ("closed", "withdrawn")
"""Ends of a case that had been in the queue."""
CLOSED_FOR: Final = timedelta(days=30)
"""How far back the list of closed cases goes."""
PAGE: Final = 50
NEWEST: Final = 20
"""Waiting cases that a look tells one by one, so that an open page can name the new ones."""


@dataclass(frozen=True)
class Filters:
    """What is wanted of a list; None and an empty tuple mean anything. ``topics`` are ids, ``holder`` an account."""

    topics: tuple[str, ...] = ()
    language: str | None = None
    urgency: Urgency | None = None
    municipality: str | None = None
    holder: str | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was chosen."""
        return self == Filters()


ANY: Final = Filters()


@dataclass(frozen=True)
class Listed:
    """One case in a list, with the name of whoever has it."""

    case: Case
    holder: str | None


@dataclass(frozen=True)
class CasePage:
    """One page of a list. ``total`` counts all that fit the filters; ``page`` is the one shown, from 1."""

    rows: tuple[Listed, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; one even when nothing is found."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Arrival:
    """A case that began to wait at a time."""

    case: str
    urgency: Urgency
    at: datetime


@dataclass(frozen=True)
class Woken:
    """A case that is back with whoever put it off, since a time, and that she has not been told of."""

    case: str
    at: datetime


@dataclass(frozen=True)
class Pulse:
    """What an open page has to know to notice a change: figures and case numbers, no content.

    ``mark`` differs when anything in the lists of open cases has changed. ``shown`` is the same for one case.
    ``counts`` are those of ``queue_counts`` at the same moment, where they were asked for.
    """

    mark: str
    waiting: int
    arrivals: tuple[Arrival, ...] = field(default=())
    shown: str = ""
    woken: tuple[Woken, ...] = field(default=())
    counts: Mapping[Queue, int] = field(default_factory=dict)


def of_queue(queue: Queue, account: str, now: datetime) -> Any:
    """Which cases stand in a queue. ``account`` is who looks; a case stands in ``all`` and in at most one other.

    Only those of ``team``, which wait in the queue of a team that the account belongs to, stand among the new ones too:
    a parent does not wait for a team that is away.
    """
    c = cases.c
    snoozed = c.snoozed_until > now
    awake = sa.or_(c.snoozed_until.is_(None), c.snoozed_until <= now)
    match queue:
        case "new":
            return c.state.in_(WAITING)
        case "team":
            m, t = team_members.c, teams.c
            own = (
                sa.select(m.team_id)
                .join(teams, t.id == m.team_id)
                .where(m.account_id == account, t.closed_at.is_(None))
            )
            return sa.and_(c.state.in_(WAITING), c.team_id.in_(own))
        case "mine":
            return sa.and_(c.state == "claimed", c.account_id == account, awake)
        case "waiting":
            ours = sa.or_(c.parent_at.is_(None), c.parent_at <= c.replied_at)
            return sa.and_(c.state == "claimed", c.replied_at.is_not(None), ours, awake)
        case "all":
            return c.state.in_(LIVE)
        case "closed":
            return sa.and_(c.state.in_(ENDED), c.queued_at.is_not(None), c.closed_at > now - CLOSED_FOR)
        case "snoozed":
            return sa.and_(c.state == "claimed", snoozed)


def back_with(account: str, now: datetime) -> Any:
    """The cases that an account put off whose time has come, until she opens them (``Snoozing.seen``)."""
    c = cases.c
    return sa.and_(c.state == "claimed", c.account_id == account, c.snoozed_until <= now)


def _filtered(filters: Filters) -> list[Any]:
    c = cases.c
    found: list[Any] = []
    if filters.topics:
        found.append(c.topic.in_(filters.topics))
    if filters.language:
        found.append(sa.func.coalesce(c.talk_language, c.language) == filters.language)
    if filters.urgency:
        found.append(c.urgency == filters.urgency)
    if filters.municipality:
        found.append(c.municipality == filters.municipality)
    if filters.holder:
        found.append(c.account_id == filters.holder)
    return found


def _ordered(queue: Queue, order: Order, now: datetime) -> tuple[Any, ...]:
    c = cases.c
    if queue == "closed":
        newest: tuple[Any, ...] = (c.closed_at.desc(), c.id)
        return (c.urgency, *newest) if order == "urgency" else newest
    if order == "newest":
        return (c.queued_at.desc(), c.id)
    if queue == "mine":  # danger, then what has come back to her, then the rest
        first: Any = sa.case((c.urgency == AT_ANY_HOUR, 0), (c.snoozed_until <= now, 1), else_=2)
        return (first, c.urgency, c.queued_at, c.id)
    since = {"waiting": c.replied_at, "snoozed": c.snoozed_until}.get(queue, c.queued_at)
    return (c.urgency, since, c.id)


class CaseLists(CaseBook):
    """Reads the lists. Every method is one transaction; RecordUnavailable means that nothing is known."""

    def case_list(
        self,
        queue: Queue,
        account: str,
        *,
        filters: Filters = ANY,
        order: Order = "urgency",
        page: int = 1,
        total: int | None = None,
    ) -> CasePage:
        """A page of a queue as ``account`` sees it; a page past the end is the last one.

        ``total``, where it is known (``queue_counts``, without filters), saves counting again.
        """
        now = self._clock()
        wanted = sa.and_(of_queue(queue, account, now), visible_to(account), *_filtered(filters))
        with reading(self._engine) as connection:
            if total is None:
                total = int(connection.scalar(sa.select(sa.func.count()).select_from(cases).where(wanted)) or 0)
            page = min(max(1, page), max(1, -(-total // PAGE)))
            # Sorted by what the order needs, and read whole only for the page: rows are wide, queues are long.
            place = _ordered(queue, order, now)
            shown = sa.select(cases.c.id).where(wanted).order_by(*place).limit(PAGE).offset((page - 1) * PAGE)
            query = listed(cases.c.id.in_(shown.subquery().select())).order_by(*place)
            rows = tuple(Listed(to_case(row), row.holder) for row in connection.execute(query))
        return CasePage(rows, total, page)

    def queue_counts(self, account: str) -> Mapping[Queue, int]:
        """How many cases stand in each queue, without filters."""
        return self.pulse(account, counted=True).counts

    def waiting_count(self, account: str) -> int:
        """How many cases wait that an account may see."""
        query = sa.select(sa.func.count()).select_from(cases)
        with reading(self._engine) as connection:
            return int(connection.scalar(query.where(cases.c.state.in_(WAITING), visible_to(account))) or 0)

    def holders(self, reader: str) -> dict[str, str]:
        """Who may have cases now that an account may see, by account: names in their order."""
        a = accounts.c
        query = sa.select(a.id, a.name).where(a.disabled_at.is_(None), a.role.in_(("coordinator", "lead")))
        query = query.where(a.id.not_in(strangers_to(reader)))
        with reading(self._engine) as connection:
            return {row.id: row.name for row in connection.execute(query.order_by(a.name))}

    def conversation_of(self, case: str) -> str | None:
        """The conversation of a case that is open."""
        query = sa.select(cases.c.conversation_id).where(cases.c.id == case, cases.c.state.in_(LIVE))
        with reading(self._engine) as connection:
            found: str | None = connection.scalar(query)
            return found

    def pulse(self, account: str, case: str | None = None, *, counted: bool = False) -> Pulse:
        """Whether an open page is old, in a few figures; for its ``case`` also the place of the last message.

        Takes the place from nobody's words: of a conversation only the cursor is read, and only for its holder.
        All figures, and with ``counted`` those of the queues, are one look at the open cases.
        """
        now = self._clock()
        c = cases.c
        live, scope = c.state.in_(LIVE), visible_to(account)
        waits = c.state.in_(WAITING)
        figures = [
            sa.func.count(),
            sa.func.sum(c.revision),
            sa.func.max(c.waiting_at),
            sa.func.sum(sa.case((waits, 1), else_=0)),
            sa.func.sum(sa.case((c.snoozed_until > now, 1), else_=0)),
            sa.func.sum(sa.case((of_queue("team", account, now), 1), else_=0)),  # the members of a team may change
        ]
        woken = sa.select(c.id, c.snoozed_until).where(back_with(account, now), c.woken_told_at.is_(None), scope)
        queues = tuple(name for name in QUEUES if name != "closed") if counted else ()
        sums = [sa.func.sum(sa.case((of_queue(name, account, now), 1), else_=0)) for name in queues]
        closed = sa.select(sa.func.count()).select_from(cases).where(of_queue("closed", account, now), scope)
        latest = sa.select(c.id, c.urgency, c.waiting_at).where(waits, scope, c.waiting_at.is_not(None))
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(*figures, *sums).where(live, scope)).one()
            newest = connection.execute(latest.order_by(c.waiting_at.desc()).limit(NEWEST)).all()
            back = connection.execute(woken.order_by(c.snoozed_until).limit(NEWEST)).all()
            shown = self._shown(connection, case, account, scope) if case else ""
            counts: dict[Queue, int] = {
                name: int(number or 0) for name, number in zip(queues, row[len(figures) :], strict=True)
            }
            if counted:
                counts["closed"] = int(connection.scalar(closed) or 0)
        arrivals = tuple(Arrival(new.id, new.urgency, new.waiting_at) for new in newest)
        told = tuple(Woken(one.id, one.snoozed_until) for one in back)
        mark = "|".join(str(figure or 0) for figure in row[: len(figures)])
        return Pulse(mark, int(row[3] or 0), arrivals, shown, told, counts)

    @staticmethod
    def _shown(connection: Connection, case: str, account: str, scope: Any) -> str:
        c, m = cases.c, messages.c
        query = sa.select(c.revision, c.state, c.account_id, c.conversation_id)
        row = connection.execute(query.where(c.id == case, scope)).one_or_none()
        if row is None:
            return "gone"
        last = 0
        if row.state == "claimed" and row.account_id == account and row.conversation_id is not None:
            last = connection.scalar(sa.select(sa.func.max(m.seq)).where(m.conversation_id == row.conversation_id)) or 0
        return f"{row.revision}|{row.state}|{row.account_id}|{last}"


def listed(condition: Any) -> Any:
    """The query for cases with the names of their holders."""
    joined = cases.outerjoin(accounts, accounts.c.id == cases.c.account_id)
    return sa.select(cases, accounts.c.name.label("holder")).select_from(joined).where(condition)
