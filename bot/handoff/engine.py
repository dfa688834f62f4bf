"""Connections to the database of record: one engine per process, short transactions, one kind of failure.

``reading`` and ``writing`` are the only ways in. A database that is locked for longer than the busy timeout, gone,
full or damaged raises RecordUnavailable, so that the web process can say so instead of losing what was said.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from bot.handoff.records import RecordError

BUSY_SECONDS = 5
MIGRATIONS = Path(__file__).with_name("migrations")


class RecordUnavailable(RecordError):  # noqa: N818
    """The database of record cannot be used now; nothing was stored. The message holds no data."""


class MigrationHindered(RecordError):  # noqa: N818
    """A migration cannot be made with the rows that are there; nothing was changed. The message names the rows."""


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_engine(url: str) -> Engine:
    """Return the engine for an address; nothing is opened yet.

    SQLite: a file of its owner only, WAL, busy timeout, foreign keys, secure delete, and BEGIN IMMEDIATE for
    writers, so that two of them wait for each other instead of failing.
    """
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(
            address,
            future=True,
            hide_parameters=True,
            json_serializer=_to_json,
            pool_size=8,
            max_overflow=8,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            connect_args={"connect_timeout": BUSY_SECONDS},
        )
    if not address.database or address.database == ":memory:":
        raise ValueError("the database of record needs a file: threads share it")
    path = Path(address.database)
    engine = sa.create_engine(
        address,
        future=True,
        hide_parameters=True,
        json_serializer=_to_json,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=8,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    _prepare_sqlite(engine, path)
    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, waiting as long as for any lock.

    SQLite does not wait by itself here: the second of two processes that open a new file at once would fail.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _prepare_sqlite(engine: Engine, path: Path) -> None:
    opened: list[Path] = []

    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions itself, below
        _write_ahead(connection)
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        record.info["inode"] = path.stat().st_ino

    def _checkout(connection: Any, record: Any, proxy: Any) -> None:
        # An open SQLite connection goes on writing into a file that was removed or replaced: that would be lost.
        try:
            present = path.stat().st_ino
        except FileNotFoundError:
            present = None
        if present != record.info.get("inode"):
            raise sa.exc.DisconnectionError("the database file was removed or replaced")

    def _do_connect(dialect: Any, record: Any, arguments: Any, keywords: Any) -> None:
        if not path.exists():
            if opened:
                raise sqlite3.OperationalError("the database file is gone")
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        opened[:] = [path]

    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN" if options.get("brobygger_reading") else "BEGIN IMMEDIATE")

    for name, listener in (
        ("connect", _connect),
        ("checkout", _checkout),
        ("do_connect", _do_connect),
        ("begin", _begin),
    ):
        sa.event.listen(engine, name, listener)


def _is_unavailable(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return type(error) is DatabaseError  # SQLite: "file is not a database", "database disk image is malformed"


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite: foreign keys do not act while tables are rebuilt; at the end of the transaction they must hold.

    A table is rebuilt by dropping it, and dropping it would delete every row that refers to it. The switch works
    outside a transaction only.
    """

    def _switch(to: str) -> None:
        cursor = connection.connection.cursor()  # beneath SQLAlchemy, which would begin a transaction
        cursor.execute(f"PRAGMA foreign_keys={to}")
        cursor.close()

    if connection.dialect.name != "sqlite":
        yield
        return
    _switch("OFF")
    try:
        yield
    finally:
        _switch("ON")


def _require_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = sorted({row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
        if lost:
            raise MigrationHindered(f"Rows of {', '.join(lost)} refer to rows that are not there; nothing was changed.")


@contextmanager
def _transaction(engine: Engine, *, read_only: bool, rebuild: bool = False) -> Iterator[Connection]:
    try:
        with engine.connect() as connection, _rebuilding(connection) if rebuild else nullcontext():
            endings: list[Callable[[Connection], None]] = []
            if read_only:
                connection = connection.execution_options(brobygger_reading=True)
            else:
                connection = connection.execution_options(brobygger_endings=endings)
            with connection.begin():
                yield connection
                for end in endings:
                    end(connection)
                if rebuild:
                    _require_references(connection)
    except PoolTimeout:
        raise RecordUnavailable("no connection to the database of record is free") from None
    except DBAPIError as error:
        if _is_unavailable(error):
            raise RecordUnavailable(f"the database of record cannot be used ({type(error.orig).__name__})") from None
        raise
    except sqlite3.Error as error:  # while connecting, before SQLAlchemy wraps it
        raise RecordUnavailable(f"the database of record cannot be used ({type(error).__name__})") from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; raises RecordUnavailable."""
    with _transaction(engine, read_only=True) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing; raises RecordUnavailable."""
    with _transaction(engine, read_only=False) as connection:
        yield connection


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """A transaction that may rebuild tables: all of it or nothing; raises RecordUnavailable and MigrationHindered."""
    with _transaction(engine, read_only=False, rebuild=True) as connection:
        yield connection


def at_the_end(connection: Connection, end: Callable[[Connection], None]) -> None:
    """Have something done in this transaction when all else is done, just before it is committed.

    For what takes a lock that everybody needs: it is then held as briefly as can be, and is always the last one taken,
    so that two transactions never wait for each other. Inside a savepoint and outside ``writing`` it is done at once.
    """
    endings: list[Callable[[Connection], None]] | None = connection.get_execution_options().get("brobygger_endings")
    if endings is None or connection.in_nested_transaction():
        end(connection)
    else:
        endings.append(end)


def is_sqlite(engine: Engine) -> bool:
    """The database is a file on this machine."""
    return bool(engine.dialect.name == "sqlite")


def alembic_config(connection: Connection | None = None) -> Config:
    """The configuration of the migrations, for our own calls and for Alembic's command line."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision; safe when several processes start at once.

    Raises RecordUnavailable, and MigrationHindered when rows hinder it.
    """
    with rebuilding(engine) as connection:
        if not is_sqlite(engine):
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7262021)"))
        command.upgrade(alembic_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision (``base`` = empty)."""
    with rebuilding(engine) as connection:
        command.downgrade(alembic_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """The database is at the revision that this code expects (for ``readyz``); raises RecordUnavailable."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(alembic_config()).get_current_head()


def truncate_log(engine: Engine) -> bool:
    """SQLite: move the write-ahead log into the file and empty it, so that deleted text leaves the disk.

    False while somebody still reads: call again later. True on other databases.
    """
    if not is_sqlite(engine):
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)", ()).fetchone()[0]
        cursor.close()
    except sqlite3.Error as error:
        raise RecordUnavailable(f"the log cannot be emptied ({type(error).__name__})") from None
    finally:
        raw.close()
    return bool(busy == 0)
