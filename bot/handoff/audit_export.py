"""The audit log as a file: CSV or JSON lines, read a little at a time, with what is needed to check the chain."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.audit import Selection
from bot.handoff.audit_chain import moment
from bot.handoff.engine import reading
from bot.handoff.tables import audit_log

FORMATS = ("csv", "jsonl")
Format = Literal["csv", "jsonl"]
COLUMNS = ("seq", "at", "actor", "action", "case", "detail", "hash", "seal")
MANY = 2000


def export(engine: Engine, form: Format, selection: Selection | None = None) -> Iterator[str]:
    """The selected lines up to now, oldest first, as pieces of a file. Raises RecordUnavailable."""
    c = audit_log.c
    chosen = (selection or Selection()).narrow(sa.select(audit_log)).order_by(c.seq).limit(MANY)
    with reading(engine) as connection:
        last = connection.execute(sa.select(sa.func.max(c.seq))).scalar_one() or 0
    write = _csv if form == "csv" else _json_lines
    yield _csv([COLUMNS]) if form == "csv" else ""
    after: int | None = None
    while True:
        query = chosen.where(c.seq <= last)
        with reading(engine) as connection:
            rows = connection.execute(query if after is None else query.where(c.seq > after)).all()
        yield write(
            [
                (row.seq, moment(row.at), row.actor, row.action, row.case_id, row.detail, row.hash, row.seal)
                for row in rows
            ]
        )
        if len(rows) < MANY:
            return
        after = rows[-1].seq


def _csv(rows: list[tuple[object, ...]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()


def _json_lines(rows: list[tuple[object, ...]]) -> str:
    return "".join(json.dumps(dict(zip(COLUMNS, row, strict=True)), separators=(",", ":")) + "\n" for row in rows)
