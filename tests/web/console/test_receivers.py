"""The page of the receivers of news."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.handoff import audit
from bot.handoff.deliveries import state_of
from bot.handoff.outbox import spread
from bot.handoff.records import RecordError
from bot.settings import Settings
from bot.texts import text
from bot.web.jobs import Jobs
from bot.web.services import Services
from tests.serving import serving


class Channel(ThreadingHTTPServer):
    """A channel of Teams and one of Slack."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 202
        self.came: list[tuple[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.came.append((self.path, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def channel() -> Iterator[Channel]:
    with serving(Channel()) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, channel: Channel) -> Settings:
    address = f"http://127.0.0.1:{channel.server_address[1]}"
    return replace(settings, teams_url=f"{address}/secret-teams", slack_url=f"{address}/secret-slack")


async def test_a_lead_sees_the_receivers_and_tries_one_out(
    open_desk: Any, channel: Channel, services: Services
) -> None:
    lead = await open_desk("liv", "lead")
    page = (await lead.get("/console/receivers")).text
    assert "Microsoft Teams" in page
    assert "127.0.0.1" in page
    assert "secret" not in page
    sent = await lead.send("/console/receivers/teams/test")
    assert text("console.log.receivers_test_sent", "en", name="Microsoft Teams").value in sent.text
    ((path, body),) = channel.came
    assert path == "/secret-teams"
    assert "K-TEST" in body
    (line,) = audit.newest(services.engine, limit=1)
    assert (line.action, line.detail, line.actor) == ("receiver.tested", "teams", f"account:{lead.account.id}")
    channel.status = 410
    failed = await lead.send("/console/receivers/slack/test")
    assert failed.status_code == 502
    assert text("console.log.receivers_test_failed", "en", name="Slack", code="http_410").value in failed.text
    assert (await lead.send("/console/receivers/nobody/test")).status_code == 422


async def test_what_waits_for_whom_is_shown(open_desk: Any, queued: Any, channel: Channel, services: Services) -> None:
    channel.status = 503
    case = await queued()
    jobs = Jobs(services)
    await jobs.spread()
    for receiver in jobs._receivers:
        await jobs.deliver_to(receiver)
    assert {path for path, _ in channel.came} == {"/secret-teams", "/secret-slack"}
    assert all(case in body for _, body in channel.came)
    lead = await open_desk("liv", "lead")
    page = (await lead.get("/console/receivers")).text
    assert page.count("<code>http_503</code>") == 2
    assert state_of(services.engine, "teams").waiting == 1


async def test_news_is_spread_once_a_round_and_reaches_every_receiver_in_it(
    queued: Any, channel: Channel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[tuple[list[str], int]] = []

    def counted(engine: Any, names: list[str]) -> int:
        rounds.append((names, spread(engine, names)))
        return rounds[-1][1]

    monkeypatch.setattr("bot.web.jobs.spread", counted)
    case = await queued()
    jobs = Jobs(services)
    jobs.start()
    try:
        async with asyncio.timeout(4):  # before the next round
            while len(channel.came) < 2:
                await asyncio.sleep(0.02)
    finally:
        await jobs.stop()
    assert rounds == [(["teams", "slack"], 1)]
    assert {path for path, _ in channel.came} == {"/secret-teams", "/secret-slack"}
    assert all(case in body for _, body in channel.came)


async def test_what_waited_is_delivered_although_a_round_of_spreading_failed(
    queued: Any, channel: Channel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queued()
    spread(services.engine, ["teams", "slack"])

    def broken(engine: Any, names: list[str]) -> int:
        raise RecordError

    monkeypatch.setattr("bot.web.jobs.spread", broken)
    jobs = Jobs(services)
    jobs.start()
    try:
        async with asyncio.timeout(4):
            while len(channel.came) < 2:
                await asyncio.sleep(0.02)
    finally:
        await jobs.stop()


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
async def test_nobody_but_a_lead_sees_them(open_desk: Any, role: str) -> None:
    desk = await open_desk("kari", role)
    assert (await desk.get("/console/receivers")).status_code == 403
    assert (await desk.send("/console/receivers/teams/test")).status_code == 403
