from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit, outbox
from bot.handoff.deliveries import GIVE_UP_AFTER, LEASE, LONGEST_REST, deliver_due, pause_after, state_of
from bot.handoff.engine import reading, writing
from bot.handoff.notifiers import News, NotDeliveredError, Receiver, asked_to_wait
from bot.handoff.notify_webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookNotifier, signature
from bot.handoff.service import Handoff
from bot.handoff.tables import outbox as table
from bot.handoff.tables_deliveries import deliveries, receiver_cases
from bot.privacy.deletion import mark_deleted, purge_record
from tests.handoff.conftest import DURATIONS
from tests.handoff.steps import held_cases, new_cases
from tests.serving import serving

SECRET = "s" * 40
ADDRESS = "https://chat.example.kommune.no"
PERSONAL = ("Olena", "+47 91 23 45 67", "Et brev om Amina", "fjordvik", "Dette gis videre")


class Hook(ThreadingHTTPServer):
    """A real receiver that answers as it is told to and keeps what came."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.status = 204
        self.retry_after = ""
        self.came: list[tuple[dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Hook)
        server.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        if server.retry_after:
            self.send_header("Retry-After", server.retry_after)
        if server.status == 302:
            self.send_header("Location", server.address)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with serving(Hook()) as server:
        yield server


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


class Ear:
    """A receiver in memory that takes what it is told to take; for what the outbox does, not for what is sent."""

    def __init__(self, reference: str | None = None) -> None:
        self.heard: list[News] = []
        self.fault: NotDeliveredError | None = None
        self.before: Callable[[News], None] = lambda news: None
        self.reference = reference

    def send(self, news: News) -> str | None:
        self.before(news)
        if self.fault is not None:
            raise self.fault
        self.heard.append(news)
        return self.reference


def hooked(address: str) -> Receiver:
    return Receiver("webhook", "127.0.0.1", WebhookNotifier(address, SECRET))


def deliver(engine: Engine, clock: Any, *receivers: Receiver, spread_to: tuple[str, ...] = ()) -> list[int]:
    outbox.spread(engine, spread_to or [receiver.name for receiver in receivers], clock=clock)
    return [deliver_due(engine, receiver, public_url=ADDRESS, clock=clock) for receiver in receivers]


def add(engine: Engine, handoff: Handoff, case: str, event: Any, clock: Any, urgency: str = "U1") -> None:
    """Write one more piece of news of a case."""
    found = next(one for one in (*new_cases(handoff), *held_cases(handoff)) if one.id == case)
    with writing(engine) as connection:
        outbox.add(connection, clock(), event, replace(found, urgency=urgency))
    clock.forward(seconds=1)


def test_a_new_case_arrives_signed_and_without_personal_data(
    engine: Engine, receiver: Hook, case: str, talk: str, clock: Any
):
    assert outbox.waiting(engine) == 1
    assert deliver(engine, clock, hooked(receiver.address)) == [1]
    assert deliver(engine, clock, hooked(receiver.address)) == [0]
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


def test_the_rows_that_wait_hold_no_personal_data_either(engine: Engine, case: str, talk: str, clock: Any):
    deliver(engine, clock, spread_to=("email",))
    with reading(engine) as connection:
        rows = [*connection.execute(sa.select(table)), *connection.execute(sa.select(deliveries))]
    assert len(rows) == 2
    for personal in (*PERSONAL, talk):
        assert personal not in str([tuple(row) for row in rows])


@pytest.mark.parametrize("status", [302, 400, 401, 500, 503])
def test_news_that_is_refused_comes_again_later_and_later(
    engine: Engine, receiver: Hook, case: str, clock: Any, status: int
):
    hook = hooked(receiver.address)
    receiver.status = status
    assert deliver(engine, clock, hook) == [0]
    assert deliver(engine, clock, hook) == [0]
    assert len(receiver.came) == 1
    clock.forward(seconds=pause_after(1).total_seconds())
    assert deliver(engine, clock, hook) == [0]
    assert len(receiver.came) == 2
    receiver.status = 200
    clock.forward(seconds=pause_after(2).total_seconds() - 1)
    assert deliver(engine, clock, hook) == [0]
    clock.forward(seconds=1)
    assert deliver(engine, clock, hook) == [1]
    assert outbox.waiting(engine) == 0


def test_a_receiver_that_is_down_for_hours_loses_nothing(engine: Engine, handoff: Handoff, case: str, clock: Any):
    with Hook() as stopped:
        address, port = stopped.address, stopped.server_address[1]
    hook = hooked(address)
    for _ in range(12):
        add(engine, handoff, case, "overdue", clock)
        assert deliver(engine, clock, hook) == [0]
        clock.forward(minutes=30)
    state = state_of(engine, "webhook")
    assert (state.waiting, state.given_up, state.last_error, state.failures) == (13, 0, "ConnectionError", 12)
    with Hook(port) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        clock.forward(seconds=LONGEST_REST.total_seconds())
        arrived = sum(deliver(engine, clock, hook)[0] for _ in range(2))
        server.shutdown()
        thread.join()
    assert arrived == 13
    assert len({json.loads(body)["id"] for _, body in server.came}) == 13
    assert outbox.waiting(engine) == 0


def test_one_receiver_that_is_down_neither_holds_up_nor_repeats_the_others(
    engine: Engine, handoff: Handoff, case: str, clock: Any
):
    down, up = Ear(), Ear()
    down.fault = NotDeliveredError("ConnectionError")
    both = (Receiver("teams", "", down), Receiver("slack", "", up))
    for _ in range(5):
        deliver(engine, clock, *both)
        clock.forward(minutes=10)
    assert [news.event for news in up.heard] == ["queued"]
    assert state_of(engine, "teams").waiting == outbox.waiting(engine) == 1
    down.fault = None
    clock.forward(hours=1)
    deliver(engine, clock, *both)
    assert len(down.heard) == len(up.heard) == 1


def test_danger_goes_out_first(engine: Engine, handoff: Handoff, case: str, clock: Any):
    for urgency in ("U2", "U1", "U0"):
        add(engine, handoff, case, "returned", clock, urgency)
    ear = Ear()
    assert deliver(engine, clock, Receiver("email", "", ear)) == [4]
    assert [news.urgency for news in ear.heard] == ["U0", "U0", "U1", "U2"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it(engine: Engine, receiver: Hook, case: str, clock: Any, status: int):
    receiver.status, receiver.retry_after = status, "1800"
    hook = hooked(receiver.address)
    deliver(engine, clock, hook)
    clock.forward(seconds=1795)
    assert deliver(engine, clock, hook) == [0]
    assert len(receiver.came) == 1
    assert state_of(engine, "webhook").last_error == f"http_{status}"
    receiver.status = 200
    clock.forward(seconds=10)
    assert deliver(engine, clock, hook) == [1]


def test_how_long_to_wait_is_read_as_seconds_or_as_a_date():
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert asked_to_wait("120", now) == timedelta(minutes=2)
    assert asked_to_wait("Sun, 22 Nov 2026 09:05:00 GMT", now) == timedelta(minutes=5)
    assert asked_to_wait("Sun, 22 Nov 2026 08:00:00 GMT", now) == timedelta()
    assert asked_to_wait("99999999999", now) == timedelta(days=1)
    assert [asked_to_wait(words, now) for words in (None, "", "soon", "-1", "²")] == [None] * 5


def test_one_piece_that_cannot_be_taken_does_not_hold_up_the_next(
    engine: Engine, handoff: Handoff, case: str, clock: Any
):
    add(engine, handoff, case, "returned", clock)
    ear = Ear()

    def refuse(news: News) -> None:
        ear.fault = NotDeliveredError("http_422", only_this=True) if news.event == "queued" else None

    ear.before = refuse
    assert deliver(engine, clock, Receiver("zammad", "", ear)) == [1]
    state = state_of(engine, "zammad")
    assert (state.waiting, state.failures, state.resume_at, state.last_error) == (1, 0, None, "http_422")


def test_news_is_given_up_after_days_and_the_audit_log_says_so(engine: Engine, case: str, clock: Any):
    ear = Ear()
    ear.fault = NotDeliveredError("http_500")
    began = clock()
    tries: list[datetime] = []
    ear.before = lambda news: tries.append(clock())
    while clock() < began + GIVE_UP_AFTER:
        deliver(engine, clock, Receiver("email", "", ear))
        clock.forward(minutes=20)
    deliver(engine, clock, Receiver("email", "", ear))
    assert len(tries) > 60
    assert tries[-1] - began > timedelta(days=2, hours=22)
    last = audit.entries(engine, case=case)[-1]
    assert (last.action, last.detail) == ("notification.given_up", "email")
    assert (state_of(engine, "email").given_up, outbox.waiting(engine)) == (1, 0)


def test_two_processes_that_deliver_at_once_send_it_once(engine: Engine, receiver: Hook, case: str, clock: Any):
    start = threading.Barrier(4)
    arrived: list[int] = []

    def work() -> None:
        start.wait()
        arrived.extend(deliver(engine, clock, hooked(receiver.address)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(arrived) == [0, 0, 0, 1]
    assert len(receiver.came) == 1


def test_a_process_that_is_killed_while_it_delivers_is_followed_by_another(engine: Engine, case: str, clock: Any):
    class KilledError(BaseException):
        pass

    ear = Ear()
    deaths: list[News] = []

    def die(news: News) -> None:
        deaths.append(news)
        raise KilledError

    ear.before = die
    outbox.spread(engine, ["email"], clock=clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.handoff.deliveries._release", lambda *arguments: None)  # nothing runs in who is dead
        with pytest.raises(KilledError):
            deliver_due(engine, Receiver("email", "", ear), public_url=ADDRESS, clock=clock)
    ear.before = lambda news: None
    assert deliver(engine, clock, Receiver("email", "", ear)) == [0]
    clock.forward(seconds=LEASE.total_seconds())
    assert deliver(engine, clock, Receiver("email", "", ear)) == [1]
    assert [news.id for news in ear.heard] == [news.id for news in deaths]


def test_what_a_receiver_calls_a_case_is_told_to_it_again(engine: Engine, handoff: Handoff, case: str, clock: Any):
    ear, other = Ear("77"), Ear()
    both = (Receiver("zammad", "", ear), Receiver("email", "", other))
    deliver(engine, clock, *both)
    add(engine, handoff, case, "returned", clock)
    deliver(engine, clock, *both)
    assert [news.reference for news in ear.heard] == [None, "77"]
    assert [news.reference for news in other.heard] == [None, None]


def test_news_of_a_conversation_that_is_deleted_is_taken_back(engine: Engine, case: str, talk: str, clock: Any):
    ear = Ear("77")
    outbox.spread(engine, ["zammad"], clock=clock)
    mark_deleted(engine, talk, audit.PARENT, durations=DURATIONS, clock=clock)
    purge_record(engine, talk)
    assert deliver(engine, clock, Receiver("zammad", "", ear)) == [1]
    assert [(news.event, news.topic, news.language) for news in ear.heard] == [("deleted", None, None)]


def test_news_that_has_arrived_is_forgotten_and_what_waits_is_kept(engine: Engine, case: str, clock: Any):
    deliver(engine, clock, spread_to=("email", "slack"))
    clock.forward(hours=1)
    deliver_due(engine, Receiver("email", "", Ear()), public_url=ADDRESS, clock=clock)
    for receivers, left in ((0, 1), (1, 0)):
        if receivers:
            deliver_due(engine, Receiver("slack", "", Ear()), public_url=ADDRESS, clock=clock)
        with writing(engine) as connection:
            outbox.forget_old(connection, clock() + timedelta(days=1))
        with reading(engine) as connection:
            assert len(connection.execute(sa.select(table)).all()) == left
    with reading(engine) as connection:
        assert connection.execute(sa.select(deliveries)).all() == []
        assert connection.execute(sa.select(receiver_cases)).all() == []


def test_without_receivers_nobody_is_told_and_nothing_waits(engine: Engine, case: str, clock: Any):
    assert outbox.spread(engine, [], clock=clock) == 1
    assert outbox.waiting(engine) == 0


def test_what_waits_for_a_receiver_that_is_set_no_longer_is_given_up(engine: Engine, case: str, clock: Any):
    outbox.spread(engine, ["slack", "email"], clock=clock)
    outbox.spread(engine, ["email"], clock=clock)
    assert (state_of(engine, "slack").given_up, state_of(engine, "email").waiting) == (1, 1)
