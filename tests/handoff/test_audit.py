from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.engine import writing


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_a_line_can_neither_be_changed_nor_removed(engine: Engine, clock: Any, statement: str):
    with writing(engine) as connection:
        audit.append(connection, clock(), audit.PARENT, "consent.given", case="K-7F3A", detail="summary")
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), writing(engine) as connection:
        connection.execute(sa.text(statement))
    (line,) = audit.entries(engine)
    assert (line.actor, line.action, line.case, line.detail) == ("parent", "consent.given", "K-7F3A", "summary")


@pytest.mark.parametrize("words", ["Hei, jeg heter", "привіт", "", "x" * 65, "a\nb", "ola@example.no"])
def test_words_cannot_get_into_the_log(engine: Engine, clock: Any, words: str):
    with pytest.raises(ValueError, match="codes only"), writing(engine) as connection:
        audit.append(connection, clock(), audit.PARENT, "note", detail=words)
    assert audit.entries(engine) == ()


def test_the_log_is_read_by_cursor_and_by_case(engine: Engine, clock: Any):
    with writing(engine) as connection:
        for number in range(4):
            audit.append(connection, clock(), audit.SYSTEM, "case.overdue", case=f"K-{number % 2}")
    lines = audit.entries(engine)
    assert audit.entries(engine, after=lines[1].seq, limit=1) == lines[2:3]
    assert audit.entries(engine, case="K-1") == (lines[1], lines[3])
