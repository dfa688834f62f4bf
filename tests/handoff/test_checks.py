"""The database refuses codes that are not on the list, and the migration that taught it so keeps all that was there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine

from bot.handoff import (  # noqa: F401 - they add their tables to the metadata
    tables_accounts,
    tables_audit,
    tables_consent,
    tables_deliveries,
    tables_desk,
    tables_hours,
    tables_statistics,
)
from bot.handoff.conversations import Conversations
from bot.handoff.engine import (
    MigrationHindered,
    alembic_config,
    downgrade,
    is_current,
    is_sqlite,
    migrate,
    reading,
    writing,
)
from bot.handoff.service import Handoff
from bot.handoff.tables import accounts, cases, consent_records, conversations, messages, metadata, notes, shared
from tests.handoff.steps import live

BEFORE, AFTER = "0010", "0011"
CODED = {
    "conversations": {"audience", "state"},
    "accounts": {"role"},
    "cases": {"state", "reason", "urgency", "share", "reach", "outcome"},
    "messages": {"author"},
    "consent_records": {"state"},
}
Checks = dict[str, dict[str, frozenset[str]]]
"""For each table the names of its checks with the codes that they let through."""


def codes_in(words: str) -> frozenset[str]:
    """The codes in the text of a check: each database writes the rest of it in its own way."""
    return frozenset(re.findall(r"'(\w+)'", words))


def checks_of_the_code() -> Checks:
    """What the tables declare, in the table or in a column of it."""
    found: Checks = {}
    for table in metadata.sorted_tables:
        declared = table.constraints.union(*(column.constraints for column in table.columns))
        checks = [one for one in declared if isinstance(one, sa.CheckConstraint)]
        if checks:
            found[table.name] = {str(one.name): codes_in(str(one.sqltext)) for one in checks}
    return found


def checks_of_the_database(engine: Engine) -> Checks:
    with reading(engine) as connection:
        inspector = sa.inspect(connection)
        found = {table: inspector.get_check_constraints(table) for table in inspector.get_table_names()}
    return {
        table: {one["name"]: codes_in(one["sqltext"]) for one in checks} for table, checks in found.items() if checks
    }


def test_the_migrations_make_every_check_of_the_code_with_its_codes(engine: Engine):
    declared = checks_of_the_code()
    for table, columns in CODED.items():
        assert {f"ck_{table}_{column}" for column in columns} <= declared[table].keys()
    assert checks_of_the_database(engine) == declared


def test_before_the_migration_the_first_tables_have_no_checks_and_the_comparison_sees_it(engine: Engine):
    downgrade(engine, BEFORE)
    missing = {
        (table, name)
        for table, checks in checks_of_the_code().items()
        for name in checks.keys() - checks_of_the_database(engine).get(table, {}).keys()
    }
    assert missing == {(table, f"ck_{table}_{column}") for table, columns in CODED.items() for column in columns}


def test_a_code_that_is_not_on_the_list_is_refused(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: Any
):
    live(handoff, talks, talk, "summary", coordinators[0])
    for table, column in [(metadata.tables[name], column) for name, columns in CODED.items() for column in columns]:
        with pytest.raises(sa.exc.IntegrityError, match=f"ck_{table.name}_{column}"), writing(engine) as connection:
            connection.execute(sa.update(table).values({column: "other"}))
        with writing(engine) as connection:  # what is on the list is still taken
            assert connection.execute(sa.update(table).values({column: table.c[column]})).rowcount


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, by table, whatever columns there are in this revision."""
    with reading(engine) as connection:
        found = sa.MetaData()
        found.reflect(connection)
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in found.sorted_tables
            if table.name in metadata.tables
        }


def shape(engine: Engine) -> dict[str, Any]:
    """Columns, keys and indexes of every table, and what SQLite keeps beside them as it was written."""
    with reading(engine) as connection:
        look = sa.inspect(connection)
        found: dict[str, Any] = {
            table: (
                [{**column, "type": str(column["type"])} for column in look.get_columns(table)],
                look.get_pk_constraint(table),
                sorted(look.get_foreign_keys(table), key=repr),
                sorted((index["name"], index["column_names"], index["unique"]) for index in look.get_indexes(table)),
                sorted(look.get_unique_constraints(table), key=repr),
            )
            for table in look.get_table_names()
        }
        if is_sqlite(engine):
            written = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY name"
            found["written"] = [(*row[:2], plain(row[2])) for row in connection.exec_driver_sql(written)]
            counting = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name"
            found["counting"] = list(connection.exec_driver_sql(counting).scalars())
            numbers = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence ORDER BY name")
            found["numbers"] = [tuple(row) for row in numbers]
    return found


def plain(words: str | None) -> str:
    return " ".join((words or "").replace('"', "").split())


def test_rows_keys_and_indexes_stay_in_both_directions(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: Any
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    handoff.note(case.id, coordinators[0], "ring etter tolv")
    gone = talks.create(language="so")[0].id
    talks.record_message(gone, client_id="a", body={"text": "the newest message is deleted"})
    with writing(engine) as connection:
        connection.execute(sa.delete(conversations).where(conversations.c.id == gone))
    downgrade(engine, AFTER)
    rows, made = everything(engine), shape(engine)
    assert all(rows[table.name] for table in (accounts, cases, consent_records, messages, notes, shared))
    downgrade(engine, BEFORE)
    assert (everything(engine), shape(engine)) == (rows, made)
    migrate(engine, AFTER)
    assert (everything(engine), shape(engine)) == (rows, made)
    migrate(engine)
    assert is_current(engine)
    with writing(engine) as connection:  # and what refers to a row still goes with it
        connection.execute(sa.delete(conversations).where(conversations.c.id == talk))
    assert everything(engine)["messages"] == []


def test_a_row_with_another_code_is_named_and_nothing_is_changed(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: Any
):
    case = live(handoff, talks, talk, "summary", coordinators[0])
    many = sorted(talks.create(language="nb")[0].id for _ in range(7))
    downgrade(engine, BEFORE)
    with writing(engine) as connection:
        connection.execute(sa.update(cases).values(outcome="advised"))
        connection.execute(sa.update(conversations).where(conversations.c.id.in_(many)).values(audience="neighbour"))
    rows, made = everything(engine), shape(engine)
    with pytest.raises(MigrationHindered) as told:
        migrate(engine)
    assert f"cases.outcome is 'advised' in {case.id}" in str(told.value)
    assert f"conversations.audience is 'neighbour' in {', '.join(many[:5])} and 2 more" in str(told.value)
    assert (everything(engine), shape(engine)) == (rows, made)
    assert not is_current(engine)
    with writing(engine) as connection:
        connection.execute(sa.update(cases).values(outcome=None))
        connection.execute(sa.update(conversations).values(audience="parent"))
    migrate(engine)
    assert is_current(engine)


def test_tables_are_never_rebuilt_while_foreign_keys_act(engine: Engine):
    """Dropping the old table of conversations would take their messages with it."""
    if not is_sqlite(engine):
        pytest.skip("only SQLite rebuilds tables")
    for change in (command.downgrade, command.upgrade):
        with pytest.raises(MigrationHindered, match="foreign keys"), writing(engine) as connection:
            change(alembic_config(connection), BEFORE if change is command.downgrade else "head")
        downgrade(engine, BEFORE)


def test_foreign_keys_act_again_after_a_migration(engine: Engine):
    migrate(engine)
    if is_sqlite(engine):
        with reading(engine) as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(
            sa.insert(notes).values(
                id="n", case_id="none", account_id="nobody", at=datetime(2026, 11, 22, tzinfo=UTC), text="x"
            )
        )
