"""Coordinators with browsers, over the same record as the parents of tests/web."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from bot.handoff.records import Account, Role
from bot.web.app import create_app
from bot.web.services import Services

ORIGIN = "http://127.0.0.1:8080"
PASSWORD = "a long enough password"


class Desk:
    """A coordinator's browser: follows redirects, keeps cookies, sends forms from our own pages."""

    def __init__(self, http: httpx.AsyncClient, account: Account) -> None:
        self.http = http
        self.account = account

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.http.get(path, **given)

    async def send(self, path: str, **form: str) -> httpx.Response:
        return await self.http.post(path, data=form)

    async def sign_in(self, password: str = PASSWORD, after: str = "") -> httpx.Response:
        return await self.send("/console/sign-in", name=self.account.name, password=password, next=after)

    async def case(self, number: str) -> str:
        response = await self.get(f"/console/cases/{number}")
        assert response.status_code == 200, response.text
        return response.text

    async def reply(
        self, number: str, words: str, client_id: str | None = None, language: str = "nb"
    ) -> httpx.Response:
        if client_id is None:
            found = re.search(r'id="reply-id" value="([^"]+)"', await self.case(number))
            assert found is not None
            client_id = found[1]
        return await self.send(f"/console/cases/{number}/reply", text=words, id=client_id, language=language)


Opener = Callable[..., Awaitable[Desk]]


@pytest.fixture
def console(services: Services) -> ASGIApp:
    return create_app(services, pages=("bot.web.console.routes", "bot.web.staff.routes"))


@pytest.fixture
async def open_desk(services: Services, console: ASGIApp) -> AsyncIterator[Opener]:
    """Make an account and a browser for it, signed in unless told otherwise."""
    browsers: list[httpx.AsyncClient] = []

    async def make(name: str = "kari", role: Role = "coordinator", *, signed_in: bool = True) -> Desk:
        account, _ = services.accounts.create(name, role, PASSWORD)
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=console),
            base_url=ORIGIN,
            follow_redirects=True,
            headers={"origin": ORIGIN, "accept-language": "en"},
        )
        browsers.append(http)
        desk = Desk(http, account)
        if signed_in:
            assert (await desk.sign_in()).status_code == 200
        return desk

    yield make
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
async def kari(open_desk: Opener) -> Desk:
    return await open_desk("kari")


@pytest.fixture
def queued(client: Any, services: Services) -> Callable[..., Awaitable[str]]:
    """Take a parent through the steps of consent, and give the number of the case that waits."""

    async def make(*steps: str, language: str = "en", before: str = "") -> str:
        await client.start(language=language)
        if before:
            await client.say(before)
        await client.to_step(*(steps or ("contact_only", "chat", "keep", "no", "skip", "yes")))
        case = services.handoff.open_case(client.conversation)
        assert case is not None
        assert case.state == "queued"
        return case.id

    return make
