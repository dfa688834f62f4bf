"""``python -m tools links``: do the addresses of sources and municipalities still open? Asked for, never automatic.

Polite: the site's robots.txt is obeyed (RFC 9309), there is one request at a time for each site with a pause between, a
name that says who asks, and no more than one repetition. A page that has moved is told with its new address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from bot.guidance.loading import Knowledge, read_knowledge

AGENT = "BrobyggerLinkCheck/1.0 (checks that cited public sources still open)"
PAUSE = 1.5
"""Seconds between two requests to one site."""
TIMEOUT = 15.0
NOT_ALLOWED = ("lovdata.no",)
"""Sites whose terms do not welcome programs; a person opens these."""


@dataclass(frozen=True)
class Link:
    """An address and where it stands."""

    url: str
    where: str


@dataclass(frozen=True)
class Finding:
    """What became of one address: ``state`` is ok, moved, broken, unreachable or skipped."""

    link: Link
    state: str
    detail: str


def addresses(knowledge: Knowledge, root: Path) -> list[Link]:
    """Every address once, of sources and of real municipalities; the invented examples have none that open."""
    found: dict[str, str] = {}
    for key, source in knowledge.sources.items():
        found.setdefault(source.url, f"knowledge/sources.yml:{source.line} ({key})")
    for place in knowledge.municipalities.values():
        if not place.example:
            where = str(place.path.relative_to(root))
            for url in [*(contact.url for contact in place.contacts.values()), *place.links.values()]:
                if url:
                    found.setdefault(url, where)
    return [Link(url, where) for url, where in found.items()]


@dataclass
class Checker:
    """Asks for addresses politely. ``wait`` and ``clock`` are there for tests."""

    client: httpx.Client
    pause: float = PAUSE
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    barred: tuple[str, ...] = NOT_ALLOWED
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def check(self, links: Iterable[Link]) -> Iterator[Finding]:
        """One finding for each address, in turn."""
        for link in links:
            site = urlsplit(link.url)
            host = site.hostname or ""
            if host.endswith(".example"):
                continue
            if any(host == name or host.endswith("." + name) for name in self.barred):
                yield Finding(link, "skipped", "the site does not welcome programs; open it by hand")
            elif not self._allowed(link.url, f"{site.scheme}://{site.netloc}"):
                yield Finding(link, "skipped", "robots.txt does not allow it")
            else:
                yield self._finding(link)

    def _finding(self, link: Link) -> Finding:
        try:
            answer = self._ask("HEAD", link.url)
            if answer.status_code in (403, 405, 501):
                answer = self._ask("GET", link.url)
        except httpx.HTTPError as error:
            return Finding(link, "unreachable", type(error).__name__)
        if answer.status_code >= 400:
            return Finding(link, "broken", f"status {answer.status_code}")
        if answer.history and any(step.status_code in (301, 308) for step in answer.history):
            return Finding(link, "moved", str(answer.url))
        return Finding(link, "ok", "")

    def _ask(self, method: str, url: str) -> httpx.Response:
        site = urlsplit(url).netloc
        since = self.clock() - self._last.get(site, -self.pause)
        if since < self.pause:
            self.wait(self.pause - since)
        self._last[site] = self.clock()
        return self.client.request(method, url)

    def _allowed(self, url: str, site: str) -> bool:
        if site not in self._robots:
            rules = RobotFileParser()
            try:
                answer = self._ask("GET", f"{site}/robots.txt")
                # RFC 9309, 2.3.1: no such file allows all; a server in trouble forbids all.
                closed = ["User-agent: *", "Disallow: /"] if answer.status_code >= 500 else []
                rules.parse(answer.text.splitlines() if answer.status_code < 400 else closed)
            except httpx.HTTPError:
                rules.parse([])  # the address itself will say that the site is down
            self._robots[site] = rules
        return self._robots[site].can_fetch(AGENT, url)


def links(root: Path, only: str | None) -> int:
    """Check the addresses and print what is wrong; returns 1 when an address is broken."""
    wanted = [link for link in addresses(read_knowledge(root / "knowledge"), root) if not only or only in link.url]
    print(f"Checking {len(wanted)} addresses, {PAUSE} seconds apart on each site.", flush=True)
    counted: dict[str, int] = {}
    with httpx.Client(headers={"User-Agent": AGENT}, timeout=TIMEOUT, follow_redirects=True) as client:
        for finding in Checker(client).check(wanted):
            counted[finding.state] = counted.get(finding.state, 0) + 1
            if finding.state != "ok":
                print(f"{finding.state:12} {finding.link.url}\n  {finding.link.where}  {finding.detail}", flush=True)
    print(", ".join(f"{number} {state}" for state, number in sorted(counted.items())) or "nothing to check")
    return 1 if counted.get("broken") else 0
