"""The guard: origin, host, cookies, headers, limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.web.app import create_app
from bot.web.limits import Limits
from bot.web.security import allowed_hosts, allowed_origins

OWN = "http://127.0.0.1:8080"


async def _begin(http: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await http.post("/api/conversations", json={"language": "nb"}, headers={"origin": OWN, **headers})


async def test_a_browser_gets_a_cookie_that_no_script_reads_and_that_carries_the_conversation(
    http: httpx.AsyncClient,
) -> None:
    begun = await _begin(http)
    cookie = begun.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    path = f"/api/conversations/{begun.json()['conversation']}/messages"
    said = await http.post(path, json={"id": "m1", "text": "hei"}, headers={"origin": OWN})
    assert said.status_code == 200
    assert (await http.get(path)).status_code == 200


async def test_a_program_gets_no_cookie(http: httpx.AsyncClient) -> None:
    begun = await http.post("/api/conversations", json={})
    assert begun.status_code == 201
    assert "set-cookie" not in begun.headers


async def test_the_cookie_is_secure_where_the_service_is_reached_by_https(services: Any) -> None:
    settings = replace(services.settings, public_url="https://chat.example.kommune.no", secure_cookies=True)
    app = create_app(replace(services, settings=settings), pages=())
    url = "https://chat.example.kommune.no"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url) as http:
        begun = await http.post("/api/conversations", json={}, headers={"origin": url})
    assert "secure" in begun.headers["set-cookie"].lower()
    assert begun.headers["strict-transport-security"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8080"])
async def test_another_page_cannot_act_with_the_cookie(http: httpx.AsyncClient, origin: str) -> None:
    begun = await _begin(http)
    path = f"/api/conversations/{begun.json()['conversation']}"
    for method, rest in (("POST", "/messages"), ("PATCH", ""), ("DELETE", ""), ("POST", "/receipts/x/withdraw")):
        response = await http.request(method, path + rest, json={"id": "m1", "text": "hei"}, headers={"origin": origin})
        assert response.status_code == 403, method
        assert response.json()["type"].endswith("/wrong_origin")
        assert response.json()["language"] == "nb"
    assert (await _begin(http, origin=origin)).status_code == 403


async def test_a_cookie_without_any_origin_does_not_count_for_changes(http: httpx.AsyncClient) -> None:
    begun = await _begin(http)
    path = f"/api/conversations/{begun.json()['conversation']}/messages"
    assert (await http.post(path, json={"id": "m1", "text": "hei"})).status_code == 403
    same = await http.post(path, json={"id": "m1", "text": "hei"}, headers={"sec-fetch-site": "same-origin"})
    assert same.status_code == 200


async def test_the_names_of_this_machine_are_one_origin(http: httpx.AsyncClient) -> None:
    assert (await _begin(http, origin="http://localhost:8080")).status_code == 201


async def test_another_host_name_is_not_served(http: httpx.AsyncClient) -> None:
    response = await http.get("/healthz", headers={"host": "evil.example"})
    assert response.status_code == 421
    assert response.json()["type"].endswith("/wrong_host")


def test_only_the_public_address_counts_when_there_is_one(settings: Any) -> None:
    public = replace(settings, public_url="https://chat.example.kommune.no", web_host="0.0.0.0")
    assert allowed_origins(public) == {"https://chat.example.kommune.no"}
    assert allowed_hosts(public) == {"chat.example.kommune.no", "127.0.0.1", "localhost", "::1"}


@pytest.mark.parametrize("path", ["/healthz", "/api/openapi.json", "/api/nothing", "/nothing"])
async def test_every_response_carries_the_headers(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_too_many_messages_in_a_minute_have_to_wait(client: Any, services: Any) -> None:
    await client.start(language="uk")
    for _ in range(services.settings.messages_per_minute):
        assert await services.limits.wait_for("messages", client.conversation) == 0
    response = await client.post(text="дитячий садок")
    assert response.status_code == 429
    assert response.json()["type"].endswith("/too_many_requests")
    assert response.json()["language"] == "uk"
    assert 1 <= int(response.headers["retry-after"]) <= 60


async def test_too_many_new_conversations_from_one_client_have_to_wait(services: Any) -> None:
    strict = replace(services, limits=Limits(conversations=2))
    app = create_app(strict, pages=())
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as http:
        assert [(await http.post("/api/conversations", json={})).status_code for _ in range(3)] == [201, 201, 429]
    other = httpx.ASGITransport(app=app, client=("203.0.113.8", 4711))
    async with httpx.AsyncClient(transport=other, base_url=OWN) as http:
        assert (await http.post("/api/conversations", json={})).status_code == 201


async def test_the_limit_ends_with_its_minute_and_keeps_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    limits = Limits(messages=1, clock=lambda: now[0])
    assert await limits.wait_for("messages", "a") == 0
    assert await limits.wait_for("messages", "a") == 60
    now[0] = 60.0
    assert await limits.wait_for("messages", "a") == 0
    monkeypatch.setattr("bot.web.limits.KEPT", 10)
    for number in range(50):
        await limits.wait_for("messages", str(number))
    assert len(limits._counts) <= 11
