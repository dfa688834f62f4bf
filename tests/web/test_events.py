"""What is new comes at once as a server-sent event, over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn

from bot.web.app import create_app


@pytest.fixture
async def address(services: Any, unused_tcp_port: int) -> AsyncIterator[str]:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    settings = replace(services.settings, public_url=url, web_port=unused_tcp_port)
    app = create_app(replace(services, settings=settings), pages=())
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=unused_tcp_port, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield url
    server.should_exit = True
    await task


async def test_a_coordinators_message_arrives_at_once_and_the_stream_resumes_after_its_cursor(
    address: str, services: Any
) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=10) as http:
        begun = (await http.post("/api/conversations", json={"language": "nb"})).json()
        headers = {"authorization": f"Bearer {begun['token']}"}
        path = f"/api/conversations/{begun['conversation']}/events"
        async with http.stream("GET", path, headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.aiter_lines()
            first, cursor = await _news(lines)
            assert [m["from"] for m in first["messages"]] == ["bot"]
            body = {"kind": "notice", "text": "hei", "language": "nb", "direction": "ltr"}
            services.conversations.record_replies(begun["conversation"], [body], author="system")
            await services.wakeups.wake(f"conversation:{begun['conversation']}")
            second, cursor = await asyncio.wait_for(_news(lines), 2)
            assert [m["text"] for m in second["messages"]] == ["hei"]
        services.conversations.record_replies(begun["conversation"], [body | {"text": "senere"}], author="system")
        async with http.stream("GET", path, headers=headers | {"last-event-id": cursor}) as stream:
            third, _ = await _news(stream.aiter_lines())
            assert [m["text"] for m in third["messages"]] == ["senere"]
        await http.delete(path.removesuffix("/events"), headers=headers)
        assert (await http.get(path, headers=headers)).status_code == 401


async def _news(lines: AsyncIterator[str]) -> tuple[dict[str, Any], str]:
    cursor = ""
    async for line in lines:
        if line.startswith("id: "):
            cursor = line.removeprefix("id: ")
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: ")), cursor
    raise AssertionError("the stream ended")
