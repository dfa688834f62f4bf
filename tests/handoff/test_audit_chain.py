"""The chain of the audit log on real databases, and what an attacker who owns the database can do about it."""

from __future__ import annotations

import csv
import io
import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from bot.handoff import audit, audit_command
from bot.handoff.audit_chain import Line, hash_of
from bot.handoff.audit_check import Fault, Note, verify
from bot.handoff.audit_export import COLUMNS, export
from bot.handoff.engine import downgrade, make_engine, migrate, reading, writing
from bot.handoff.tables import audit_log
from bot.handoff.tables_audit import audit_head

NAMES = [column.name for column in audit_log.columns]


def unlock(engine: Engine) -> None:
    """Take the triggers away, as somebody would who owns the database."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                connection.execute(sa.text(f"DROP TRIGGER audit_log_no_{verb}"))
        else:
            connection.execute(sa.text("DROP TRIGGER audit_log_no_change ON audit_log"))


def write(engine: Engine, number: int, at: datetime = datetime(2026, 11, 22, 9, tzinfo=UTC)) -> None:
    for place in range(number):
        with writing(engine) as connection:
            audit.append(connection, at, audit.SYSTEM, "case.overdue", case=f"K-{place % 3}")


@pytest.fixture
def log(engine: Engine) -> Engine:
    """A log of ten lines whose lock is broken."""
    write(engine, 10)
    assert verify(engine).fault is None
    unlock(engine)
    return engine


def run(engine: Engine, *statements: str) -> None:
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_lines_are_numbered_without_a_gap_and_the_head_is_the_last_of_them(engine: Engine):
    assert verify(engine).intact == 0
    write(engine, 3)
    verdict = verify(engine)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3]
    assert (verdict.intact, verdict.fault, verdict.head) == (3, None, Note(3, rows[-1].hash))


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE audit_log SET detail = 'x' WHERE seq = 4"], Fault("changed", 4)),
        (["UPDATE audit_log SET at = '2026-11-23 09:00:00' WHERE seq = 1"], Fault("changed", 1)),
        (["UPDATE audit_log SET case_id = NULL WHERE seq = 10"], Fault("changed", 10)),
        (["DELETE FROM audit_log WHERE seq = 4"], Fault("missing", 4)),
        (["DELETE FROM audit_log WHERE seq <= 3"], Fault("missing", 1)),
        (["DELETE FROM audit_log WHERE seq = 10"], Fault("truncated", 10)),
        (["DELETE FROM audit_log WHERE seq > 5"], Fault("truncated", 6)),
        (["DELETE FROM audit_log"], Fault("truncated", 1)),
        (
            [
                "UPDATE audit_log SET seq = 99 WHERE seq = 3",
                "UPDATE audit_log SET seq = 3 WHERE seq = 4",
                "UPDATE audit_log SET seq = 4 WHERE seq = 99",
            ],
            Fault("changed", 3),
        ),
        (["UPDATE audit_log SET seal = '' WHERE seq = 7"], Fault("forged", 7)),
        (["DELETE FROM audit_head"], Fault("head", 11)),
        (["UPDATE audit_head SET seal = '0'"], Fault("head", 11)),
    ],
)
def test_what_was_tampered_with_is_named(log: Engine, statements: list[str], fault: Fault):
    run(log, *statements)
    verdict = verify(log)
    assert verdict.fault == fault
    assert verdict.intact == fault.seq - 1


@pytest.mark.parametrize("seq", [0, -5, 11, 500])
def test_a_line_that_was_put_in_is_named(log: Engine, seq: int):
    columns = "actor, action, case_id, detail, at, hash, seal"
    run(log, f"INSERT INTO audit_log (seq, {columns}) SELECT {seq}, {columns} FROM audit_log WHERE seq = 5")
    found = verify(log).fault
    assert found is not None
    assert found.kind == "inserted"
    assert found.seq in (seq, 11)


def rebuild(engine: Engine, begin: int) -> str:
    """Hash all lines anew, as somebody would who knows how but has no key; returns the last hash."""
    previous = "0" * 64
    with writing(engine) as connection:
        for row in connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).all():
            line = Line(row.seq, row.at, row.actor, row.action, row.case_id, row.detail)
            previous = hash_of(line, previous)
            if row.seq >= begin:
                connection.execute(sa.update(audit_log).where(audit_log.c.seq == row.seq).values(hash=previous))
    return previous


def test_who_makes_the_chain_anew_lacks_the_key(log: Engine):
    run(log, "UPDATE audit_log SET actor = 'parent' WHERE seq = 4")
    last = rebuild(log, 4)
    run(log, f"UPDATE audit_head SET hash = '{last}'")
    assert verify(log).fault == Fault("forged", 4)


def test_who_cuts_the_end_off_cannot_seal_the_new_end_and_the_next_line_says_so(log: Engine):
    run(
        log,
        "DELETE FROM audit_log WHERE seq > 7",
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit_log WHERE seq = 7)",
    )
    assert verify(log).fault == Fault("head", 8)
    write(log, 3)  # honest lines must neither be lost nor hide it
    assert verify(log).fault == Fault("head", 8)
    assert [entry.action for entry in audit.entries(log, after=7)] == ["audit.head_wrong"] + ["case.overdue"] * 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_head",
        "DELETE FROM audit_log WHERE seq > 5",
        "INSERT INTO audit_log (seq, at, actor, action) SELECT 11, at, actor, action FROM audit_log WHERE seq = 1",
    ],
)
def test_the_product_goes_on_writing_after_tampering_and_the_fault_stays_in_sight(log: Engine, statement: str):
    run(log, statement)
    write(log, 2)
    assert [entry.action for entry in audit.newest(log, limit=2)] == ["case.overdue"] * 2
    assert verify(log).fault is not None


def test_a_head_that_was_noted_shows_that_an_older_copy_was_put_back(engine: Engine):
    write(engine, 5)
    old = verify(engine).head
    with reading(engine) as connection:
        copy = connection.execute(sa.select(audit_head)).one()
    write(engine, 5)
    noted = verify(engine).head
    assert verify(engine, noted=old).fault is None
    unlock(engine)
    run(engine, "DELETE FROM audit_log WHERE seq > 5")
    with writing(engine) as connection:
        connection.execute(sa.update(audit_head).values(seq=copy.seq, hash=copy.hash, seal=copy.seal))
    assert verify(engine).fault is None  # nothing in the database can show it
    assert verify(engine, noted=noted).fault == Fault("truncated", 6)
    assert verify(engine, noted=Note(3, "0" * 64)).fault == Fault("noted", 3)


@tries(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_field_of_any_line_that_changes_is_found(tmp_path_factory: Any, data: st.DataObject):
    engine = make_engine(f"sqlite:///{tmp_path_factory.getbasetemp()}/chain.db")
    migrate(engine)
    with reading(engine) as connection:
        begun = connection.execute(sa.select(sa.func.count()).select_from(audit_log)).scalar_one()
    if not begun:
        write(engine, 6)
        unlock(engine)
    seq = data.draw(st.integers(1, 6))
    name = data.draw(st.sampled_from([name for name in NAMES if name not in ("seq", "at")]))
    with reading(engine) as connection:
        before = connection.execute(sa.select(audit_log).where(audit_log.c.seq == seq)).one()
    value = data.draw(st.text("abcdef0123456789.:", max_size=16).filter(lambda text: text != before._mapping[name]))
    mine = audit_log.c.seq == seq
    with writing(engine) as connection:
        connection.execute(sa.update(audit_log).where(mine).values({name: value}))
    found = verify(engine).fault
    with writing(engine) as connection:
        connection.execute(sa.update(audit_log).where(mine).values({name: before._mapping[name]}))
    assert verify(engine).fault is None
    engine.dispose()
    assert found is not None
    assert found.seq == seq


def test_many_writers_at_once_make_one_chain(engine: Engine):
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for place in range(15):
                with writing(engine) as connection:
                    audit.append(connection, datetime.now(UTC), audit.SYSTEM, "case.overdue", detail=f"{number}")
                    audit.append(connection, datetime.now(UTC), audit.SYSTEM, "case.closed", detail=f"{place}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    verdict = verify(engine)
    assert (verdict.intact, verdict.fault) == (180, None)


def test_two_transactions_that_write_lines_and_rows_in_another_order_do_not_lock_each_other_out(engine: Engine):
    """The end of the chain is locked last of all, however early the line was asked for."""
    run(engine, "CREATE TABLE a (x INTEGER)", "INSERT INTO a VALUES (1)")
    failures: list[BaseException] = []
    ready = threading.Barrier(2)

    def work(line_first: bool) -> None:
        try:
            for _ in range(20):
                ready.wait(timeout=20)
                with writing(engine) as connection:
                    if line_first:
                        audit.append(connection, datetime.now(UTC), audit.SYSTEM, "x")
                    connection.execute(sa.text("UPDATE a SET x = x + 1"))
                    if not line_first:
                        audit.append(connection, datetime.now(UTC), audit.SYSTEM, "x")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verify(engine).intact == 40


def test_a_line_goes_with_the_transaction_it_was_asked_for_in(engine: Engine):
    def half() -> None:
        with writing(engine) as connection:
            audit.append(connection, datetime.now(UTC), audit.SYSTEM, "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    write(engine, 1)
    assert [entry.action for entry in audit.entries(engine)] == ["case.overdue"]
    assert verify(engine).intact == 1


def test_a_line_outside_our_own_transactions_is_chained_too(engine: Engine):
    with engine.begin() as connection:
        audit.append(connection, datetime.now(UTC), audit.SYSTEM, "x")
    with writing(engine) as connection, connection.begin_nested():
        audit.append(connection, datetime.now(UTC), audit.SYSTEM, "y")
    assert verify(engine).intact == 2


def test_the_migration_numbers_and_chains_the_lines_that_are_there(engine: Engine):
    downgrade(engine, "0003")
    with writing(engine) as connection:
        for seq in (2, 3, 7, 40):
            values = {"seq": seq, "at": "2026-11-22 09:00:00.000123", "actor": "parent", "action": "consent.given"}
            statement = "INSERT INTO audit_log (seq, at, actor, action) VALUES (:seq, :at, :actor, :action)"
            connection.execute(sa.text(statement), values)
    migrate(engine)
    assert [entry.seq for entry in audit.entries(engine)] == [1, 2, 3, 4]
    write(engine, 1)
    assert (verify(engine).intact, verify(engine).fault) == (5, None)
    with pytest.raises(sa.exc.DBAPIError, match="only grows"):
        run(engine, "DELETE FROM audit_log")


def test_lines_are_selected_by_case_actor_action_and_day_in_norway(engine: Engine):
    with writing(engine) as connection:
        for at, actor, case in [
            (datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "parent", "K-1"),
            (datetime(2026, 11, 21, 23, 0, tzinfo=UTC), "system", "K-1"),
            (datetime(2026, 11, 22, 22, 59, tzinfo=UTC), "parent", "K-2"),
        ]:
            audit.append(connection, at, actor, f"x.{actor}", case=case)

    def seqs(**wish: Any) -> list[int]:
        return [entry.seq for entry in audit.newest(engine, selection=audit.Selection(**wish))]

    assert seqs() == [3, 2, 1]
    assert seqs(day=date(2026, 11, 22)) == [3, 2]
    assert seqs(day=date(2026, 11, 21)) == [1]
    assert seqs(case="K-1", actor="parent") == [1]
    assert seqs(action="x.system") == [2]
    assert audit.known_codes(engine) == (("parent", "system"), ("x.parent", "x.system"))


def test_an_export_holds_what_is_needed_to_check_the_chain_elsewhere(engine: Engine):
    write(engine, 5)
    lines = [json.loads(line) for line in "".join(export(engine, "jsonl")).splitlines()]
    previous = "0" * 64
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        rebuilt = Line(line["seq"], at, line["actor"], line["action"], line["case"], line["detail"])
        previous = hash_of(rebuilt, previous)
        assert line["hash"] == previous
    assert verify(engine).head == Note(5, previous)
    rows = list(csv.reader(io.StringIO("".join(export(engine, "csv", audit.Selection(case="K-1"))))))
    assert rows[0] == [*COLUMNS, "part_of"]
    assert [row[0] for row in rows[1:]] == ["2", "5"]


def test_the_command_names_the_line_and_ends_with_a_status(
    engine: Engine, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    class Now:
        database_url = url

    monkeypatch.setattr(audit_command, "settings", Now)
    write(engine, 4)
    assert audit_command.main(["verify"]) == 0
    head = capsys.readouterr().out.strip().split()[-1]
    assert audit_command.main(["verify", "--noted", head]) == 0
    assert audit_command.main(["export", "--format", "jsonl", "--case", "K-1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    unlock(engine)
    run(engine, "UPDATE audit_log SET actor = 'parent' WHERE seq = 3")
    assert audit_command.main(["verify"]) == 1
    assert "Line 3 is not the line" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        audit_command.main(["verify", "--noted", "x"])
    Now.database_url = "postgresql://nobody@127.0.0.1:1/none"
    assert audit_command.main(["verify"]) == 2
