"""The lock-out against guessing: passwords and one-time codes count together, by name, whether it exists or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.handoff.engine import reading, writing
from bot.handoff.ids import hashed, new_id
from bot.handoff.passwords import verified
from bot.handoff.records import RecordError
from bot.handoff.tables import accounts, login_failures

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
NAME_LIMIT = 64


class LockedOut(RecordError):  # noqa: N818
    """Too many failures for this name; ``until`` is when it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked out")
        self.until = until


def folded(name: str) -> str:
    """How a name is kept and compared."""
    return " ".join(name.split()).casefold()


def key_of(name: str) -> str:
    """Under what the failures of a name are kept: names that do not exist are not written down."""
    return hashed(folded(name[: NAME_LIMIT * 4]))


def refuse_locked(connection: Connection, key: str, now: datetime) -> None:
    """Raise LockedOut when there were too many failures lately."""
    f = login_failures.c
    query = sa.select(f.at).where(f.name_sha256 == key, f.at > now - LOCKED_FOR).order_by(f.at.desc())
    failures = [row.at for row in connection.execute(query.limit(MOST_FAILURES))]
    if len(failures) == MOST_FAILURES:
        raise LockedOut(failures[0] + LOCKED_FOR)


def count_failure(connection: Connection, key: str, now: datetime) -> None:
    """One more failure."""
    connection.execute(sa.insert(login_failures).values(id=new_id(), name_sha256=key, at=now))


def forget_failures(connection: Connection, key: str) -> None:
    """Begin to count anew."""
    connection.execute(sa.delete(login_failures).where(login_failures.c.name_sha256 == key))


def proves_password(engine: Engine, now: datetime, account: str, password: str) -> bool:
    """Whether somebody who is signed in knows the account's password; a failure counts. Raises LockedOut."""
    a = accounts.c
    with reading(engine) as connection:
        row = connection.execute(sa.select(a.name, a.password_hash).where(a.id == account)).one_or_none()
        key = key_of(row.name) if row else ""
        refuse_locked(connection, key, now)
    if verified(row.password_hash if row else None, password):
        return True
    with writing(engine) as connection:
        refuse_locked(connection, key, now)
        count_failure(connection, key, now)
    return False
