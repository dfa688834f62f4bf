"""The whole product as ``make run`` starts it, on free ports and a folder of its own, for tests that need all of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from bot.dialogue.training import fingerprint_path
from tests.conftest import ROOT, clean_environment, free_port

START_SECONDS = 180


@dataclass
class Conversation:
    """A parent's conversation through the public interface, as a program would hold it."""

    web: str
    language: str
    audience: str = "parent"
    id: str = ""
    opened: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open it."""
        wish = {"language": self.language, "audience": self.audience}
        answer = httpx.post(f"{self.web}/api/conversations", json=wish, timeout=30)
        assert answer.status_code == 201, answer.text
        self.opened = answer.json()
        self.id = self.opened["conversation"]
        self.headers = {"Authorization": f"Bearer {self.opened['token']}"}

    def call(self, method: str, rest: str = "", **named: object) -> httpx.Response:
        """One call under this conversation."""
        address = f"{self.web}/api/conversations/{self.id}{rest}"
        return httpx.request(method, address, headers=self.headers, timeout=30, **named)

    def send(self, text: str, client_id: str | None = None) -> httpx.Response:
        """Say something."""
        return self.call("POST", "/messages", json={"id": client_id or str(uuid4()), "text": text})

    def choose(self, payload: str) -> httpx.Response:
        """Press a button."""
        return self.call("POST", "/messages", json={"id": str(uuid4()), "choice": payload})

    def messages(self) -> list[dict]:
        """All that was said, in order."""
        return self.call("GET", "/messages").json()["messages"]


@dataclass(frozen=True)
class Product:
    """A running product; ``account`` is empty where local accounts are off."""

    web: str
    var: Path
    ports: dict[str, int]
    account: tuple[str, str]
    output: str
    starter: int

    def pid(self, name: str) -> int:
        """The process id of ``web``, ``rasa`` or ``actions`` now."""
        control = Path(sys.executable).with_name("supervisorctl")
        told = subprocess.run(
            [control, "-c", self.var / "run" / "supervisord.conf", "pid", name],
            capture_output=True,
            text=True,
            check=False,
        )
        return int(told.stdout.strip())

    def kill(self, name: str) -> None:
        """Kill a process without any chance to tidy up; returns once it is known to be gone or a new one is there."""
        killed = self.pid(name)
        os.kill(killed, signal.SIGKILL)
        while self.pid(name) == killed:
            time.sleep(0.05)

    def wait_for_another(self, name: str, killed: int) -> None:
        """Wait until the process manager has started ``name`` again and everything is ready."""
        until = time.monotonic() + 60
        while self.pid(name) in (0, killed):
            assert time.monotonic() < until, f"{name} was not started again"
            time.sleep(0.2)
        time.sleep(1.5)  # `/readyz` gives a finding again for a second
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Wait until every part says that it works."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.web}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.3)
        raise AssertionError(f"not ready again after {seconds} seconds")

    def conversation(self, language: str, audience: str = "parent") -> Conversation:
        """Open a conversation."""
        return Conversation(self.web, language, audience)


@contextmanager
def running(model: Path, var: Path, **settings: str) -> Iterator[Product]:
    """Start the product with the model given, and stop it in the end."""
    place = var / "models" / "brobygger.tar.gz"
    place.parent.mkdir(parents=True)
    shutil.copy(model, place)
    shutil.copy(fingerprint_path(model), fingerprint_path(place))
    ports = {"web": free_port(), "rasa": free_port(), "actions": free_port()}
    named = {f"BROBYGGER_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    environment = clean_environment(var, **named, **settings) | {"PYTHONUNBUFFERED": "1"}
    said = var / "start.out"
    with said.open("wb") as file:
        starter = subprocess.Popen(
            [sys.executable, "-m", "bot.start"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + START_SECONDS
        while "Brobygger runs" not in said.read_text(encoding="utf-8"):
            assert starter.poll() is None, said.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < until, said.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.3)
        output = said.read_text(encoding="utf-8")
        found = re.search(r"name (\S+)\s+password (\S+)", output)
        assert bool(found) is (settings.get("BROBYGGER_LOCAL_ACCOUNTS") != "no"), output
        account = (found[1], found[2]) if found else ("", "")
        yield Product(f"http://127.0.0.1:{ports['web']}", var, ports, account, output, starter.pid)
    finally:
        if starter.poll() is None:
            starter.terminate()
        try:
            starter.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(starter.pid, signal.SIGKILL)
