"""One-time codes (TOTP, RFC 6238) besides the password of a local account, and recovery codes for a lost telephone.

The secret is kept encrypted with a key of this installation, so that a copy of the database alone makes no codes. A
code opens once, also within its thirty seconds. Wrong codes count into the same lock-out as wrong passwords.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy.engine import Connection, Engine

from bot.handoff import audit
from bot.handoff.accounts import SignedIn, begin_session
from bot.handoff.engine import reading, writing
from bot.handoff.ids import CASE_LETTERS, hashed
from bot.handoff.lockout import count_failure, forget_failures, key_of, proves_password, refuse_locked
from bot.handoff.people import Elsewhere, read_account, remove_code
from bot.handoff.records import Account, Clock, RecordError, utc_now
from bot.handoff.tables import accounts
from bot.handoff.tables_accounts import account_codes, pending_sign_ins, recovery_codes

RECOVERY_CODES = 10
STEP = 30
"""Seconds that a code is shown for."""
DRIFT = 1
"""Steps that a telephone's clock may be wrong, either way."""
CONFIRM_WITHIN = timedelta(minutes=15)
ISSUER = "Brobygger"


class NothingPending(RecordError):  # noqa: N818
    """There is no sign-in or set-up that waits for a code, or it took too long."""


@dataclass(frozen=True)
class SetUp:
    """A secret that waits for its first code: ``address`` is what the picture holds, ``secret`` is typed by hand."""

    secret: str
    address: str


class SecondFactor:
    """One-time codes of the accounts. ``installation`` is the secret of the installation; methods are synchronous."""

    def __init__(self, engine: Engine, installation: str, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._key = OctKey.import_key(hmac.new(installation.encode(), b"one-time codes", "sha256").digest())

    def begin(self, account: str, password: str) -> bool:
        """Make a secret that counts once it is confirmed; False for a wrong password. Raises LockedOut, Elsewhere."""
        now = self._clock()
        self._local(account)
        if not proves_password(self._engine, now, account, password):
            return False
        sealed = self._seal(account, pyotp.random_base32())
        with writing(self._engine) as connection:
            found = read_account(connection, account)
            if found is None or found.has_code:
                raise NothingPending
            remove_code(connection, account)
            connection.execute(
                sa.insert(account_codes).values(account_id=account, secret=sealed, began_at=now, last_step=0)
            )
        return True

    def waiting(self, account: str) -> SetUp | None:
        """The secret that was begun and not confirmed yet."""
        c = account_codes.c
        with reading(self._engine) as connection:
            row = connection.execute(
                sa.select(account_codes, accounts.c.name)
                .join(accounts, accounts.c.id == c.account_id)
                .where(c.account_id == account, c.confirmed_at.is_(None), c.began_at > self._clock() - CONFIRM_WITHIN)
            ).one_or_none()
        secret = self._open(account, row.secret) if row else None
        if row is None or secret is None:
            return None
        return SetUp(secret, pyotp.TOTP(secret).provisioning_uri(name=row.name, issuer_name=ISSUER))

    def confirm(self, account: str, code: str) -> tuple[str, ...] | None:
        """Switch codes on with the first one; returns the recovery codes, this once, or None for a wrong code.

        Raises NothingPending when no set-up waits.
        """
        now = self._clock()
        given = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        with writing(self._engine) as connection:
            row = self._row(connection, account, confirmed=False)
            if row is None or row.began_at <= now - CONFIRM_WITHIN:
                raise NothingPending
            if not self._use(connection, account, row.secret, code, now):
                return None
            mine = account_codes.c.account_id == account
            connection.execute(sa.update(account_codes).where(mine).values(confirmed_at=now))
            for one in given:
                kept = hashed(_bare(one))
                connection.execute(sa.insert(recovery_codes).values(account_id=account, code_sha256=kept))
            audit.append(connection, now, audit.by_account(account), "account.code_on")
        return given

    def finish(self, token: str, code: str) -> SignedIn | None:
        """End a sign-in that waits for a code; None for a wrong one. Raises LockedOut, NothingPending."""
        now = self._clock()
        p = pending_sign_ins.c
        wanted = sa.select(p.account_id).where(p.token_sha256 == hashed(token), p.expires_at > now)
        with writing(self._engine) as connection:
            account = read_account(connection, connection.execute(wanted).scalar_one_or_none() or "")
            if account is None or account.disabled_at is not None:
                raise NothingPending
            how = self._passes(connection, account, code, now)
            if how is None:
                return None
            connection.execute(sa.delete(pending_sign_ins).where(p.token_sha256 == hashed(token)))
            forget_failures(connection, key_of(account.name))
            begun = begin_session(connection, account, now)
            audit.append(connection, now, audit.by_account(account.id), "account.signed_in", detail=how)
        return begun

    def switch_off(self, account: str, password: str, code: str) -> bool:
        """Switch one's own codes off with password and code; False when either is wrong.

        Raises LockedOut, Elsewhere, NothingPending.
        """
        now = self._clock()
        self._local(account)
        if not proves_password(self._engine, now, account, password):
            return False
        with writing(self._engine) as connection:
            found = read_account(connection, account)
            if found is None or not found.has_code:
                raise NothingPending
            if self._passes(connection, found, code, now) is None:
                return False
            remove_code(connection, account)
            audit.append(connection, now, audit.by_account(account), "account.code_off")
        return True

    def _local(self, account: str) -> None:
        with reading(self._engine) as connection:
            found = read_account(connection, account)
        if found is None or found.external:
            raise Elsewhere

    def _passes(self, connection: Connection, account: Account, code: str, now: datetime) -> str | None:
        """``code`` or ``recovery`` for a right code, which is used up by that; a wrong one is counted."""
        row = self._row(connection, account.id, confirmed=True)
        key = key_of(account.name)
        refuse_locked(connection, key, now)
        if row is not None and self._use(connection, account.id, row.secret, code, now):
            return "code"
        r = recovery_codes.c
        spent = sa.delete(recovery_codes).where(r.account_id == account.id, r.code_sha256 == hashed(_bare(code)))
        if connection.execute(spent).rowcount:
            audit.append(connection, now, audit.by_account(account.id), "account.recovery_code_used")
            return "recovery"
        count_failure(connection, key, now)
        audit.append(connection, now, audit.SYSTEM, "account.code_failed", detail=account.id)
        return None

    @staticmethod
    def _row(connection: Connection, account: str, *, confirmed: bool) -> sa.engine.Row | None:
        """The row of an account's secret, locked: of many guesses at once, each waits to see the failures before it."""
        c = account_codes.c
        state = c.confirmed_at.is_not(None) if confirmed else c.confirmed_at.is_(None)
        query = sa.select(account_codes).where(c.account_id == account, state).with_for_update()
        return connection.execute(query).one_or_none()

    def _use(self, connection: Connection, account: str, sealed: str, code: str, now: datetime) -> bool:
        secret = self._open(account, sealed)
        digits = "".join(code.split())
        if secret is None or not (digits.isascii() and digits.isdigit()):
            return False
        current, generator = int(now.timestamp()) // STEP, pyotp.TOTP(secret)
        for step in range(current - DRIFT, current + DRIFT + 1):
            if hmac.compare_digest(generator.generate_otp(step), digits):
                c = account_codes.c
                newer = sa.update(account_codes).where(c.account_id == account, c.last_step < step)
                return bool(connection.execute(newer.values(last_step=step)).rowcount)
        return False

    def _seal(self, account: str, secret: str) -> str:
        header = {"alg": "dir", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, f"{account}:{secret}".encode(), self._key)

    def _open(self, account: str, sealed: str) -> str | None:
        """The secret; None when the installation's key is another now, or the row is not this account's."""
        try:
            plain = (jwe.decrypt_compact(sealed, self._key, algorithms=["dir", "A256GCM"]).plaintext or b"").decode()
        except (JoseError, ValueError):
            return None
        owner, _, secret = plain.partition(":")
        return secret if owner == account and secret else None


def _recovery_code() -> str:
    """Sixteen letters and digits in four groups: too many to guess, also from their hash."""
    return "-".join("".join(secrets.choice(CASE_LETTERS) for _ in range(4)) for _ in range(4))


def _bare(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
