"""``python -m bot.web.serve`` with the true rasa process behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.handoff.engine import make_engine, migrate
from bot.settings import ROOT, read_settings

pytestmark = [pytest.mark.services, pytest.mark.model]


@pytest.fixture(scope="module")
def web(rasa_process: Any) -> Iterator[str]:
    environment = {n: v for n, v in rasa_process.environment.items() if not n.startswith("BROBYGGER_WEB")}
    environment |= {"BROBYGGER_WEB_PORT": str(_free_port())}
    settings = read_settings(environment)
    migrate(make_engine(settings.database_url))
    log = rasa_process.var / "web.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.web.serve"], cwd=ROOT, env=environment, stdout=file, stderr=file
        )
    try:
        for _ in range(300):
            assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
            try:
                parts = httpx.get(f"{settings.public_url}/readyz").json()["parts"]
                # No action server runs beside this one process and Rasa.
                if all(part["ok"] for name, part in parts.items() if name != "actions"):
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        else:
            raise AssertionError(httpx.get(f"{settings.public_url}/readyz").text)
        yield settings.public_url
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_all_pages_are_mounted(web: str) -> None:
    for path in ("/", "/staff", "/console", "/api/openapi.json", "/healthz"):
        assert httpx.get(web + path, follow_redirects=True).status_code == 200, path


def test_a_question_is_understood_and_answered_by_the_trained_model(web: str) -> None:
    with httpx.Client(base_url=web) as http:
        begun = http.post("/api/conversations", json={"language": "nb"}).json()
        http.headers["authorization"] = f"Bearer {begun['token']}"
        path = f"/api/conversations/{begun['conversation']}/messages"

        def say(number: int, **said: str) -> dict[str, Any]:
            response = http.post(path, json={"id": f"m{number}", **said})
            assert response.status_code == 200, response.text
            return dict(response.json())

        answer = say(1, text="hva koster en plass i barnehagen")["messages"][0]
        assert (answer["kind"], answer["topic"]) == ("answer", "barnehage.cost")
        chosen = say(2, choice="topic:sfo.free-hours")["messages"][0]
        assert (chosen["kind"], chosen["topic"]) == ("answer", "sfo.free-hours")
        switched = say(3, text="скільки коштує дитячий садок на місяць")
        assert switched["language"] == "uk"
        assert say(4, text="/restart")["messages"]
        assert say(5, text="я хочу поговорити з людиною")["messages"][0]["kind"] == "handoff_offer"
        assert say(6, text="так")["messages"][0]["kind"] == "consent"


def test_the_process_listens_where_it_was_told_and_logs_no_word(web: str, rasa_process: Any) -> None:
    begun = httpx.post(f"{web}/api/conversations", json={"language": "nb"}).json()
    headers = {"authorization": f"Bearer {begun['token']}"}
    path = f"{web}/api/conversations/{begun['conversation']}/messages"
    httpx.post(path, json={"id": "m1", "text": "loggprøven barnehage"}, headers=headers)
    log = (rasa_process.var / "web.log").read_text(encoding="utf-8")
    assert "loggprøven" not in log
    assert rasa_process.token not in log
    assert begun["token"] not in log


def test_a_broken_setting_is_one_sentence() -> None:
    environment = {**os.environ, "BROBYGGER_WEB_PORT": "many"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.web.serve"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "BROBYGGER_WEB_PORT" in done.stderr
    assert "Traceback" not in done.stderr
