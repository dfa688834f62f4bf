"""Identifiers that are made here: random, and saying nothing about anybody."""

from __future__ import annotations

import hashlib
import secrets

CASE_LETTERS = "23456789ABCDFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is mistaken for another when read aloud or by hand."""


def new_id() -> str:
    """A random identifier: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A secret that is given out once."""
    return secrets.token_urlsafe(32)


def new_case_number() -> str:
    """A short number that can be said on the telephone: ``K-7F3A``."""
    return "K-" + "".join(secrets.choice(CASE_LETTERS) for _ in range(4))


def hashed(secret: str) -> str:
    """How a token is kept: a token itself is never stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
