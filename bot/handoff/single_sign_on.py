"""Accounts of people who sign in through the organisation (OpenID Connect): made at the first sign-in.

Who somebody is was proved by the provider (``bot.web.oidc``); here it becomes an account. A person is the pair of
issuer and subject, never a name or an e-mail address, so nobody takes over an account by being called the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.handoff import audit
from bot.handoff.accounts import SignedIn, begin_session
from bot.handoff.engine import writing
from bot.handoff.ids import CASE_LETTERS, new_id
from bot.handoff.lockout import NAME_LIMIT, folded
from bot.handoff.passwords import NO_PASSWORD
from bot.handoff.people import end_sessions, read_account, set_municipalities
from bot.handoff.records import Account, Clock, RecordError, Role, utc_now
from bot.handoff.tables import accounts
from bot.handoff.tables_accounts import account_identities


class AccountClosed(RecordError):  # noqa: N818
    """A lead has closed this account; the provider does not open it again."""


@dataclass(frozen=True)
class Person:
    """Somebody whom the provider knows. ``municipalities``: None = not told by the provider, () = all."""

    issuer: str
    subject: str
    name: str
    role: Role
    municipalities: tuple[str, ...] | None = None


class SingleSignOn:
    """Turns a proved person into a session."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def sign_in(self, person: Person) -> SignedIn:
        """Begin a session; the account is made, or given the role that the provider tells today.

        A new role or new municipalities end the sessions that began under the old ones. Raises AccountClosed.
        """
        for _ in range(2):
            try:
                with writing(self._engine) as connection:
                    return self._begin(connection, person)
            except IntegrityError:  # the same person's first sign-in in another window, or a name was just taken
                continue
        raise RecordError("the account could not be made")

    def refused(self, reason: str) -> None:
        """Write a refused sign-in into the audit log; ``reason`` is a code."""
        with writing(self._engine) as connection:
            audit.append(connection, self._clock(), audit.SYSTEM, "account.sign_in_refused", detail=reason)

    def _begin(self, connection: Connection, person: Person) -> SignedIn:
        now, i = self._clock(), account_identities.c
        known = sa.select(i.account_id).where(i.issuer == person.issuer, i.subject == person.subject)
        ident = connection.execute(known).scalar_one_or_none()
        if ident is None:
            ident = self._make(connection, person)
        account = read_account(connection, ident)
        if account is None or account.disabled_at is not None:
            raise AccountClosed
        changed = self._keep_in_step(connection, account, person)
        begun = begin_session(connection, changed, now)
        audit.append(connection, now, audit.by_account(ident), "account.signed_in", detail="oidc")
        return begun

    def _make(self, connection: Connection, person: Person) -> str:
        now, ident = self._clock(), new_id()
        name = self._free_name(connection, person.name)
        connection.execute(
            sa.insert(accounts).values(
                id=ident, name=name, role=person.role, password_hash=NO_PASSWORD, created_at=now, must_change=False
            )
        )
        connection.execute(
            sa.insert(account_identities).values(account_id=ident, issuer=person.issuer, subject=person.subject)
        )
        audit.append(connection, now, audit.SYSTEM, "account.created", detail=ident)
        return ident

    @staticmethod
    def _free_name(connection: Connection, wished: str) -> str:
        printable = "".join(letter for letter in wished if letter.isprintable())
        name = folded(printable)[: NAME_LIMIT - 5].strip() or "user"
        taken = connection.execute(sa.select(accounts.c.id).where(accounts.c.name == name)).first()
        return name + "-" + "".join(secrets.choice(CASE_LETTERS) for _ in range(4)).lower() if taken else name

    def _keep_in_step(self, connection: Connection, account: Account, person: Person) -> Account:
        now, changed = self._clock(), False
        if account.role != person.role:
            connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(role=person.role))
            audit.append(connection, now, audit.SYSTEM, f"account.role.{person.role}", detail=account.id)
            changed = True
        if person.municipalities is not None and account.municipalities != person.municipalities:
            set_municipalities(connection, account.id, person.municipalities)
            audit.append(connection, now, audit.SYSTEM, "account.municipalities", detail=account.id)
            changed = True
        if not changed:
            return account
        end_sessions(connection, account.id)
        return read_account(connection, account.id) or account
