"""``/healthz``: this process answers. ``/readyz``: every part works, proved and not assumed."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.handoff.engine import is_current, writing
from bot.handoff.records import RecordError
from bot.web.rasa import RasaDown
from bot.web.services import Services

FRESH_FOR: Final = 1.0
"""Seconds that a finding is given again, so that asking often costs little."""


class Readiness:
    """Looks at every part, at most once a second."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = asyncio.Lock()
        self._found: tuple[float, dict[str, Any]] | None = None

    async def look(self) -> dict[str, Any]:
        """Return ``{ok, parts, revision}``; a part that is not ready says why."""
        async with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > FRESH_FOR:
                self._found = (time.monotonic(), await self._look())
            return self._found[1]

    async def _look(self) -> dict[str, Any]:
        record, rasa, actions = await asyncio.gather(self._record(), self._rasa(), self._actions())
        parts = {"record": record, **rasa.pop("parts"), "actions": actions}
        # Rasa's own lock store is the same Redis: without it Rasa answers nothing, and says that it is ready.
        reachable = await self._services.locks.reachable()
        if reachable is not None:
            parts["redis"] = _ready() if reachable else _not_ready("no answer")
        revision = {"knowledge": self._services.guide.revision, **rasa}
        return {"ok": all(part["ok"] for part in parts.values()), "parts": parts, "revision": revision}

    async def _record(self) -> dict[str, Any]:
        try:
            current = await self._services.in_thread(self._write_and_read)
        except (RecordError, sa.exc.SQLAlchemyError) as error:
            return _not_ready(type(error).__name__)
        return _ready() if current else _not_ready("migrations are not applied")

    def _write_and_read(self) -> bool:
        engine = self._services.engine
        if not is_current(engine):
            return False
        with writing(engine) as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))
        return True

    async def _actions(self) -> dict[str, Any]:
        """The action server: it answers. Only Rasa's other connectors need it, but then it must be there."""
        return _ready() if await self._services.rasa.actions_answer() else _not_ready("no answer")

    async def _rasa(self) -> dict[str, Any]:
        """The rasa process: reachable with the token, rows arrive in its store, same knowledge as ours."""
        try:
            said = await self._services.rasa.readiness()
        except RasaDown as down:
            away = _not_ready(str(down))
            return {"parts": {"rasa": away, "tracker_store": away, "knowledge": away}, "model": None}
        same = said.get("knowledge") == self._services.guide.revision
        return {
            "parts": {
                "rasa": _ready() if said.get("model") else _not_ready("no model is loaded"),
                "tracker_store": _ready() if said.get("store") is True else _not_ready("rows do not arrive"),
                "knowledge": _ready() if same else _not_ready("rasa and web hold different knowledge"),
            },
            "model": said.get("model"),
        }


def _ready() -> dict[str, Any]:
    return {"ok": True}


def _not_ready(reason: str) -> dict[str, Any]:
    return {"ok": False, "reason": reason}


def routes(services: Services) -> list[BaseRoute]:
    """The calls of this module."""
    readiness = Readiness(services)

    async def alive(request: Request) -> Response:
        return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})

    async def ready(request: Request) -> Response:
        found = await readiness.look()
        return JSONResponse(found, 200 if found["ok"] else 503, {"Cache-Control": "no-store"})

    return [Route("/healthz", alive, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]
