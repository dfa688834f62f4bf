"""``/readyz`` is red as soon as one part does not really work, and says which."""

from __future__ import annotations

from typing import Any

import pytest

from bot.web import health
from bot.web.locks import Locks


@pytest.fixture(autouse=True)
def _always_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_FOR", -1.0)


async def _not_ready(client: Any) -> list[str]:
    response = await client.call("GET", "/readyz")
    parts = response.json()["parts"]
    wrong = sorted(name for name, part in parts.items() if not part["ok"])
    assert response.status_code == (503 if wrong else 200)
    assert response.json()["ok"] is not bool(wrong)
    assert all(parts[name]["reason"] for name in wrong)
    return wrong


async def test_everything_works(client: Any) -> None:
    assert await _not_ready(client) == []
    assert (await client.call("GET", "/healthz")).json() == {"ok": True}


async def test_rasa_is_down(client: Any, rasa: Any) -> None:
    rasa.die()
    assert await _not_ready(client) == ["actions", "knowledge", "rasa", "tracker_store"]
    assert (await client.call("GET", "/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("change", "part"),
    [({"model": None}, "rasa"), ({"store": False}, "tracker_store"), ({"knowledge": "older"}, "knowledge")],
)
async def test_a_part_of_rasa_is_not_ready(client: Any, rasa: Any, change: dict[str, Any], part: str) -> None:
    rasa.ready |= change | {"ready": False}
    assert await _not_ready(client) == [part]


async def test_the_action_server_is_down(client: Any, services: Any) -> None:
    services.rasa._actions_health = "http://127.0.0.1:1/health"
    assert await _not_ready(client) == ["actions"]


async def test_a_wrong_token_is_not_ready(client: Any, services: Any) -> None:
    services.rasa._token = "wrong"
    assert await _not_ready(client) == ["knowledge", "rasa", "tracker_store"]


async def test_the_record_is_gone(client: Any, services: Any) -> None:
    for path in services.settings.var.glob("record.db*"):
        path.unlink()
    assert await _not_ready(client) == ["record"]


async def test_a_configured_redis_that_is_away_is_not_ready(
    client: Any, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Locks("redis://127.0.0.1:1/0")
    monkeypatch.setattr(services.locks, "reachable", away.reachable)
    assert await _not_ready(client) == ["redis"]
