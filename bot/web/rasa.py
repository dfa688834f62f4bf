"""Client of the Rasa process: one kept-alive connection pool, two seconds of patience, garbage taken for failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bot.guidance.model import KINDS, Message, Understanding
from bot.settings import Settings

PATIENCE: Final = 2.0
"""Seconds that Rasa has for one answer."""


class RasaDown(Exception):  # noqa: N818 - a state of the world, told in words of the design
    """Rasa gave no answer that can be used: unreachable, slow, ``[]``, or something else than our object."""


@dataclass(frozen=True)
class Answered:
    """What Rasa said: its messages, and what it understood (None for payloads)."""

    messages: tuple[Message, ...]
    understood: Understanding | None


class Rasa:
    """Speaks to Rasa's REST channel and HTTP API."""

    def __init__(self, settings: Settings, *, client: httpx.AsyncClient | None = None) -> None:
        self._token = settings.rasa_token
        self._actions_health = f"{settings.actions_url}/health"
        self._client = client or httpx.AsyncClient(
            base_url=settings.rasa_url,
            timeout=httpx.Timeout(PATIENCE),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=60),
            trust_env=False,
        )

    async def ask(self, conversation: str, words: str, metadata: Mapping[str, Any]) -> Answered:
        """Send one message and return the answer; raises RasaDown."""
        body = {"sender": conversation, "message": words, "metadata": dict(metadata)}
        replies = await self._post("/webhooks/rest/webhook", body)
        return read_answer(replies)

    async def parse(self, words: str) -> Understanding:
        """Return what Rasa understands, without touching any tracker; raises RasaDown."""
        parsed = await self._post("/model/parse", {"text": words})
        try:
            return Understanding.from_dict(parsed["understanding"])
        except (KeyError, TypeError, ValueError) as error:
            raise RasaDown("parse") from error

    async def start_afresh(self, conversation: str) -> None:
        """Cut Rasa's tracker, which is read again for every message and grows; raises RasaDown."""
        events = [{"event": "session_started"}, {"event": "action", "name": "action_listen"}]
        await self._post(f"/conversations/{conversation}/tracker/events", events)

    async def readiness(self) -> Mapping[str, Any]:
        """Return what the rasa process says of itself (store, model, knowledge), ready or not; raises RasaDown."""
        found = _json(await self._send("GET", "/webhooks/health/ready", None, accepted=(200, 503)))
        if not isinstance(found, dict):
            raise RasaDown("not our object")
        return found

    async def actions_answer(self) -> bool:
        """Whether the action server answers."""
        try:
            return (await self._client.get(self._actions_health)).status_code == 200
        except httpx.TransportError:
            return False

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _post(self, path: str, body: object) -> Any:
        return _json(await self._send("POST", path, body))

    async def _send(self, method: str, path: str, body: object, accepted: tuple[int, ...] = (200,)) -> httpx.Response:
        try:
            response = await self._client.request(method, path, json=body, params={"token": self._token})
        except httpx.TransportError as error:
            raise RasaDown(type(error).__name__) from None
        if response.status_code not in accepted:
            raise RasaDown(f"status {response.status_code}")
        return response


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise RasaDown("not json") from None


def read_answer(replies: object) -> Answered:
    """Read the body of the REST channel; raises RasaDown for ``[]`` and for anything that is not our object."""
    if not isinstance(replies, list) or not replies:
        raise RasaDown("no reply")
    messages: list[Message] = []
    understood: Understanding | None = None
    try:
        for reply in replies:
            raw = dict(reply["custom"])
            meaning = raw.pop("understood", None)
            if meaning is not None and understood is None:
                understood = Understanding.from_dict(meaning)
            message = Message.from_dict(raw)
            if message.kind not in KINDS or not isinstance(message.text, str) or not message.text.strip():
                raise RasaDown("no text")
            messages.append(message)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RasaDown("not our object") from None
    if understood is None and messages[0].kind == "notice":
        # The calm failure of Rasa's own renderer: the question is not answered, so it stays open.
        raise RasaDown("nothing rendered")
    return Answered(tuple(messages), understood)
