"""What an account that is limited to municipalities reads of the audit log, and what an exported part says."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.audit_check import verify
from bot.handoff.audit_export import COLUMNS, export
from bot.handoff.conversations import Conversations
from bot.handoff.engine import writing
from bot.handoff.service import Handoff
from bot.handoff.tables import cases

CASES = {"fjordvik": "K-2222", "heimvik": "K-3333", None: "K-4444"}
DAY = date(2026, 12, 1)


@pytest.fixture
def people(engine: Engine, clock: Any) -> dict[str, str]:
    """One account for each sight, by name; ``aud`` is the limited auditor."""
    store = Accounts(engine, clock)
    limits = {"aud": ("fjordvik",), "fjord": ("fjordvik",), "both": ("fjordvik", "heimvik"), "heim": ("heimvik",)}
    made = {name: store.create(name, "lead", municipalities=places)[0].id for name, places in limits.items()}
    return made | {"all": store.create("all", "lead")[0].id}


@pytest.fixture
def waiting(engine: Engine, talks: Conversations, clock: Any) -> None:
    for place, number in CASES.items():
        talk = talks.create(language="uk", municipality=place)[0].id
        values = {"id": number, "conversation_id": talk, "state": "queued", "reason": "own_case", "urgency": "U1"}
        values |= {"language": "uk", "municipality": place, "writing": False}
        with writing(engine) as connection:
            connection.execute(sa.insert(cases).values(**values, opened_at=clock.now, queued_at=clock.now))


def write(engine: Engine, clock: Any, actor: str, action: str, **more: str) -> None:
    with writing(engine) as connection:
        audit.append(connection, clock.now, actor, action, **more)


def read(engine: Engine, reader: str, **wish: Any) -> list[tuple[str, str | None]]:
    """Actions with case or detail, newest last, of what was not there from the start."""
    lines = audit.newest(engine, selection=audit.Selection(reader=reader, **wish))
    return [(line.action, line.case or line.detail) for line in reversed(lines) if line.action != "account.created"]


def test_lines_of_a_case_go_with_the_case(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None, clock: Any
):
    for place, number in CASES.items():
        assert handoff.claim(number, people["all" if place is None else "both"]) is not None
    everything = [("case.claimed", number) for number in CASES.values()]
    assert read(engine, people["all"]) == everything
    assert read(engine, people["aud"]) == [("case.claimed", "K-2222"), ("case.claimed", "K-4444")]
    assert read(engine, people["heim"]) == [("case.claimed", "K-3333"), ("case.claimed", "K-4444")]
    assert read(engine, people["aud"], case="K-3333") == []
    assert [line.case for line in audit.newest(engine, selection=audit.Selection(case="K-3333"))] == ["K-3333"]


def test_a_stranger_is_named_to_nobody_but_in_cases_of_ones_own(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None, clock: Any
):
    handoff.claim("K-4444", people["heim"])  # a case without municipality: whoever sees all cases may take it
    write(
        engine,
        clock,
        audit.by_account(people["both"]),
        "case.handed_on",
        case="K-2222",
        detail=f"account:{people['heim']}",
    )
    assert read(engine, people["aud"]) == [("case.handed_on", "K-2222")]
    assert ("case.claimed", "K-4444") in read(engine, people["all"])


def test_of_a_case_that_is_gone_only_unlimited_accounts_read(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None
):
    handoff.claim("K-2222", people["fjord"])
    assert read(engine, people["aud"]) == [("case.claimed", "K-2222")]
    with writing(engine) as connection:
        connection.execute(sa.delete(cases).where(cases.c.id == "K-2222"))
    assert read(engine, people["aud"]) == []
    assert read(engine, people["all"]) == [("case.claimed", "K-2222")]


@pytest.mark.parametrize(
    ("by", "about", "is_read"),
    [
        ("fjord", "fjord", True),
        ("both", "both", True),
        ("all", "fjord", True),
        ("all", "all", True),
        ("heim", "heim", False),
        ("all", "heim", False),
        ("heim", "both", False),
        (None, "fjord", True),
        (None, "heim", False),
        (None, None, True),
    ],
)
def test_a_line_about_accounts_is_read_by_whoever_shares_something_with_them(
    engine: Engine, people: dict[str, str], clock: Any, by: str | None, about: str | None, is_read: bool
):
    actor = audit.by_account(people[by]) if by else audit.SYSTEM
    more = {"detail": people[about]} if about else {}
    write(engine, clock, actor, "account.code_off", **more)
    assert bool(read(engine, people["aud"])) is is_read
    assert read(engine, people["all"]) != []


def test_hours_are_read_by_those_whose_office_it_is(
    engine: Engine, handoff: Handoff, people: dict[str, str], clock: Any
):
    for place in ("fjordvik", "heimvik", "fjordvika", None):
        assert handoff.close_days(place, DAY, DAY + timedelta(days=1), people["all"]) is not None
    assert [detail.split(":")[0] for _, detail in read(engine, people["aud"]) if detail] == ["fjordvik", "all"]


def test_the_choices_and_the_pages_are_of_what_is_read(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None
):
    handoff.claim("K-3333", people["heim"])
    handoff.claim("K-2222", people["fjord"])
    actors, actions = audit.known_codes(engine, people["aud"])
    assert audit.by_account(people["heim"]) not in actors
    assert audit.by_account(people["fjord"]) in actors
    assert "case.claimed" in actions
    assert audit.by_account(people["heim"]) in audit.known_codes(engine)[0]


def test_a_change_of_what_somebody_may_see_holds_at_once(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None, clock: Any
):
    handoff.claim("K-3333", people["all"])
    assert read(engine, people["aud"]) == []
    Accounts(engine, clock).limit(people["aud"], ("heimvik",))
    assert ("case.claimed", "K-3333") in read(engine, people["aud"])


def test_an_exported_part_says_in_each_line_that_it_is_one_and_the_whole_does_not(
    engine: Engine, handoff: Handoff, people: dict[str, str], waiting: None
):
    for number in CASES.values():
        handoff.claim(number, people["all"])
    last = verify(engine).head.seq
    part = [
        json.loads(line)
        for line in "".join(export(engine, "jsonl", audit.Selection(reader=people["aud"]))).splitlines()
    ]
    assert {line["part_of"] for line in part} == {last}
    assert "K-3333" not in {line["case"] for line in part}
    assert len(part) < last
    whole = [
        json.loads(line)
        for line in "".join(export(engine, "jsonl", audit.Selection(reader=people["all"]))).splitlines()
    ]
    assert [line["seq"] for line in whole] == list(range(1, last + 1))
    assert "part_of" not in whole[0]
    rows = list(csv.reader(io.StringIO("".join(export(engine, "csv", audit.Selection(action="case.claimed"))))))
    assert rows[0] == [*COLUMNS, "part_of"]
    assert {row[-1] for row in rows[1:]} == {str(last)}
    assert verify(engine).intact == last, "the check reads the whole log, whoever asks"
