"""The database itself refuses a code that is not on the list: checks on the columns of the first tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.handoff.engine import MigrationHindered

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CODES: dict[str, dict[str, tuple[str, ...]]] = {
    "conversations": {
        "audience": ("parent", "staff"),
        "state": ("bot", "waiting", "human", "closed"),
    },
    "accounts": {"role": ("coordinator", "lead", "auditor")},
    "cases": {
        "state": (
            "offered",
            "consenting",
            "queued",
            "claimed",
            "returned",
            "closed",
            "declined",
            "withdrawn",
            "expired",
        ),
        "reason": ("own_case", "consent", "human", "danger"),
        "urgency": ("U0", "U1", "U2"),
        "share": ("contact_only", "summary", "conversation"),
        "reach": ("chat", "phone", "email"),
        "outcome": ("answered", "handed_on", "no_contact", "unresolved"),
    },
    "messages": {"author": ("parent", "bot", "coordinator", "system")},
    "consent_records": {"state": ("given", "withdrawn", "expired")},
}
_NAMED = 5
"""Rows that are named for each code that is not on the list; the rest is counted."""


def upgrade() -> None:
    """Add the checks; raises MigrationHindered, naming the rows, when a row holds another code."""
    _refuse_other_codes(op.get_bind())
    for table, columns in _CODES.items():
        with _changing(table) as batch:
            for column, codes in columns.items():
                listed = ", ".join(f"'{code}'" for code in codes)
                batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def downgrade() -> None:
    """Take them away."""
    for table, columns in reversed(_CODES.items()):
        with _changing(table) as batch:
            for column in columns:
                batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")


@contextmanager
def _changing(table: str) -> Iterator[Any]:
    """A batch over a table. SQLite copies it into a new one: its rows, keys, indexes and numbering stay."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        with op.batch_alter_table(table) as batch:
            yield batch
        return
    # Dropping the old table would delete every row that refers to it.
    if connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise MigrationHindered("Tables cannot be rebuilt while foreign keys act: migrate with bot.handoff.engine.")
    # Alembic does not see that a table counts its rows, and a number that was given away must not be given again.
    counts = table == "messages"
    number = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    last = connection.execute(number, {"table": table}).scalar() if counts else None
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True} if counts else {}) as batch:
        yield batch
    if last is not None:
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        again = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)")
        connection.execute(again, {"table": table, "last": last})


def _refuse_other_codes(connection: Any) -> None:
    found: list[str] = []
    for name, columns in _CODES.items():
        for column, codes in columns.items():
            key, code = sa.column("id"), sa.column(column)
            table = sa.table(name, key, code)
            query = sa.select(code, sa.func.count()).where(code.not_in(codes)).group_by(code).order_by(code)
            for other, count in connection.execute(query.select_from(table)).all():
                rows = sa.select(key).select_from(table).where(code == other).order_by(key).limit(_NAMED)
                named = ", ".join(connection.execute(rows).scalars())
                more = f" and {count - _NAMED} more" if count > _NAMED else ""
                found.append(f"{name}.{column} is {other!r} in {named}{more}")
    if found:
        raise MigrationHindered(
            "The database holds codes that this version does not know, so it was left as it was. "
            f"Correct these rows (table.column, code, ids) and start again: {'; '.join(found)}."
        )
