"""Teams of coordinators: whose queue a case may be handed to. Leads make them; a team is closed, never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.noting import HANDLERS
from bot.handoff.records import Account, Clock, RecordError, utc_now
from bot.handoff.scope import visible_to
from bot.handoff.tables import accounts, cases
from bot.handoff.tables_desk import team_members, teams

NAME_LIMIT = 64


class TeamNameTaken(RecordError):  # noqa: N818
    """There is a team with that name, perhaps a closed one."""


class TeamInUse(RecordError):  # noqa: N818
    """Cases wait in this team's queue: it cannot be closed before they have gone elsewhere."""


class NoTeam(RecordError):  # noqa: N818
    """There is no open team with that id."""


@dataclass(frozen=True)
class Team:
    """One open team; ``members`` are account ids."""

    id: str
    name: str
    members: frozenset[str]


class Teams:
    """The teams of the database of record. Every method is one transaction and may raise RecordUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def open(self) -> tuple[Team, ...]:
        """The teams that are not closed, by name."""
        t, m = teams.c, team_members.c
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(t.id, t.name).where(t.closed_at.is_(None)).order_by(t.name)).all()
            belonging = connection.execute(sa.select(m.team_id, m.account_id)).all()
        return tuple(
            Team(row.id, row.name, frozenset(one.account_id for one in belonging if one.team_id == row.id))
            for row in found
        )

    def of(self, account: str) -> frozenset[str]:
        """The ids of the open teams that an account belongs to."""
        t, m = teams.c, team_members.c
        query = sa.select(t.id).join(team_members, m.team_id == t.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(m.account_id == account, t.closed_at.is_(None)))
            return frozenset(row.id for row in rows)

    def name(self, team: str) -> str | None:
        """The name of a team, a closed one included."""
        with reading(self._engine) as connection:
            found: str | None = connection.scalar(sa.select(teams.c.name).where(teams.c.id == team))
        return found

    def colleagues(self, case: str | None = None) -> tuple[Account, ...]:
        """The people who can have cases, or this one: active coordinators and leads who may see it, by name."""
        a = accounts.c
        query = sa.select(accounts).where(a.disabled_at.is_(None), a.role.in_(HANDLERS)).order_by(a.name)
        if case is not None:
            query = query.where(
                sa.select(cases.c.id).where(cases.c.id == case, visible_to(a.id)).correlate(accounts).exists()
            )
        with reading(self._engine) as connection:
            return tuple(
                Account(row.id, row.name, row.role, row.created_at, row.disabled_at)
                for row in connection.execute(query)
            )

    def create(self, name: str, by: str) -> str:
        """Make a team and return its id. Raises ValueError for an unusable name, TeamNameTaken."""
        ident, now = new_id(), self._clock()
        try:
            with writing(self._engine) as connection:
                connection.execute(sa.insert(teams).values(id=ident, name=_tidy(name), created_at=now))
                audit.append(connection, now, audit.by_account(by), "team.created", detail=ident)
        except IntegrityError:
            raise TeamNameTaken from None
        return ident

    def change(self, team: str, *, name: str, members: Iterable[str], by: str) -> None:
        """Set name and members. People who cannot have cases are left out. Raises ValueError, NoTeam, TeamNameTaken."""
        now = self._clock()
        a = accounts.c
        try:
            with writing(self._engine) as connection:
                self._lock(connection, team, name=_tidy(name))
                wanted = sa.select(a.id).where(a.id.in_(tuple(members)), a.disabled_at.is_(None), a.role.in_(HANDLERS))
                chosen = [row.id for row in connection.execute(wanted)]
                connection.execute(sa.delete(team_members).where(team_members.c.team_id == team))
                for account in chosen:
                    connection.execute(sa.insert(team_members).values(team_id=team, account_id=account))
                audit.append(connection, now, audit.by_account(by), "team.changed", detail=team)
        except IntegrityError:
            raise TeamNameTaken from None

    def close(self, team: str, by: str) -> None:
        """Close a team; its cases that are being worked on go back to everybody. Raises NoTeam, TeamInUse."""
        now = self._clock()
        c = cases.c
        with writing(self._engine) as connection:
            self._lock(connection, team, closed_at=now)
            waits = sa.select(c.id).where(c.team_id == team, c.state.in_(("queued", "returned")))
            if connection.execute(waits.limit(1)).first() is not None:
                raise TeamInUse
            connection.execute(sa.update(cases).where(c.team_id == team).values(team_id=None))
            audit.append(connection, now, audit.by_account(by), "team.closed", detail=team)

    @staticmethod
    def _lock(connection: Connection, team: str, **values: object) -> None:
        t = teams.c
        if not connection.execute(
            sa.update(teams).where(t.id == team, t.closed_at.is_(None)).values(**values)
        ).rowcount:
            raise NoTeam


def _tidy(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_LIMIT or not tidy.isprintable():
        raise ValueError(f"a name has 1 to {NAME_LIMIT} printable characters")
    return tidy
