"""The REST channel behind the same token as Rasa's HTTP API, and the readiness of this process.

Rasa protects its HTTP API with a token but not its channels; on a machine with several users loopback is not enough.

``GET /webhooks/health/ready?token=…`` answers 200, or 503 when a part is not ready, with::

    {"ready": true, "store": true, "failed_writes": 0, "failed_reads": 0,
     "model": "<model id>", "knowledge": "<revision>"}

``store`` is proved by a row that is written, read and deleted; ``web`` compares ``knowledge`` with its own revision
and, where there are several rasa processes, ``model`` between them.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.core.tracker_store import FailSafeTrackerStore
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.nlg import GuidanceGenerator
from bot.dialogue.tracker_store import DialogueStore
from bot.settings import settings

OnMessage = Callable[[UserMessage], Awaitable[Any]]


def _guard(blueprint: Blueprint) -> Blueprint:
    """Refuse every call of ``blueprint`` without the token."""
    expected = settings().rasa_token

    @blueprint.middleware("request")
    async def _check(request: Request) -> HTTPResponse | None:
        given = request.args.get("token") or ""
        if hmac.compare_digest(given.encode(), expected.encode()):
            return None
        return response.json({"reason": "token"}, status=401)

    return blueprint


class Rest(RestInput):
    """Rasa's REST channel, at its usual address, with the token."""

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The channel's routes."""
        return _guard(super().blueprint(on_new_message))


class Health(InputChannel):
    """Tells whether this process can do its work."""

    @classmethod
    def name(cls) -> str:
        """The name in the address: ``/webhooks/health/``."""
        return "health"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The one route ``ready``."""
        blueprint = Blueprint("health_channel", "health_channel")

        @blueprint.get("/ready")
        async def _ready(request: Request) -> HTTPResponse:
            state = readiness(getattr(request.app.ctx, "agent", None))
            return response.json(state, status=200 if state["ready"] else 503)

        return _guard(blueprint)


def readiness(agent: Any) -> dict[str, Any]:
    """What ``ready`` answers, from Rasa's agent (None while it is loading)."""
    processor = getattr(agent, "processor", None)
    wrapped = getattr(agent, "tracker_store", None)
    store = wrapped._tracker_store if isinstance(wrapped, FailSafeTrackerStore) else wrapped
    generator = getattr(processor, "nlg", None)
    arrives = isinstance(store, DialogueStore) and store.probe()
    model = getattr(agent, "model_id", None)
    speaks = isinstance(generator, GuidanceGenerator)
    return {
        "ready": bool(arrives and model and speaks),
        "store": arrives,
        "failed_writes": getattr(store, "failed_writes", 0),
        "failed_reads": getattr(store, "failed_reads", 0),
        "model": model,
        "knowledge": generator.guide.revision if speaks else None,
    }
