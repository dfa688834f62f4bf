"""The link checker against a server on loopback: polite, and true about what it finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from bot.guidance.loading import read_knowledge
from tools.links import AGENT, Checker, Link, addresses


class Site(BaseHTTPRequestHandler):
    """A site with a page of each kind; ``seen`` keeps what was asked for."""

    seen: list[tuple[str, str, str]] = []  # noqa: RUF012 - one site at a time

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        Site.seen.append((self.command, self.path, self.headers["User-Agent"]))
        status = {"/gone": 404, "/moved": 301, "/get-only": 405 if self.command == "HEAD" else 200}.get(self.path, 200)
        body = b"User-agent: *\nDisallow: /private\n" if self.path == "/robots.txt" else b""
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/new")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def site() -> Iterator[str]:
    Site.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(headers={"User-Agent": AGENT}, follow_redirects=True, timeout=5) as made:
        yield made


def states(client: httpx.Client, site: str, *paths: str, waits: list[float] | None = None) -> list[tuple[str, str]]:
    waited = [] if waits is None else waits
    checker = Checker(client, pause=1.5, wait=waited.append, barred=("lovdata.no",))
    return [(f.state, f.detail) for f in checker.check([Link(site + path, "here") for path in paths])]


def test_each_kind_of_page_is_told(client, site: str) -> None:
    found = states(client, site, "/", "/gone", "/moved", "/get-only", "/private/x")
    assert [state for state, _ in found] == ["ok", "broken", "moved", "ok", "skipped"]
    assert found[1][1] == "status 404"
    assert found[2][1].endswith("/new")


def test_a_site_is_asked_with_pauses_and_a_name_and_its_robots_file_once(client, site: str) -> None:
    waits: list[float] = []
    states(client, site, "/", "/two", "/three", waits=waits)
    assert len(waits) == 3
    assert all(1.0 < wait <= 1.5 for wait in waits)
    assert [path for _, path, _ in Site.seen].count("/robots.txt") == 1
    assert {agent for _, _, agent in Site.seen} == {AGENT}


def test_sites_that_do_not_welcome_programs_and_examples_are_left_alone(client) -> None:
    checker = Checker(client, wait=lambda _: None)
    links = [Link("https://lovdata.no/lov/x", "a"), Link("https://fjord.example/y", "b")]
    assert [finding.state for finding in checker.check(links)] == ["skipped"]


def test_a_site_that_is_down_is_unreachable(client) -> None:
    assert states(client, "http://127.0.0.1:9", "/x")[0][0] == "unreachable"


def test_every_address_of_the_knowledge_is_asked_once() -> None:
    root = Path(__file__).resolve().parents[2]
    found = addresses(read_knowledge(root / "knowledge"), root)
    assert len({link.url for link in found}) == len(found) > 40
