"""Passwords: kept as argon2 hashes, checked at the same cost whether there is an account or not."""

from __future__ import annotations

import secrets

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 12
PASSWORD_LIMIT = 200
NO_PASSWORD = "!"  # noqa: S105 - the sign for having none
"""Stands in place of a hash for accounts that sign in elsewhere; no password fits it."""

_hasher = argon2.PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def new_password() -> str:
    """A password that is given out once."""
    return secrets.token_urlsafe(12)


def check_password(password: str) -> None:
    """Raise ValueError for a password that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= PASSWORD_LIMIT:
        raise ValueError(f"a password has {SHORTEST_PASSWORD} to {PASSWORD_LIMIT} characters")


def hash_password(password: str) -> str:
    """How a password is kept."""
    return _hasher.hash(password)


def needs_rehash(kept: str) -> bool:
    """The hash was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


def verified(kept: str | None, password: str) -> bool:
    """Whether a password fits a hash; without one (None, NO_PASSWORD) the answer takes as long and is no."""
    there = kept is not None and kept != NO_PASSWORD
    try:
        right = bool(_hasher.verify(kept if there and kept else _NOBODY, password[: PASSWORD_LIMIT + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and there
