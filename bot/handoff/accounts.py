"""Local accounts of the console: argon2 passwords, sessions that end, a lock-out against guessing.

``python -m bot.handoff.accounts create NAME [--role coordinator|lead|auditor]`` makes one and prints its password once.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import argon2
import sqlalchemy as sa
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from bot.handoff import audit
from bot.handoff.engine import make_engine, migrate, reading, writing
from bot.handoff.ids import hashed, new_id, new_token
from bot.handoff.records import Account, Clock, RecordError, Role, utc_now
from bot.handoff.tables import ROLES, account_sessions, accounts, login_failures

IDLE = timedelta(hours=1)
"""A session ends when nothing was done with it for this long …"""
ABSOLUTE = timedelta(hours=12)
"""… and after this long in any case."""
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is kept; saves a write on each request."""
NAME_LIMIT = 64
PASSWORD_LIMIT = 200
FIRST_NAME = "coordinator"

_hasher = argon2.PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Checked for a name that does not exist, so that the answer takes as long."""


class LockedOut(RecordError):  # noqa: N818
    """Too many failures for this name; ``until`` is when it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked out")
        self.until = until


class NameTaken(RecordError):  # noqa: N818
    """There is an account with that name."""


@dataclass(frozen=True)
class SignedIn:
    """A session has begun; the token is given out this once."""

    account: Account
    token: str
    expires_at: datetime


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _to_account(row: Row) -> Account:
    return Account(row.id, row.name, row.role, row.created_at, row.disabled_at)


class Accounts:
    """The accounts of the database of record. Every method may raise RecordUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, name: str, role: Role = "coordinator", password: str | None = None) -> tuple[Account, str]:
        """Make an account; without a password one is made up. Raises ValueError, NameTaken."""
        folded = _folded(name)
        if not folded or len(folded) > NAME_LIMIT or not folded.isprintable():
            raise ValueError(f"a name has 1 to {NAME_LIMIT} printable characters")
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(ROLES)}")
        if password is not None and not 12 <= len(password) <= PASSWORD_LIMIT:
            raise ValueError(f"a password has 12 to {PASSWORD_LIMIT} characters")
        chosen = password or secrets.token_urlsafe(12)
        made = Account(new_id(), folded, role, self._clock(), None)
        try:
            with writing(self._engine) as connection:
                connection.execute(
                    sa.insert(accounts).values(
                        id=made.id,
                        name=folded,
                        role=role,
                        password_hash=_hasher.hash(chosen),
                        created_at=made.created_at,
                    )
                )
                audit.append(connection, made.created_at, audit.SYSTEM, "account.created", detail=made.id)
        except IntegrityError:
            raise NameTaken(f"there is an account named {folded}") from None
        return made, chosen

    def find(self, account: str) -> Account | None:
        """The account with this id, disabled ones included."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(accounts).where(accounts.c.id == account)).one_or_none()
        return _to_account(row) if row else None

    def sign_in(self, name: str, password: str) -> SignedIn | None:
        """Begin a session; None when name or password is wrong (it does not say which). Raises LockedOut.

        An unknown name takes as long, and is locked alike, as a known one with a wrong password.
        """
        now = self._clock()
        key = hashed(_folded(name[: NAME_LIMIT * 4]))
        with reading(self._engine) as connection:
            self._refuse_locked(connection, key, now)
            row = connection.execute(
                sa.select(accounts).where(accounts.c.name == _folded(name), accounts.c.disabled_at.is_(None))
            ).one_or_none()
        right = _verified(row.password_hash if row else _NOBODY, password[: PASSWORD_LIMIT + 1])
        with writing(self._engine) as connection:
            self._refuse_locked(connection, key, now)
            if row is None or not right:
                connection.execute(sa.insert(login_failures).values(id=new_id(), name_sha256=key, at=now))
                audit.append(connection, now, audit.SYSTEM, "account.sign_in_failed", detail=row.id if row else None)
                return None
            connection.execute(sa.delete(login_failures).where(login_failures.c.name_sha256 == key))
            if _hasher.check_needs_rehash(row.password_hash):
                again = sa.update(accounts).where(accounts.c.id == row.id)
                connection.execute(again.values(password_hash=_hasher.hash(password)))
            token = new_token()
            connection.execute(
                sa.insert(account_sessions).values(
                    token_sha256=hashed(token),
                    account_id=row.id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + ABSOLUTE,
                )
            )
            audit.append(connection, now, audit.by_account(row.id), "account.signed_in")
        return SignedIn(_to_account(row), token, now + ABSOLUTE)

    @staticmethod
    def _refuse_locked(connection: Connection, key: str, now: datetime) -> None:
        f = login_failures.c
        query = sa.select(f.at).where(f.name_sha256 == key, f.at > now - LOCKED_FOR).order_by(f.at.desc())
        failures = [row.at for row in connection.execute(query.limit(MOST_FAILURES))]
        if len(failures) == MOST_FAILURES:
            raise LockedOut(failures[0] + LOCKED_FOR)

    def session(self, token: str) -> Account | None:
        """The account a session belongs to, or None when it has ended; using it keeps it from going idle."""
        now = self._clock()
        s = account_sessions.c
        query = (
            sa.select(accounts, s.last_seen_at)
            .join(account_sessions, s.account_id == accounts.c.id)
            .where(
                s.token_sha256 == hashed(token),
                s.expires_at > now,
                s.last_seen_at > now - IDLE,
                accounts.c.disabled_at.is_(None),
            )
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if now - row.last_seen_at >= SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(
                    sa.update(account_sessions).where(s.token_sha256 == hashed(token)).values(last_seen_at=now)
                )
        return _to_account(row)

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is fine."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(account_sessions).where(account_sessions.c.token_sha256 == hashed(token)))

    def disable(self, account: str) -> None:
        """Close an account and end its sessions at once."""
        now = self._clock()
        with writing(self._engine) as connection:
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(disabled_at=now))
            connection.execute(sa.delete(account_sessions).where(account_sessions.c.account_id == account))
            audit.append(connection, now, audit.SYSTEM, "account.disabled", detail=account)

    def remove_ended(self) -> int:
        """Forget sessions that have ended and failures that no longer count."""
        now = self._clock()
        s, f = account_sessions.c, login_failures.c
        ended = sa.or_(s.expires_at <= now, s.last_seen_at <= now - IDLE)
        with writing(self._engine) as connection:
            gone = connection.execute(sa.delete(account_sessions).where(ended)).rowcount
            return int(gone + connection.execute(sa.delete(login_failures).where(f.at <= now - LOCKED_FOR)).rowcount)


def _verified(kept: str, password: str) -> bool:
    try:
        return bool(_hasher.verify(kept, password))
    except (VerificationError, InvalidHashError):
        return False


def ensure_first_account(engine: Engine) -> tuple[str, str] | None:
    """On a database without any account, make one and return its name and password; None when there is one."""
    with reading(engine) as connection:
        if connection.execute(sa.select(accounts.c.id).limit(1)).first() is not None:
            return None
    try:
        account, password = Accounts(engine).create(FIRST_NAME, "lead")
    except NameTaken:  # another process was faster
        return None
    return account.name, password


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.handoff.accounts")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make an account and print its password once")
    create.add_argument("name")
    create.add_argument("--role", choices=ROLES, default="coordinator")
    chosen = parser.parse_args(arguments)
    from bot.settings import SettingsError, settings

    try:
        engine = make_engine(settings().database_url)
        migrate(engine)
        account, password = Accounts(engine).create(chosen.name, chosen.role)
    except (RecordError, SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{account.name} ({account.role}): {password}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
