"""Zammad's interface as docs.zammad.org describes it, in a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.handoff.alerts import Wording
from bot.handoff.notifiers import News, NotDeliveredError
from bot.handoff.notify_zammad import ZammadNotifier
from tests.serving import serving

TOKEN = "zammad-token-of-the-tests"
GROUP, CUSTOMER = "Koordinatorer", "kontor@fjordvik.example.no"
LINK = "https://chat.example.kommune.no/console/cases/K-7F3B"
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
QUEUED = News("a" * 32, AT, "queued", "K-7F3B", "barnevern.what-is", "uk", "U1", LINK)


class Zammad(ThreadingHTTPServer):
    """Tickets and articles in memory; ``lost`` answers are worked off and then never sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: list[dict[str, Any]] = []
        self.limited = False
        self.lost = 0
        self.strange = False
        self.lags = False
        """The search index has heard of nothing yet."""
        self.condition = "known"
        """Or ``ignored`` (the newest tickets come, whatever was asked), or ``refused``."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Zammad

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not self.allowed():
            return None
        if url.path != "/api/v1/tickets/search":
            return self.answer(404, {"error": "Not found"})
        asked = parse_qs(url.query)
        tickets = {str(n): ticket for n, ticket in self.server.tickets.items()}
        if "query" in asked:  # answered by the index
            words = asked["query"][0].removeprefix('title:"').removesuffix('"').lower()
            found = {} if self.server.lags else {n: t for n, t in tickets.items() if words in t["title"].lower()}
        elif self.server.condition == "refused":
            return self.answer(422, {"error": "Invalid condition"})
        elif self.server.condition == "ignored":
            found = tickets
        else:  # answered by the database
            assert asked["condition[ticket.title][operator]"] == ["is"]
            found = {n: t for n, t in tickets.items() if [t["title"]] == asked["condition[ticket.title][value]"]}
        numbers = [int(n) for n in found]
        assets = {"Ticket": found} if found else {}
        return self.answer(200, {"tickets": numbers, "tickets_count": len(numbers), "assets": assets})

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.allowed():
            return None
        if not self.headers["Content-Type"].startswith("application/json"):
            return self.answer(400, {"error": "no JSON"})
        if self.path == "/api/v1/tickets":
            return self.make(sent)
        if self.path == "/api/v1/ticket_articles":
            if sent.get("ticket_id") not in self.server.tickets:
                return self.answer(404, {"error": "Couldn't find Ticket"})
            return self.write(sent["ticket_id"], sent, 201)
        return self.answer(404, {"error": "Not found"})

    def allowed(self) -> bool:
        if self.server.limited:
            self.answer(429, {"error": "Too many requests"}, {"Retry-After": "90"})
        elif self.headers["Authorization"] != f"Token token={TOKEN}":
            self.answer(401, {"error": "Invalid token!"})
        else:
            return True
        return False

    def make(self, sent: dict[str, Any]) -> None:
        if sent.get("group") != GROUP:
            return self.answer(422, {"error": "No lookup value found for 'group'"})
        if sent.get("customer") != CUSTOMER:
            return self.answer(422, {"error": "No lookup value found for 'customer'"})
        if not sent.get("title") or not sent.get("article", {}).get("body"):
            return self.answer(422, {"error": "Need at least an article body."})
        number = len(self.server.tickets) + 19
        self.server.tickets[number] = {"id": number, "title": sent["title"], "customer_id": 10}
        self.server.articles.append({"ticket_id": number, **sent["article"]})
        return self.answer(201, self.server.tickets[number])

    def write(self, ticket: int, sent: dict[str, Any], status: int) -> None:
        self.server.articles.append(sent)
        self.answer(status, {"id": len(self.server.articles), **sent})

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        if self.server.lost:
            self.server.lost -= 1
            self.close_connection = True
            return
        data = b"<html>" if self.server.strange else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def zammad() -> Iterator[Zammad]:
    with serving(Zammad()) as server:
        yield server


def notifier(zammad: Zammad, token: str = TOKEN, group: str = GROUP) -> ZammadNotifier:
    return ZammadNotifier(zammad.address, token, group, CUSTOMER, Wording("nb", lambda topic, language: "Barnevernet"))


def test_a_case_gets_a_ticket_with_an_internal_note(zammad: Zammad):
    assert notifier(zammad).send(QUEUED) == "19"
    assert zammad.tickets[19]["title"] == "Brobygger K-7F3B"
    (article,) = zammad.articles
    assert (article["type"], article["internal"], article["content_type"]) == ("note", True, "text/plain")
    assert "Barnevernet" in article["body"]
    assert LINK in article["body"]


@pytest.mark.parametrize("reference", ["19", None])
def test_what_comes_later_goes_into_the_same_ticket(zammad: Zammad, reference: str | None):
    notifier(zammad).send(QUEUED)
    later = replace(
        QUEUED, id="b" * 32, event="withdrawn", topic=None, language=None, urgency=None, reference=reference
    )
    assert notifier(zammad).send(later) == "19"
    assert len(zammad.tickets) == 1
    assert [article["ticket_id"] for article in zammad.articles] == [19, 19]
    assert "Forelderen har tatt samtykket tilbake" in zammad.articles[1]["subject"]


def lose_the_answer_to_create(zammad: Zammad) -> None:
    """The ticket of QUEUED is made, and we never hear of it."""
    first = notifier(zammad)
    original = first._post

    def lose_the_answer(path: str, fields: dict[str, Any]) -> dict[str, Any]:
        zammad.lost = 1
        return original(path, fields)

    first._post = lose_the_answer  # type: ignore[method-assign]
    with pytest.raises(NotDeliveredError, match="ConnectionError"):
        first.send(QUEUED)
    assert len(zammad.tickets) == 1


@pytest.mark.parametrize(
    ("condition", "lags"), [("known", True), ("known", False), ("ignored", False), ("refused", False)]
)
def test_a_ticket_whose_answer_was_lost_is_found_again_and_not_made_twice(zammad: Zammad, condition: str, lags: bool):
    """Also while the index lags, where the database is asked; where it cannot be, as soon as the index knows."""
    zammad.condition, zammad.lags = condition, lags
    lose_the_answer_to_create(zammad)
    assert notifier(zammad).send(QUEUED) == "19"
    assert len(zammad.tickets) == 1
    assert [article["ticket_id"] for article in zammad.articles] == [19, 19]


def test_a_search_that_breaks_off_makes_no_ticket(zammad: Zammad):
    zammad.lost = 1
    with pytest.raises(NotDeliveredError, match="ConnectionError"):
        notifier(zammad).send(QUEUED)
    assert zammad.tickets == {}


def test_a_ticket_with_a_longer_title_is_another_one(zammad: Zammad):
    zammad.tickets[3] = {"id": 3, "title": "Re: Brobygger K-7F3B"}
    assert notifier(zammad).send(QUEUED) == "20"
    assert len(zammad.tickets) == 2


def test_a_ticket_that_somebody_removed_is_made_anew(zammad: Zammad):
    assert notifier(zammad).send(replace(QUEUED, reference="4711")) == "19"


@pytest.mark.parametrize(("token", "group", "reason"), [("wrong", GROUP, "http_401"), (TOKEN, "Ingen", "http_422")])
def test_what_zammad_refuses_is_told_by_its_code(zammad: Zammad, token: str, group: str, reason: str):
    with pytest.raises(NotDeliveredError, match=reason) as caught:
        notifier(zammad, token, group).send(QUEUED)
    assert caught.value.only_this is (reason == "http_422")
    assert TOKEN not in str(caught.value)
    assert zammad.tickets == {}


def test_zammad_is_left_alone_for_as_long_as_it_asks(zammad: Zammad):
    zammad.limited = True
    with pytest.raises(NotDeliveredError, match="http_429") as caught:
        notifier(zammad).send(QUEUED)
    assert caught.value.wait == timedelta(seconds=90)


def test_an_answer_that_is_no_json_is_no_success(zammad: Zammad):
    zammad.strange = True
    with pytest.raises(NotDeliveredError, match="unexpected_answer"):
        notifier(zammad).send(QUEUED)
