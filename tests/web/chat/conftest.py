"""A browser without scripts in front of the chat: keeps cookies, sends forms, follows redirects."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.web.app import create_app
from bot.web.services import Services

ORIGIN = "http://127.0.0.1:8080"


class PlainBrowser:
    """Reads pages and sends their forms."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str = "/", **given: Any) -> httpx.Response:
        return await self.http.get(path, **given)

    async def send(self, path: str = "/", **form: str) -> httpx.Response:
        return await self.http.post(path, data=form)

    async def say(self, words: str, client_id: str, language: str = "nb") -> httpx.Response:
        return await self.send(text=words, id=client_id, language=language)

    async def press(self, answer: str, client_id: str) -> httpx.Response:
        """Press the button of the newest message whose payload ends with this."""
        page = (await self.get()).text
        found = [one for one in re.findall(r'name="choice" value="([^"]+)"', page) if one.endswith(answer)]
        assert found, page
        return await self.send(choice=found[0], id=client_id)

    async def to_a_case(self, *steps: str) -> None:
        await self.send(choice="human", id="h")
        for number, step in enumerate(("yes", *(steps or (":contact_only", ":chat", ":keep", ":no", ":skip", ":yes")))):
            if step.startswith("text:"):
                await self.say(step.removeprefix("text:"), f"s{number}")
            else:
                await self.press(step, f"s{number}")


@pytest.fixture
async def plain(services: Services) -> AsyncIterator[PlainBrowser]:
    app = create_app(services, pages=("bot.web.chat.routes", "bot.web.console.routes", "bot.web.staff.routes"))
    headers = {"origin": ORIGIN, "accept-language": "nb"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url=ORIGIN, follow_redirects=True, headers=headers
    ) as client:
        yield PlainBrowser(client)
