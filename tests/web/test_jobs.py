"""Background jobs do their round against the real record, and a round that fails does not end them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.handoff.records import RecordError, utc_now
from bot.handoff.service import make_handoff
from bot.web.jobs import Jobs
from tests.handoff.steps import new_cases


async def test_an_overdue_case_goes_back_and_the_parent_is_told(
    client: Any, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start(language="nb")
    await client.queue()
    account, _ = services.accounts.create("kari")
    case = new_cases(services.handoff)[0].id
    services.handoff.claim(case, account.id)
    late = make_handoff(services.engine, services.settings, lambda: utc_now() + timedelta(hours=25))
    monkeypatch.setattr(services.handoff, "expire_overdue", late.expire_overdue)
    async with services.wakeups.listen(f"conversation:{client.conversation}") as bell:
        await Jobs(services).return_overdue()
        assert await bell.wait(1)
    news = await client.history()
    assert news["state"] == "waiting"
    assert (news["messages"][-1]["from"], news["messages"][-1]["kind"]) == ("system", "handoff_status")
    assert case in news["messages"][-1]["text"]


async def test_every_job_runs_at_once_and_a_failed_round_is_followed_by_the_next(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.jobs.OVERDUE_SECONDS", 0.01)
    rounds: list[int] = []

    def broken(*given: object) -> tuple[()]:
        rounds.append(1)
        raise RecordError

    monkeypatch.setattr(services.handoff, "expire_overdue", broken)
    jobs = Jobs(services)
    jobs.start()
    while len(rounds) < 3:
        await asyncio.sleep(0.01)
    await jobs.stop()
    assert len(rounds) >= 3


async def test_the_sweep_and_the_retention_run_on_an_empty_record(services: Any) -> None:
    jobs = Jobs(services)
    await jobs.sweep()
    await jobs.retain()
    await jobs.spread()
