"""The staff pages in the real application."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.web.app import create_app
from bot.web.services import Services

ORIGIN = "http://127.0.0.1:8080"


@pytest.fixture
async def reader(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(services, pages=("bot.web.staff.routes",))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
        client.headers["origin"] = ORIGIN
        yield client
