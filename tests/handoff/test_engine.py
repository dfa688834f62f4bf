from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from bot.handoff import engine as engine_module
from bot.handoff import (  # noqa: F401 - they add their tables to the metadata
    tables_accounts,
    tables_audit,
    tables_consent,
    tables_deliveries,
    tables_desk,
    tables_hours,
    tables_statistics,
)
from bot.handoff.engine import (
    RecordUnavailable,
    downgrade,
    is_current,
    is_sqlite,
    make_engine,
    migrate,
    reading,
    writing,
)
from bot.handoff.tables import metadata


def _ours(thing: object, name: str, kind: str, reflected: bool, compared: object) -> bool:
    return name != "sqlite_sequence"


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine):
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, metadata) == []


def test_a_downgrade_leaves_nothing_and_can_be_applied_again(engine: Engine):
    assert is_current(engine)
    downgrade(engine, "base")
    assert not is_current(engine)
    with reading(engine) as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    migrate(engine)
    assert is_current(engine)


def test_several_processes_may_migrate_at_once(url: str, empty: Engine):
    failures: list[BaseException] = []

    def start() -> None:
        try:
            mine = make_engine(url)
            migrate(mine)
            mine.dispose()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert is_current(empty)


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path):
    """SQLite refuses a second switch to the write-ahead log at once instead of waiting, one time in ten or so."""
    failures: list[BaseException] = []

    def open_it(url: str, together: threading.Barrier) -> None:
        mine = make_engine(url)
        together.wait()
        try:
            with writing(mine) as connection:
                connection.execute(sa.text("CREATE TABLE IF NOT EXISTS a (x INTEGER)"))
        except BaseException as error:
            failures.append(error)
        mine.dispose()

    for number in range(40):
        together = threading.Barrier(6)
        arguments = (f"sqlite:///{tmp_path}/{number}.db", together)
        threads = [threading.Thread(target=open_it, args=arguments) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_a_failed_transaction_leaves_nothing(engine: Engine):
    def half() -> None:
        with writing(engine) as connection:
            connection.execute(sa.text("DELETE FROM alembic_version"))
            connection.execute(sa.text("INSERT INTO feedback (id) VALUES ('x')"))

    with pytest.raises(sa.exc.IntegrityError):
        half()
    assert is_current(engine)


def test_an_error_does_not_tell_the_values(engine: Engine):
    statement = sa.text("INSERT INTO feedback (id) VALUES (:secret)")
    with pytest.raises(sa.exc.IntegrityError) as caught, writing(engine) as connection:
        connection.execute(statement, {"secret": "hemmelig"})
    assert "[SQL parameters hidden due to hide_parameters=True]" in str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "record.db"


@pytest.fixture
def on_file(file: Path) -> Engine:
    made = make_engine(f"sqlite:///{file}")
    migrate(made)
    return made


def test_an_sqlite_record_is_for_its_owner_and_removes_what_it_deletes(on_file: Engine, file: Path):
    assert file.stat().st_mode & 0o077 == 0
    with reading(on_file) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


def test_a_locked_record_is_said_to_be_unavailable(on_file: Engine, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.1)
    hasty = make_engine(f"sqlite:///{file}")
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RecordUnavailable), writing(hasty):
        pass
    other.rollback()
    with writing(hasty):
        pass


def test_a_record_whose_file_is_removed_is_unavailable_and_no_write_is_lost(on_file: Engine, file: Path):
    with reading(on_file):
        pass
    file.unlink()
    for _ in range(2):
        with pytest.raises(RecordUnavailable), writing(on_file):
            pass
    assert not file.exists()


def test_a_record_that_is_no_database_is_unavailable(file: Path):
    file.parent.mkdir()
    file.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(RecordUnavailable), reading(make_engine(f"sqlite:///{file}")):
        pass


def test_a_server_that_does_not_answer_is_unavailable():
    gone = make_engine("postgresql://nobody@127.0.0.1:1/none")
    assert not is_sqlite(gone)
    with pytest.raises(RecordUnavailable), reading(gone):
        pass
