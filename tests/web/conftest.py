"""The real application over a real SQLite record; Rasa is a small HTTP server that speaks the same JSON."""

from __future__ import annotations

import importlib.util
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from bot.guidance.guide import Guide
from bot.guidance.replies import Replies
from bot.handoff.engine import migrate
from bot.settings import ROOT, Settings, read_settings
from bot.web import openapi
from bot.web.app import create_app
from bot.web.services import Services, make_services

ORIGIN = "http://127.0.0.1:8080"


def _standin() -> ModuleType:
    # Loaded by path: tests are no package, and other folders have helpers of their own.
    found = importlib.util.spec_from_file_location("rasa_standin", Path(__file__).with_name("standin.py"))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def guide() -> Guide:
    return Guide.load(ROOT / "knowledge")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given = {"VAR": str(tmp_path), "SECRET": "s" * 40, "RASA_PORT": "1", "HOURS": "always"}
    return read_settings({f"BROBYGGER_{name}": value for name, value in given.items()})


@pytest.fixture
def rasa(settings: Settings, guide: Guide) -> Iterator[Any]:
    standin = _standin().RasaStandIn(Replies(guide), settings.rasa_token, guide.revision)
    yield standin
    if standin.mode != "dead":
        standin.die()


@pytest.fixture
async def services(
    settings: Settings, rasa: Any, monkeypatch: pytest.MonkeyPatch, guide: Guide
) -> AsyncIterator[Services]:
    monkeypatch.setattr(Guide, "load", classmethod(lambda cls, knowledge: guide))
    made = make_services(replace(settings, rasa_port=rasa.port, actions_port=rasa.port))
    migrate(made.engine)
    yield made
    await made.close()


class Client:
    """A program that uses the interface; checks every answer against the OpenAPI document."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.conversation = ""
        self.token = ""

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = dict(given.pop("headers", {}))
        if self.token and "authorization" not in headers:
            headers["authorization"] = f"Bearer {self.token}"
        response = await self.http.request(method, path, headers=headers, **given)
        check_against_document(response)
        return response

    async def start(self, **wish: Any) -> dict[str, Any]:
        response = await self.call("POST", "/api/conversations", json=wish)
        assert response.status_code == 201, response.text
        body: dict[str, Any] = response.json()
        self.conversation, self.token = body["conversation"], body["token"]
        return body

    def path(self, rest: str = "") -> str:
        return f"/api/conversations/{self.conversation}{rest}"

    async def post(self, **body: Any) -> httpx.Response:
        return await self.call("POST", self.path("/messages"), json={"id": uuid.uuid4().hex, **body})

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        response = await self.post(text=text, **more)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def choose(self, payload: str, **more: Any) -> dict[str, Any]:
        response = await self.post(choice=payload, **more)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def history(self, after: str = "0") -> dict[str, Any]:
        response = await self.call("GET", self.path("/messages"), params={"after": after})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def to_step(self, *answers: str) -> dict[str, Any]:
        """Ask for a person, say yes, and answer the steps of consent in turn: a payload's answer, or ``text:…``."""
        await self.choose("human")
        return await self.go_on(await self.choose("yes"), *answers)

    async def go_on(self, reply: dict[str, Any], *answers: str) -> dict[str, Any]:
        """Answer the steps that follow ``reply``."""
        for answer in answers:
            if answer.startswith("text:"):
                reply = await self.say(answer.removeprefix("text:"))
                continue
            choices = reply["messages"][-1]["choices"]
            payload = next(c["payload"] for c in choices if c["payload"].endswith(":" + answer))
            reply = await self.choose(payload)
        return reply

    async def queue(self) -> dict[str, Any]:
        """Go the shortest way into the queue."""
        return await self.to_step("contact_only", "chat", "keep", "no", "skip", "yes")


def check_against_document(response: httpx.Response) -> None:
    """The response is one that openapi.yml describes for this call, with a body of its schema."""
    path, method = response.request.url.path, response.request.method.lower()
    if not path.startswith(("/api/", "/healthz", "/readyz")):
        return
    operation = next(
        (o[method] for template, o in openapi.document()["paths"].items() if method in o and _fits(template, path)),
        None,
    )
    if operation is None:
        assert response.status_code in (403, 404, 405, 413, 421), f"{method} {path} is not described"
        described = openapi.document()["components"]["responses"]["Problem"]
    else:
        responses = operation["responses"]
        described = responses.get(str(response.status_code), responses.get("default"))
        assert described is not None, f"{method} {path}: {response.status_code} is not described"
        if "$ref" in described:
            described = openapi.document()["components"]["responses"][described["$ref"].rsplit("/", 1)[-1]]
    if "content" not in described:
        assert response.content == b""
        return
    media = response.headers["content-type"].split(";")[0]
    assert media in described["content"], f"{method} {path}: {media}"
    schema = described["content"][media]["schema"]
    if "$ref" in schema:
        openapi.check(schema["$ref"].rsplit("/", 1)[-1], json.loads(response.content))


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


@pytest.fixture
async def http(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(services, pages=())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:
    return Client(http)


@pytest.fixture
def other_client(http: httpx.AsyncClient) -> Client:
    return Client(http)
