"""The audit log as a file: CSV or JSON lines, read a little at a time, with what is needed to check the chain.

A file that is not the whole log says so in each line: ``part_of`` is the number of lines that the log had. The hashes
of such a file cannot be followed from line to line.
"""

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
from bot.handoff.audit_scope import is_limited
from bot.handoff.engine import reading
from bot.handoff.tables import audit_log

FORMATS = ("csv", "jsonl")
Format = Literal["csv", "jsonl"]
COLUMNS = ("seq", "at", "actor", "action", "case", "detail", "hash", "seal")
PART = "part_of"
MANY = 2000


def is_part(engine: Engine, selection: Selection) -> bool:
    """The selection leaves lines out, or its reader sees a part of the log only."""
    if selection.reader is None or selection != Selection(reader=selection.reader):
        return selection != Selection()
    with reading(engine) as connection:
        return is_limited(connection, selection.reader)


def export(engine: Engine, form: Format, selection: Selection | None = None) -> Iterator[str]:
    """The selected lines up to now, oldest first, as pieces of a file. Raises RecordUnavailable."""
    c = audit_log.c
    wanted = selection or Selection()
    chosen = wanted.narrow(sa.select(audit_log)).order_by(c.seq).limit(MANY)
    part = is_part(engine, wanted)
    columns = (*COLUMNS, PART) if part else COLUMNS
    with reading(engine) as connection:
        last = connection.execute(sa.select(sa.func.max(c.seq))).scalar_one() or 0
    yield _csv([columns]) if form == "csv" else ""
    after: int | None = None
    while True:
        query = chosen.where(c.seq <= last)
        with reading(engine) as connection:
            rows = connection.execute(query if after is None else query.where(c.seq > after)).all()
        lines: list[tuple[object, ...]] = [
            (row.seq, moment(row.at), row.actor, row.action, row.case_id, row.detail, row.hash, row.seal)
            for row in rows
        ]
        lines = [(*line, last) for line in lines] if part else lines
        yield _csv(lines) if form == "csv" else _json_lines(columns, lines)
        if len(rows) < MANY:
            return
        after = rows[-1].seq


def _csv(rows: list[tuple[object, ...]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()


def _json_lines(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    return "".join(json.dumps(dict(zip(columns, row, strict=True)), separators=(",", ":")) + "\n" for row in rows)
