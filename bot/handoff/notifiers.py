"""How coordinators hear that something waits: nothing, or a signed webhook. No personal data leaves this way."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import requests

from bot.settings import Settings

SIGNATURE_HEADER = "X-Brobygger-Signature"
TIMESTAMP_HEADER = "X-Brobygger-Timestamp"
TIMEOUT_SECONDS = (3.05, 10.0)


class NotDeliveredError(Exception):
    """The receiver did not take the news; ``reason`` is a code (``http_500``, ``ConnectionError``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class News:
    """Something happened to a case. Codes and a link for signed-in coordinators; nothing about a person."""

    id: str
    at: datetime
    event: str
    case: str
    topic: str | None
    language: str | None
    urgency: str | None
    link: str

    def to_json(self) -> bytes:
        """The body of a notification. ``text`` is what Slack and Teams show: number, event and link."""
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
    """Takes one piece of news to the coordinators."""

    def send(self, news: News) -> None:
        """Deliver, or raise NotDeliveredError. The same news (``id``) may come twice."""


class NoNotifier:
    """Nobody is told; coordinators look at the console."""

    def send(self, news: News) -> None:
        """Take the news and do nothing with it."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the signature header: HMAC-SHA256 over ``<timestamp>.<body>``, so that news cannot be replayed."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookNotifier:
    """Posts JSON to an address, signed; follows no redirect, because the signature is for one receiver."""

    def __init__(self, url: str, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._url = url
        self._secret = secret
        self._now = now

    def send(self, news: News) -> None:
        """Post the news; any answer but 2xx, or none, is NotDeliveredError."""
        body = news.to_json()
        timestamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "brobygger",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self._secret, timestamp, body),
        }
        try:
            answer = requests.post(
                self._url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise NotDeliveredError(type(error).__name__) from None  # its text may hold the address and its secret
        if not 200 <= answer.status_code < 300:
            raise NotDeliveredError(f"http_{answer.status_code}")


def make_notifier(settings: Settings) -> Notifier:
    """The notifier that the settings ask for."""
    if settings.webhook_url and settings.webhook_secret:
        return WebhookNotifier(settings.webhook_url, settings.webhook_secret)
    return NoNotifier()
