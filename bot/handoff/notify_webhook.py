"""News as JSON to an address of the municipality's own, signed."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

from bot.handoff.notifiers import News, call

SIGNATURE_HEADER = "X-Brobygger-Signature"
TIMESTAMP_HEADER = "X-Brobygger-Timestamp"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the signature header: HMAC-SHA256 over ``<timestamp>.<body>``, so that news cannot be replayed."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookNotifier:
    """Posts JSON to an address, signed."""

    def __init__(self, url: str, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._url = url
        self._secret = secret
        self._now = now

    def send(self, news: News) -> None:
        """Post the news; any answer but 2xx, or none, is NotDeliveredError."""
        body = news.to_json()
        timestamp = str(int(self._now()))
        signed = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature(self._secret, timestamp, body)}
        call("POST", self._url, body=body, headers=signed)
