"""What is told to coordinators elsewhere, and what whoever tells it must do. No personal data leaves this way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests

TIMEOUT_SECONDS = (3.05, 10.0)
LONGEST_WAIT = timedelta(days=1)
"""A receiver that asks for more than this is asked again all the same."""
_ONLY_THIS_NEWS = (400, 413, 422)
"""Answers that say that this piece cannot be taken; any other failure says something about the receiver."""


class NotDeliveredError(Exception):
    """The receiver did not take the news; ``reason`` is a code (``http_500``, ``ConnectionError``).

    ``only_this``: other news may well arrive. ``wait``: how long the receiver asked to be left alone.
    """

    def __init__(self, reason: str, *, only_this: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.only_this = only_this
        self.wait = wait


@dataclass(frozen=True)
class News:
    """Something happened to a case. Codes and a link for signed-in coordinators; nothing about a person.

    ``reference`` is what this receiver called the case when it was told of it before, if it said.
    """

    id: str
    at: datetime
    event: str
    case: str
    topic: str | None
    language: str | None
    urgency: str | None
    link: str
    reference: str | None = None

    def to_json(self) -> bytes:
        """The body of the generic webhook. ``text`` is one line for receivers that show a field of that name."""
        fields = {
            "id": self.id,
            "at": self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "event": self.event,
            "case": self.case,
            "topic": self.topic,
            "language": self.language,
            "urgency": self.urgency,
            "link": self.link,
            "text": " · ".join(
                part for part in (self.case, self.event, self.urgency, self.topic, self.language, self.link) if part
            ),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


class Notifier(Protocol):
    """Takes one piece of news to one receiver."""

    def send(self, news: News) -> str | None:
        """Deliver, or raise NotDeliveredError. The same news (``id``) may come twice.

        Returns what the receiver calls the case, when it has a name of its own for it.
        """


@dataclass(frozen=True)
class Receiver:
    """One way out: ``name`` is a code, ``place`` says to whom without giving a secret away."""

    name: str
    place: str
    notifier: Notifier


def call(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> requests.Response:
    """Ask a receiver over HTTP; any answer but 2xx, or none, is NotDeliveredError.

    No redirect is followed: signature and token are for one receiver.
    """
    sent = {"User-Agent": "brobygger", "Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        answer = requests.request(
            method, url, data=body, params=query, headers=sent, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise NotDeliveredError(type(error).__name__) from None  # its text may hold the address and its secret
    if not 200 <= answer.status_code < 300:
        raise NotDeliveredError(
            f"http_{answer.status_code}",
            only_this=answer.status_code in _ONLY_THIS_NEWS,
            wait=asked_to_wait(answer.headers.get("Retry-After"), datetime.now(UTC)),
        )
    return answer


def asked_to_wait(header: str | None, now: datetime) -> timedelta | None:
    """What ``Retry-After`` asks for (RFC 9110, 10.2.3: seconds or a date), at most a day; None when it says nothing."""
    if header is None:
        return None
    header = header.strip()
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:9]), LONGEST_WAIT.total_seconds()))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(at - now, timedelta()), LONGEST_WAIT)
