"""Machine translation behind one interface: nothing, or a LibreTranslate server that is run for the municipality.

Off unless an address is set. What goes there is decided elsewhere (``bot.handoff.translating``): only words of a case
whose parent has said yes. A server that is slow, away or does not know a language costs a sentence to the
coordinator, never a message.
"""

from __future__ import annotations

import time
from typing import Any, Final, Protocol

import requests

from bot.settings import Settings

TIMEOUT_SECONDS: Final = (2.0, 10.0)
KNOWN_FOR: Final = 600.0
"""Seconds after which the server is asked again which languages it has."""
LONGEST: Final = 20_000
"""Characters of a translation; more is not one."""

Pairs = frozenset[tuple[str, str]]


class TranslationAway(Exception):  # noqa: N818
    """The machine gives no usable answer; ``reason`` is a code (``http_500``, ``ConnectTimeout``), never a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownPair(Exception):  # noqa: N818
    """The machine does not translate from the one language into the other. No other language stands in for it."""


class Translator(Protocol):
    """A machine that translates. Its calls are synchronous and may take seconds: use a worker thread."""

    def known(self) -> Pairs | None:
        """The pairs (from, into) it had when it was last asked; None before. Never waits."""

    def pairs(self) -> Pairs:
        """The pairs it has, asked anew now and then. Raises TranslationAway."""

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Translate; codes are those of our registry. Raises TranslationAway, UnknownPair."""


class LibreTranslate:
    """The documented interface of LibreTranslate: ``GET /languages`` and ``POST /translate``.

    A code is sent as it is in our registry. Dari is not sent as Persian nor Kurmanji as another Kurdish: whoever
    runs a server with such a model gives it our code.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self._url = url
        self._key = key
        self._pairs: Pairs | None = None
        self._asked = 0.0

    def known(self) -> Pairs | None:
        """What the server had when it was last asked."""
        return self._pairs

    def pairs(self) -> Pairs:
        """Ask the server, unless it was asked a short time ago."""
        if self._pairs is None or time.monotonic() - self._asked > KNOWN_FOR:
            listed = self._call("GET", "/languages")
            try:
                pairs = frozenset((str(one["code"]), str(to)) for one in listed for to in one["targets"])
            except (TypeError, KeyError):
                raise TranslationAway("unreadable") from None
            self._pairs = frozenset((source, target) for source, target in pairs if source != target)
            self._asked = time.monotonic()
        return self._pairs

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Translate plain text."""
        if (source, target) not in self.pairs():
            raise UnknownPair
        body = {"q": text, "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        answer = self._call("POST", "/translate", body)
        made = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(made, str) or not made.strip() or len(made) > LONGEST:
            raise TranslationAway("unreadable")
        return made.strip()

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        try:
            with requests.Session() as session:
                session.trust_env = False  # her words go to this server, past no proxy of the environment
                answer = session.request(
                    method, self._url + path, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False
                )
                if answer.status_code != 200:
                    raise TranslationAway(f"http_{answer.status_code}")
                return answer.json()
        except requests.exceptions.JSONDecodeError:
            raise TranslationAway("unreadable") from None
        except requests.RequestException as error:
            raise TranslationAway(type(error).__name__) from None


def make_translator(settings: Settings) -> Translator | None:
    """The machine of the settings; None: there is none, and nothing of it is shown."""
    return LibreTranslate(settings.translate_url, settings.translate_key) if settings.translate_url else None
