"""The rasa process as the product starts it, with hostile input, at debug level."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx
import pytest

from bot.guidance.model import Message
from tests.conftest import ROOT, RasaProcess, clean_environment, free_port, stop

pytestmark = [pytest.mark.services, pytest.mark.model]
LOOPBACK = "0100007F"
"""127.0.0.1 in /proc/net/tcp."""
SECRET = "zebrahemmelighet"
HOSTILE = (
    f"hva koster barnehage {SECRET}",
    f"/restart {SECRET}",
    f"/{SECRET}",
    f'/ask{{"topic": "{SECRET}"}}',
    f'/ask{{"{SECRET}": 1',
    f"<script>alert('{SECRET}')</script>",
    f"{SECRET} %s %d {{}} \x00\x1b[31m",
    f"mannen min slår meg {SECRET}",
    SECRET * 300,
)


def sockets(pid: int) -> set[str]:
    """Inodes of the sockets of a process and its children."""
    pids, found = [pid], set()
    while pids:
        one = pids.pop()
        for thread in Path(f"/proc/{one}/task").iterdir():
            pids += [int(kid) for kid in (thread / "children").read_text().split()]
        for file in Path(f"/proc/{one}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(os.readlink(file))
    return {name[8:-1] for name in found if name.startswith("socket:[")}


def listening(pid: int) -> set[tuple[str, int]]:
    """Addresses, as the kernel writes them, and ports that a process and its children listen on."""
    mine, found = sockets(pid), set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in mine:
                address, _, port = fields[1].partition(":")
                found.add((address, int(port, 16)))
    return found


def test_the_channel_answers_with_our_object(rasa_process: RasaProcess) -> None:
    (reply,) = rasa_process.say(uuid.uuid4().hex, "hva koster barnehage i måneden", language="nb")
    said = dict(reply["custom"])  # type: ignore[call-overload]
    assert said.pop("understood")["topics"][0][0] == "barnehage.cost"
    assert Message.from_dict(said).kind == "answer"


def test_nothing_is_said_without_the_token(rasa_process: RasaProcess) -> None:
    for path in ("/webhooks/rest/webhook", "/model/parse"):
        answer = httpx.post(rasa_process.url + path, json={"sender": "x", "message": "hei", "text": "hei"}, timeout=30)
        assert answer.status_code == 401
    assert httpx.get(f"{rasa_process.url}/webhooks/health/ready", timeout=30).status_code == 401


def test_readiness_names_model_and_knowledge(rasa_process: RasaProcess) -> None:
    found = httpx.get(
        f"{rasa_process.url}/webhooks/health/ready", params={"token": rasa_process.token}, timeout=30
    ).json()
    assert found["ready"]
    assert found["store"]
    assert found["model"]
    assert found["knowledge"]


def test_rasa_listens_on_this_machine_only(rasa_process: RasaProcess) -> None:
    port = int(rasa_process.url.rsplit(":", 1)[1])
    assert listening(rasa_process.pid) == {(LOOPBACK, port)}


def test_no_word_that_was_said_is_in_any_log(rasa_process: RasaProcess) -> None:
    sender = uuid.uuid4().hex
    for text in HOSTILE:
        rasa_process.say(sender, text, language="nb", municipality=SECRET)
    for body in (b"{", b'{"sender": "x", "message": 7}', f'{{"sender": "{SECRET}"}}'.encode()):
        httpx.post(
            f"{rasa_process.url}/webhooks/rest/webhook",
            params={"token": rasa_process.token},
            content=body,
            headers={"content-type": "application/json"},
            timeout=30,
        )
    httpx.post(
        f"{rasa_process.url}/model/parse", params={"token": rasa_process.token}, json={"text": SECRET}, timeout=30
    )
    log = rasa_process.log.read_text(encoding="utf-8", errors="replace")
    assert len(log.splitlines()) > 20
    assert SECRET not in log
    assert rasa_process.token not in log


def test_a_second_process_at_the_same_store_is_refused(rasa_process: RasaProcess) -> None:
    environment = rasa_process.environment | {"BROBYGGER_RASA_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "bot.dialogue.serve", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "Another rasa process" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["run"], {}, "There is no model yet"),
        (["run"], {"BROBYGGER_RASA_PORT": "many"}, "BROBYGGER_RASA_PORT"),
        (["train", "--fast"], {}, "--force"),
        (["dance"], {}, "python -m bot.dialogue.serve"),
    ],
)
def test_what_cannot_start_says_why_in_a_sentence(
    arguments: list[str], settings: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.dialogue.serve", *arguments],
        cwd=ROOT,
        env=clean_environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_action_server_listens_on_this_machine_only(tmp_path: Path) -> None:
    port = free_port()
    environment = clean_environment(tmp_path, BROBYGGER_ACTIONS_PORT=str(port))
    with (tmp_path / "actions.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.dialogue.serve", "actions"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 60
        while not (found := listening(process.pid)) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert found == {(LOOPBACK, port)}
    finally:
        stop(process)
