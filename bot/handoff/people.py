"""The accounts as leads manage them: make, close and open, role, municipalities, a new password.

A change is made by a lead (``by``: the account's id), or by the command line and the product itself (``by`` None). A
lead who is limited to municipalities manages only accounts that see no more, and gives no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from bot.handoff import audit
from bot.handoff.engine import reading, writing
from bot.handoff.ids import new_id
from bot.handoff.lockout import NAME_LIMIT, folded, forget_failures, key_of
from bot.handoff.passwords import check_password, hash_password, new_password
from bot.handoff.records import Account, Clock, RecordError, Role, utc_now
from bot.handoff.scope import covers, may_manage
from bot.handoff.tables import ROLES, account_sessions, accounts
from bot.handoff.tables_accounts import (
    account_codes,
    account_identities,
    account_municipalities,
    pending_sign_ins,
    recovery_codes,
)

HANDED_OVER_FOR = timedelta(hours=72)
"""How long a password opens that somebody else made: long enough for a weekend, and no setting."""


class NameTaken(RecordError):  # noqa: N818
    """There is an account with that name."""


class NotManaged(RecordError):  # noqa: N818
    """There is no such account, or it is not this person's to change."""


class LastLead(RecordError):  # noqa: N818
    """The last active lead stays one: nobody else could manage accounts."""


class Elsewhere(RecordError):  # noqa: N818
    """The account signs in through the organisation, which decides its role and has its password."""


def read_accounts(connection: Connection, *conditions: sa.sql.ColumnElement[sa.Boolean]) -> tuple[Account, ...]:
    """The accounts that fit, by name, disabled ones included."""
    a = accounts.c
    outside = sa.select(account_identities.c.account_id).where(account_identities.c.account_id == a.id)
    code = sa.select(account_codes.c.account_id).where(
        account_codes.c.account_id == a.id, account_codes.c.confirmed_at.is_not(None)
    )
    left = sa.select(sa.func.count()).where(recovery_codes.c.account_id == a.id).scalar_subquery()
    query = sa.select(
        accounts, outside.exists().label("external"), code.exists().label("has_code"), left.label("recovery_left")
    )
    rows = list(connection.execute(query.where(*conditions).order_by(a.name)))
    m = account_municipalities.c
    limits: dict[str, list[str]] = {}
    chosen = sa.select(account_municipalities).order_by(m.municipality)
    if len(rows) == 1:
        chosen = chosen.where(m.account_id == rows[0].id)
    for row in connection.execute(chosen) if rows else ():
        limits.setdefault(row.account_id, []).append(row.municipality)
    return tuple(_to_account(row, tuple(limits.get(row.id, ()))) for row in rows)


def read_account(connection: Connection, account: str) -> Account | None:
    """The account with this id, disabled ones included."""
    found = read_accounts(connection, accounts.c.id == account)
    return found[0] if found else None


def _to_account(row: Row, municipalities: tuple[str, ...]) -> Account:
    return Account(
        row.id,
        row.name,
        row.role,
        row.created_at,
        row.disabled_at,
        municipalities,
        bool(row.must_change),
        bool(row.external),
        bool(row.has_code),
        int(row.recovery_left),
        row.password_until,
    )


def end_sessions(connection: Connection, account: str, *, but: str | None = None) -> int:
    """End an account's sessions, and sign-ins that are half done; ``but`` is the hash of the token that stays."""
    s = account_sessions.c
    mine = sa.delete(account_sessions).where(s.account_id == account)
    connection.execute(sa.delete(pending_sign_ins).where(pending_sign_ins.c.account_id == account))
    return int(connection.execute(mine if but is None else mine.where(s.token_sha256 != but)).rowcount)


def set_municipalities(connection: Connection, account: str, chosen: Iterable[str]) -> None:
    """Limit an account to these municipalities; none = all."""
    m = account_municipalities
    connection.execute(sa.delete(m).where(m.c.account_id == account))
    for municipality in sorted(set(chosen)):
        connection.execute(sa.insert(m).values(account_id=account, municipality=municipality))


class PeopleSide:
    """What leads and the command line do with accounts. Every method may raise RecordUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def find(self, account: str) -> Account | None:
        """The account with this id, disabled ones included."""
        with reading(self._engine) as connection:
            return read_account(connection, account)

    def named(self, name: str) -> Account | None:
        """The account with this name, disabled ones included."""
        with reading(self._engine) as connection:
            found = read_accounts(connection, accounts.c.name == folded(name))
        return found[0] if found else None

    def all(self, by: str | None = None) -> tuple[Account, ...]:
        """Every account, by name; for a lead those that this lead manages. Raises NotManaged for others."""
        with reading(self._engine) as connection:
            lead = self._lead(connection, by)
            return tuple(one for one in read_accounts(connection) if lead is None or may_manage(lead, one))

    def create(
        self,
        name: str,
        role: Role = "coordinator",
        password: str | None = None,
        *,
        municipalities: Iterable[str] = (),
        by: str | None = None,
    ) -> tuple[Account, str]:
        """Make an account; without a password one is made up. Raises ValueError, NameTaken, NotManaged.

        A password that a lead hands on must be changed at the first sign-in, within ``HANDED_OVER_FOR``.
        """
        kept = folded(name)
        if not kept or len(kept) > NAME_LIMIT or not kept.isprintable():
            raise ValueError(f"a name has 1 to {NAME_LIMIT} printable characters")
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(ROLES)}")
        if password is not None:
            check_password(password)
        chosen, places = password or new_password(), tuple(sorted(set(municipalities)))
        now, handed_over = self._clock(), by is not None
        until = now + HANDED_OVER_FOR if handed_over else None
        made = Account(new_id(), kept, role, now, None, places, handed_over, password_until=until)
        secret = hash_password(chosen)
        try:
            with writing(self._engine) as connection:
                lead = self._lead(connection, by)
                if lead is not None and not covers(lead.municipalities, places):
                    raise NotManaged
                connection.execute(
                    sa.insert(accounts).values(
                        id=made.id,
                        name=kept,
                        role=role,
                        password_hash=secret,
                        created_at=made.created_at,
                        must_change=made.must_change,
                        password_until=until,
                    )
                )
                set_municipalities(connection, made.id, places)
                audit.append(connection, made.created_at, _actor(by), "account.created", detail=made.id)
        except IntegrityError:
            raise NameTaken(f"there is an account named {kept}") from None
        return made, chosen

    def disable(self, account: str, by: str | None = None) -> None:
        """Close an account and end its sessions at once; raises NotManaged, LastLead."""
        now = self._clock()
        with writing(self._engine) as connection:
            found = self._managed(connection, account, by)
            self._keep_a_lead(connection, found)
            connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account, accounts.c.disabled_at.is_(None))
                .values(disabled_at=now)
            )
            end_sessions(connection, account)
            audit.append(connection, now, _actor(by), "account.disabled", detail=account)

    def enable(self, account: str, by: str | None = None) -> None:
        """Open an account again, with the password it had; raises NotManaged."""
        with writing(self._engine) as connection:
            self._managed(connection, account, by)
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(disabled_at=None))
            audit.append(connection, self._clock(), _actor(by), "account.enabled", detail=account)

    def set_role(self, account: str, role: Role, by: str | None = None) -> None:
        """Give an account another role and end its sessions at once.

        Raises ValueError, NotManaged, LastLead, Elsewhere.
        """
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(ROLES)}")
        with writing(self._engine) as connection:
            found = self._managed(connection, account, by)
            if found.external:
                raise Elsewhere
            if found.role == role:
                return
            if role != "lead":
                self._keep_a_lead(connection, found)
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(role=role))
            end_sessions(connection, account)
            audit.append(connection, self._clock(), _actor(by), f"account.role.{role}", detail=account)

    def limit(self, account: str, municipalities: Iterable[str], by: str | None = None) -> None:
        """Limit an account to municipalities (none = all); holds from its next look on. Raises NotManaged."""
        places = tuple(sorted(set(municipalities)))
        with writing(self._engine) as connection:
            found = self._managed(connection, account, by)
            lead = self._lead(connection, by)
            if lead is not None and not covers(lead.municipalities, places):
                raise NotManaged
            if found.municipalities == places:
                return
            set_municipalities(connection, account, places)
            audit.append(connection, self._clock(), _actor(by), "account.municipalities", detail=account)

    def reset_password(self, account: str, by: str | None = None) -> str:
        """Give an account a password that must be changed at the next sign-in, and end its sessions.

        It opens for ``HANDED_OVER_FOR``. Whoever forgot a password is not kept out by failures before. Raises
        NotManaged, Elsewhere.
        """
        password, now = new_password(), self._clock()
        secret = hash_password(password)
        changed = {"password_hash": secret, "must_change": True, "password_until": now + HANDED_OVER_FOR}
        with writing(self._engine) as connection:
            found = self._managed(connection, account, by)
            if found.external:
                raise Elsewhere
            if account == by:
                raise NotManaged  # one's own is changed with the old one, not past it
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(**changed))
            end_sessions(connection, account)
            forget_failures(connection, key_of(found.name))
            audit.append(connection, now, _actor(by), "account.password_reset", detail=account)
        return password

    def remove_code(self, account: str, by: str | None = None) -> None:
        """Switch one-time codes off for somebody who lost them, and end the account's sessions; raises NotManaged."""
        with writing(self._engine) as connection:
            self._managed(connection, account, by)
            if account == by:
                raise NotManaged  # one's own takes a code, or a recovery code
            remove_code(connection, account)
            end_sessions(connection, account)
            audit.append(connection, self._clock(), _actor(by), "account.code_off", detail=account)

    @staticmethod
    def _lead(connection: Connection, by: str | None) -> Account | None:
        """The lead who acts; None for the product itself. Raises NotManaged for anybody else."""
        if by is None:
            return None
        found = read_account(connection, by)
        if found is None or found.disabled_at is not None or found.role != "lead":
            raise NotManaged
        return found

    def _managed(self, connection: Connection, account: str, by: str | None) -> Account:
        lead, found = self._lead(connection, by), read_account(connection, account)
        if found is None or (lead is not None and not may_manage(lead, found)):
            raise NotManaged
        return found

    @staticmethod
    def _keep_a_lead(connection: Connection, account: Account) -> None:
        """Raise LastLead when this is the last one. Locks all leads, so that two cannot remove each other at once."""
        a = accounts.c
        query = sa.select(a.id).where(a.role == "lead", a.disabled_at.is_(None)).order_by(a.id).with_for_update()
        if [row.id for row in connection.execute(query)] == [account.id]:
            raise LastLead


def remove_code(connection: Connection, account: str) -> None:
    """Forget an account's secret and its recovery codes."""
    for table in (account_codes, recovery_codes):
        connection.execute(sa.delete(table).where(table.c.account_id == account))


def _actor(by: str | None) -> str:
    return audit.SYSTEM if by is None else audit.by_account(by)
