from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit, outbox
from bot.handoff.engine import reading
from bot.handoff.notifiers import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    NoNotifier,
    WebhookNotifier,
    make_notifier,
    signature,
)
from bot.handoff.service import Handoff
from bot.handoff.tables import outbox as table
from bot.settings import read_settings

SECRET = "s" * 40
ADDRESS = "https://chat.example.kommune.no"
PERSONAL = ("Olena", "+47 91 23 45 67", "Et brev om Amina", "fjordvik", "Dette gis videre")


class Receiver(ThreadingHTTPServer):
    """A real receiver that answers as it is told to and keeps what came."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.status = 204
        self.came: list[tuple[dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Receiver)
        server.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        if server.status == 302:
            self.send_header("Location", server.address)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def case(handoff: Handoff, talk: str) -> str:
    """A case with every kind of personal detail."""
    handoff.offer(talk, reason="danger", topic="barnevern.what-is", urgency="U0")
    prompt = handoff.accept(talk, summary="draft")
    assert prompt is not None
    for step, given in [
        ("share", "summary"),
        ("summary", "edit"),
        ("", PERSONAL[2]),
        ("summary", "ok"),
        ("reach", "phone"),
        ("", PERSONAL[1]),
        ("calls", "yes"),
        ("reveal", "yes"),
        ("language", "keep"),
        ("interpreter", "yes"),
        ("name", "write"),
        ("", PERSONAL[0]),
    ]:
        if step:
            handoff.answer_step(talk, prompt.case, step, given)
        else:
            handoff.answer_text(talk, given)
    handoff.notice_shown(talk, text=PERSONAL[4], language="uk", version="1")
    handoff.answer_step(talk, prompt.case, "confirm", "yes")
    return prompt.case


def test_a_new_case_arrives_signed_and_without_personal_data(
    engine: Engine, receiver: Receiver, case: str, talk: str, clock: Any
):
    notifier = WebhookNotifier(receiver.address, SECRET)
    assert outbox.waiting(engine) == 1
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 1
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    ((headers, body),) = receiver.came
    assert headers[SIGNATURE_HEADER] == signature(SECRET, headers[TIMESTAMP_HEADER], body)
    assert signature("t" * 40, headers[TIMESTAMP_HEADER], body) != headers[SIGNATURE_HEADER]
    news = json.loads(body)
    assert set(news) == {"id", "at", "event", "case", "topic", "language", "urgency", "link", "text"}
    assert (news["case"], news["event"], news["topic"]) == (case, "queued", "barnevern.what-is")
    assert (news["language"], news["urgency"]) == ("uk", "U0")
    assert news["link"] == f"{ADDRESS}/console/cases/{case}"
    for personal in (*PERSONAL, talk):
        assert personal not in body.decode()
        assert personal not in json.dumps(news, ensure_ascii=True)


def test_the_row_that_waits_holds_no_personal_data_either(engine: Engine, case: str, talk: str):
    with reading(engine) as connection:
        (row,) = connection.execute(sa.select(table)).all()
    for personal in (*PERSONAL, talk):
        assert personal not in str(tuple(row))


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_news_that_is_refused_comes_again_later_and_later(
    engine: Engine, receiver: Receiver, case: str, clock: Any, status: int
):
    notifier = WebhookNotifier(receiver.address, SECRET)
    receiver.status = status
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    assert len(receiver.came) == 1
    clock.forward(seconds=outbox.pause_after(1).total_seconds())
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    assert len(receiver.came) == 2
    receiver.status = 200
    clock.forward(seconds=outbox.pause_after(2).total_seconds())
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 1
    assert outbox.waiting(engine) == 0


def test_a_receiver_that_is_down_costs_nothing_but_time(engine: Engine, case: str, clock: Any):
    with Receiver() as stopped:
        address, port = stopped.address, stopped.server_address[1]
    notifier = WebhookNotifier(address, SECRET)
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    with reading(engine) as connection:
        row = connection.execute(sa.select(table)).one()
    assert (row.attempts, row.last_error, row.delivered_at) == (1, "ConnectionError", None)
    with Receiver(port) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        clock.forward(hours=1)
        assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 1
        server.shutdown()
        thread.join()


def test_news_is_given_up_after_days_and_the_audit_log_says_so(
    engine: Engine, receiver: Receiver, case: str, clock: Any
):
    notifier = WebhookNotifier(receiver.address, SECRET)
    receiver.status = 500
    began = clock()
    for _ in range(outbox.MOST_ATTEMPTS):
        outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock)
        clock.forward(hours=1)
    assert len(receiver.came) == outbox.MOST_ATTEMPTS
    assert (clock() - began).days >= 2
    assert outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock) == 0
    assert audit.entries(engine, case=case)[-1].action == "notification.given_up"


def test_two_processes_that_deliver_at_once_send_it_once(engine: Engine, receiver: Receiver, case: str, clock: Any):
    notifier = WebhookNotifier(receiver.address, SECRET)
    start = threading.Barrier(2)
    arrived: list[int] = []

    def deliver() -> None:
        start.wait()
        arrived.append(outbox.deliver_due(engine, notifier, public_url=ADDRESS, clock=clock))

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(arrived) == [0, 1]
    assert len(receiver.came) == 1


def test_without_a_webhook_nobody_is_told(engine: Engine, case: str, clock: Any, tmp_path: Any):
    plain = read_settings({"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_SECRET": SECRET})
    assert isinstance(make_notifier(plain), NoNotifier)
    hook = {"BROBYGGER_WEBHOOK_URL": "https://hooks.example.no/x", "BROBYGGER_WEBHOOK_SECRET": SECRET}
    told = read_settings({"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_SECRET": SECRET, **hook})
    assert isinstance(make_notifier(told), WebhookNotifier)
    assert outbox.deliver_due(engine, NoNotifier(), public_url=ADDRESS, clock=clock) == 1
