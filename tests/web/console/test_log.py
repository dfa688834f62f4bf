"""The page of the audit log: selecting, checking, downloading."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from bot.handoff import audit
from bot.handoff.audit_check import verify
from bot.handoff.engine import writing
from bot.handoff.tables import cases
from bot.texts import text
from bot.web.services import Services


def said(key: str, **values: str) -> str:
    return text(key, "en", **values).value


async def test_an_auditor_checks_the_log_and_can_note_where_it_ends(open_desk: Any, services: Services) -> None:
    auditor = await open_desk("aud", "auditor")
    page = (await auditor.send("/console/audit/check")).text
    head = verify(services.engine).head
    assert said("console.log.intact", number=str(head.seq)) in page
    noted = f"{head.seq}:{head.hash}"
    assert noted in page
    assert (
        said("console.log.intact", number=str(head.seq))
        in (await auditor.send("/console/audit/check", noted=f"  {noted.upper()} ")).text
    )
    wrong = await auditor.send("/console/audit/check", noted=f"{head.seq}:{'0' * 64}")
    assert said("console.log.fault.noted", line=str(head.seq)) in wrong.text
    unreadable = await auditor.send("/console/audit/check", noted="<b>what</b>")
    assert unreadable.status_code == 422
    assert said("console.log.check_noted_wrong") in unreadable.text
    assert "&lt;b&gt;what&lt;/b&gt;" in unreadable.text  # nothing typed is lost


async def test_a_line_that_was_changed_is_named(open_desk: Any, services: Services) -> None:
    auditor = await open_desk("aud", "auditor")
    with writing(services.engine) as connection:
        connection.execute(sa.text("DROP TRIGGER audit_log_no_UPDATE"))
        connection.execute(sa.text("UPDATE audit_log SET actor = 'parent' WHERE seq = 2"))
    page = (await auditor.send("/console/audit/check")).text
    assert said("console.log.fault.changed", line="2") in page
    assert said("console.log.fault_then", number="1") in page


async def test_lines_are_selected_and_the_selection_is_downloaded(
    open_desk: Any, queued: Any, services: Services
) -> None:
    case = await queued()
    kari = await open_desk("kari")
    await kari.send(f"/console/cases/{case}/claim")
    auditor = await open_desk("aud", "auditor")
    page = (await auditor.get("/console/audit", params={"case": case.lower(), "action": "case.claimed"})).text
    assert page.count("<tr><td>") == 1
    assert f"account:{kari.account.id}" in page  # as the value of a choice; the name is shown
    assert "<td>kari</td>" in page
    answer = await auditor.get("/console/audit/export", params={"format": "jsonl", "case": case})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert {line["case"] for line in lines} == {case}
    assert [line["action"] for line in lines][:2] == ["consent.given", "case.claimed"]
    assert "attachment" in answer.headers["content-disposition"]
    table = await auditor.get("/console/audit/export", params={"format": "csv"})
    assert table.text.startswith("seq,at,actor,action,case,detail,hash,seal")
    told = [(line.action, line.detail) for line in audit.newest(services.engine, limit=2)]
    assert told == [("audit.exported", "csv"), ("audit.exported", "jsonl")]


@pytest.mark.parametrize(
    "query", ["day=x", "day=0001-01-01", "day=9999-12-31", "case=%00", "before=abc", "actor=" + "x" * 500]
)
async def test_a_selection_that_makes_no_sense_is_no_fault(open_desk: Any, query: str) -> None:
    auditor = await open_desk("aud", "auditor")
    assert (await auditor.get(f"/console/audit?{query}")).status_code == 200


async def test_a_coordinator_neither_reads_nor_downloads_it(open_desk: Any) -> None:
    kari = await open_desk("kari")
    assert (await kari.get("/console/audit")).status_code == 403
    assert (await kari.get("/console/audit/export")).status_code == 403
    assert (await kari.send("/console/audit/check")).status_code == 403


async def test_a_limited_auditor_reads_and_downloads_the_part_of_her_municipalities(
    open_desk: Any, queued: Any, client: Any, services: Services
) -> None:
    numbers = {}
    for place in ("fjordvik", "heimvik"):
        numbers[place] = await queued()
        with services.engine.begin() as connection:
            chosen = sa.update(cases).where(cases.c.id == numbers[place]).values(municipality=place)
            connection.execute(chosen)
    far = await open_desk("far")
    services.accounts.limit(far.account.id, ("heimvik",))
    await far.send(f"/console/cases/{numbers['heimvik']}/claim")
    auditor = await open_desk("aud", "auditor")
    services.accounts.limit(auditor.account.id, ("fjordvik",))
    page = (await auditor.get("/console/audit")).text
    assert said("console.log.part") in page
    assert numbers["fjordvik"] in page
    assert numbers["heimvik"] not in page
    assert far.account.id not in page, "nor is a stranger among the choices"
    guessed, nothing = [
        (await auditor.get("/console/audit", params={"case": case})).text.replace(case, "")
        for case in (numbers["heimvik"], "K-9999")
    ]
    assert guessed == nothing, "as one that does not exist"
    answer = await auditor.get("/console/audit/export", params={"format": "jsonl"})
    assert "brobygger-log-part-" in answer.headers["content-disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert numbers["heimvik"] not in {line["case"] for line in lines}
    assert all(line["part_of"] > len(lines) for line in lines)
    checked = (await auditor.send("/console/audit/check")).text
    assert said("console.log.intact", number=str(verify(services.engine).intact)) in checked
    services.accounts.limit(auditor.account.id, ())
    page = (await auditor.get("/console/audit")).text
    assert numbers["heimvik"] in page
    assert said("console.log.part") not in page
