"""Signing in to the console: passwords, sessions that end, a lock-out against guessing.

``python -m bot.handoff.accounts create NAME [--role coordinator|lead|auditor]`` makes an account and prints its
password once; ``list``, ``reset NAME``, ``disable NAME`` and ``enable NAME`` are
the rest. Leads do the same in the console.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff import audit
from bot.handoff.engine import make_engine, migrate, reading, writing
from bot.handoff.ids import hashed, new_token
from bot.handoff.lockout import (
    LOCKED_FOR,
    LockedOut,
    count_failure,
    folded,
    forget_failures,
    key_of,
    proves_password,
    refuse_locked,
)
from bot.handoff.passwords import check_password, hash_password, needs_rehash, verified
from bot.handoff.people import (
    Elsewhere,
    LastLead,
    NameTaken,
    NotManaged,
    PeopleSide,
    end_sessions,
    read_account,
)
from bot.handoff.records import Account, RecordError, utc_now
from bot.handoff.tables import ROLES, account_sessions, accounts, login_failures
from bot.handoff.tables_accounts import account_codes, pending_sign_ins

__all__ = [
    "ABSOLUTE",
    "IDLE",
    "Accounts",
    "Elsewhere",
    "LastLead",
    "LockedOut",
    "NameTaken",
    "NotManaged",
    "PasswordOver",
    "Session",
    "SignedIn",
    "begin_session",
    "ensure_first_account",
]

IDLE = timedelta(hours=1)
"""A session ends when nothing was done with it for this long …"""
ABSOLUTE = timedelta(hours=12)
"""… and after this long in any case."""
CODE_WITHIN = timedelta(minutes=5)
"""How long after the password the one-time code may come."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is kept; saves a write on each request."""
FIRST_NAME = "coordinator"


@dataclass(frozen=True)
class SignedIn:
    """A session has begun; the token is given out this once.

    Unless ``complete``: then the password was right, and the token opens nothing but the question for the one-time
    code (``bot.handoff.second_factor``).
    """

    account: Account
    token: str
    expires_at: datetime
    complete: bool = True


@dataclass(frozen=True)
class Session:
    """One place where an account is signed in. ``here``: the one that asks."""

    began_at: datetime
    seen_at: datetime
    here: bool


def begin_session(connection: Connection, account: Account, now: datetime) -> SignedIn:
    """Begin a session in the caller's transaction."""
    token = new_token()
    connection.execute(
        sa.insert(account_sessions).values(
            token_sha256=hashed(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    return SignedIn(account, token, now + ABSOLUTE)


class PasswordOver(RecordError):  # noqa: N818
    """The password is right, but it was handed over and its time is over (``HANDED_OVER_FOR``)."""


class Accounts(PeopleSide):
    """The accounts of the database of record. Every method may raise RecordUnavailable."""

    def sign_in(self, name: str, password: str) -> SignedIn | None:
        """Begin a session; None when name or password is wrong (it does not say which). Raises LockedOut, and
        PasswordOver to whoever knows a password that was handed over and has not been changed in time.

        An unknown name takes as long, and is locked alike, as a known one with a wrong password.
        """
        now = self._clock()
        key = key_of(name)
        a = accounts.c
        wanted = sa.select(a.id, a.password_hash).where(a.name == folded(name), a.disabled_at.is_(None))
        with reading(self._engine) as connection:
            refuse_locked(connection, key, now)
            row = connection.execute(wanted).one_or_none()
        right = verified(row.password_hash if row else None, password)
        with writing(self._engine) as connection:
            refuse_locked(connection, key, now)
            unchanged = connection.execute(wanted).one_or_none() == row
            account = read_account(connection, row.id) if row and right and unchanged else None
            if account is None:
                count_failure(connection, key, now)
                audit.append(connection, now, audit.SYSTEM, "account.sign_in_failed", detail=row.id if row else None)
                return None
            begun = self._admit(connection, account, password, now)
            if begun is None:
                audit.append(connection, now, audit.SYSTEM, "account.password_over", detail=account.id)
        if begun is None:
            raise PasswordOver
        return begun

    def _admit(self, connection: Connection, account: Account, password: str, now: datetime) -> SignedIn | None:
        """Begin what follows the right password; None when its time is over."""
        if _is_over(account, now):
            return None
        row = connection.execute(sa.select(accounts.c.password_hash).where(accounts.c.id == account.id)).one()
        if needs_rehash(row.password_hash):
            again = sa.update(accounts).where(accounts.c.id == account.id)
            connection.execute(again.values(password_hash=hash_password(password)))
        if account.has_code:
            # Failures stay counted: else a known password would let somebody guess codes without end.
            return self._wait_for_code(connection, account, now)
        forget_failures(connection, key_of(account.name))
        begun = begin_session(connection, account, now)
        audit.append(connection, now, audit.by_account(account.id), "account.signed_in")
        return begun

    @staticmethod
    def _wait_for_code(connection: Connection, account: Account, now: datetime) -> SignedIn:
        token, until = new_token(), now + CODE_WITHIN
        connection.execute(
            sa.insert(pending_sign_ins).values(token_sha256=hashed(token), account_id=account.id, expires_at=until)
        )
        return SignedIn(account, token, until, complete=False)

    def session(self, token: str) -> Account | None:
        """The account a session belongs to, or None when it has ended; using it keeps it from going idle."""
        now = self._clock()
        s = account_sessions.c
        query = sa.select(s.account_id, s.last_seen_at).where(
            s.token_sha256 == hashed(token), s.expires_at > now, s.last_seen_at > now - IDLE
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            account = read_account(connection, row.account_id) if row else None
        if row is None or account is None or account.disabled_at is not None:
            return None
        if now - row.last_seen_at >= SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(
                    sa.update(account_sessions).where(s.token_sha256 == hashed(token)).values(last_seen_at=now)
                )
        return account

    def sessions(self, account: str, token: str) -> tuple[Session, ...]:
        """Where an account is signed in now, newest first; ``token`` is that of the session that asks."""
        now = self._clock()
        s = account_sessions.c
        query = (
            sa.select(account_sessions)
            .where(s.account_id == account, s.expires_at > now, s.last_seen_at > now - IDLE)
            .order_by(s.created_at.desc())
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query))
        return tuple(Session(row.created_at, row.last_seen_at, row.token_sha256 == hashed(token)) for row in rows)

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is fine."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(account_sessions).where(account_sessions.c.token_sha256 == hashed(token)))

    def sign_out_everywhere(self, account: str) -> None:
        """End all sessions of an account, this one too."""
        with writing(self._engine) as connection:
            end_sessions(connection, account)
            audit.append(connection, self._clock(), audit.by_account(account), "account.signed_out_everywhere")

    def change_password(self, account: str, old: str, new: str, *, token: str) -> bool:
        """Change one's own password and end one's other sessions; False when the old one is wrong.

        Raises ValueError for a new one that cannot be used, LockedOut, Elsewhere, PasswordOver.
        """
        check_password(new)
        if new == old:
            raise ValueError("the new password is the old one")
        found = self.find(account)
        if found is None or found.external:
            raise Elsewhere
        now = self._clock()
        if _is_over(found, now):
            raise PasswordOver
        if not proves_password(self._engine, now, account, old):
            return False
        secret = hash_password(new)
        with writing(self._engine) as connection:
            changed = {"password_hash": secret, "must_change": False, "password_until": None}
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(**changed))
            end_sessions(connection, account, but=hashed(token))
            audit.append(connection, now, audit.by_account(account), "account.password_changed")
        return True

    def remove_ended(self) -> int:
        """Forget sessions and sign-ins that have ended, codes never confirmed, and failures that no longer count."""
        now = self._clock()
        s, f, codes = account_sessions.c, login_failures.c, account_codes.c
        ended = sa.or_(s.expires_at <= now, s.last_seen_at <= now - IDLE)
        with writing(self._engine) as connection:
            gone = connection.execute(sa.delete(account_sessions).where(ended)).rowcount
            gone += connection.execute(sa.delete(login_failures).where(f.at <= now - LOCKED_FOR)).rowcount
            connection.execute(sa.delete(pending_sign_ins).where(pending_sign_ins.c.expires_at <= now))
            begun = sa.and_(codes.confirmed_at.is_(None), codes.began_at <= now - IDLE)
            connection.execute(sa.delete(account_codes).where(begun))
        return int(gone)


def _is_over(account: Account, now: datetime) -> bool:
    """The account's password was handed over, and nobody has changed it in time."""
    return account.password_until is not None and account.password_until <= now


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.handoff.accounts")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make an account and print its password once")
    create.add_argument("name")
    create.add_argument("--role", choices=ROLES, default="coordinator")
    create.add_argument("--municipality", action="append", default=[], help="limit it to this one; may be repeated")
    commands.add_parser("list", help="print every account, without passwords")
    for command, about in (
        ("reset", "print a new password, to be changed within 72 hours, and switch one-time codes off"),
        ("disable", "close an account and end its sessions"),
        ("enable", "open an account again"),
    ):
        commands.add_parser(command, help=about).add_argument("name")
    return parser


def _carry_out(people: Accounts, chosen: argparse.Namespace) -> str:
    """Do what was asked and return what is printed."""
    if chosen.command == "create":
        made, password = people.create(chosen.name, chosen.role, municipalities=chosen.municipality)
        return f"{made.name} ({made.role}): {password}"
    if chosen.command == "list":
        return "\n".join(_line(one) for one in people.all())
    found = people.named(chosen.name)
    if found is None:
        raise NotManaged(f"there is no account named {chosen.name}")
    match chosen.command:
        case "reset":
            try:
                password = people.reset_password(found.id)
            except Elsewhere:
                raise Elsewhere(f"{found.name} signs in through the organisation and has no password here") from None
            people.remove_code(found.id)
            return f"{found.name} ({found.role}): {password}"
        case "disable":
            try:
                people.disable(found.id)
            except LastLead:
                raise LastLead(f"{found.name} is the last active lead; make another one first") from None
        case _:
            people.enable(found.id)
    return f"{found.name} ({found.role}): {chosen.command}d"


def _line(one: Account) -> str:
    marks = [", ".join(one.municipalities) or "all municipalities"]
    marks += [
        word
        for word, holds in (
            ("disabled", one.disabled_at is not None),
            ("single sign-on", one.external),
            (f"one-time codes, {one.recovery_left} recovery codes left", one.has_code),
            ("must change the password", one.must_change),
            ("password has run out", _is_over(one, utc_now())),
        )
        if holds
    ]
    return f"{one.name} ({one.role}): {'; '.join(marks)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    chosen = _parser().parse_args(arguments)
    from bot.settings import SettingsError, settings

    try:
        engine = make_engine(settings().database_url)
        migrate(engine)
        said = _carry_out(Accounts(engine), chosen)
    except (RecordError, SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
