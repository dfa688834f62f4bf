"""Parts that tests share: a trained model, and a rasa process that serves it. Real ones, made once per session."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
# One key for the audit log in all tests of a run: some of them read the settings anew, from folders of their own.
os.environ.setdefault("BROBYGGER_AUDIT_SECRET", "the audit log of the tests is sealed with this")


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The archive of a model trained from the repository as it is.

    ``BROBYGGER_TEST_MODEL`` names an existing one; else it is kept under ``var/test-models`` by the hash of
    everything it is made of, so that a second run does not train again.
    """
    named = os.environ.pop("BROBYGGER_TEST_MODEL", None)
    if named:
        return Path(named).resolve(strict=True)
    from bot.dialogue.training import fingerprint, is_current

    folder = ROOT / "var" / "test-models" / fingerprint()[:16]
    model = folder / "models" / "brobygger.tar.gz"
    if not is_current(model):
        done = subprocess.run(
            [sys.executable, "-m", "bot.dialogue.serve", "train"],
            cwd=ROOT,
            env=clean_environment(folder),
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    return model


def clean_environment(var: Path, **settings: str) -> dict[str, str]:
    """This environment without the developer's own settings, with ``var`` and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BROBYGGER_")}
    return kept | {"BROBYGGER_VAR": str(var)} | settings


@dataclass(frozen=True)
class RasaProcess:
    """A running rasa process: where it listens, what it asks of callers, where it writes."""

    url: str
    token: str
    var: Path
    log: Path
    pid: int
    environment: dict[str, str]

    def say(self, sender: str, text: str, **metadata: object) -> list[dict[str, object]]:
        """Send a message through the REST channel and return what comes back."""
        answer = httpx.post(
            f"{self.url}/webhooks/rest/webhook",
            params={"token": self.token},
            json={"sender": sender, "message": text, "metadata": metadata},
            timeout=30,
        )
        answer.raise_for_status()
        return list(answer.json())


def start_rasa(model: Path, var: Path, **settings: str) -> tuple[subprocess.Popen[bytes], RasaProcess]:
    """Start ``python -m bot.dialogue.serve run`` on a free port and wait until it is ready."""
    from bot.settings import read_settings

    place = var / "models" / "brobygger.tar.gz"
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.symlink_to(model)
    port = free_port()
    environment = clean_environment(var, BROBYGGER_RASA_PORT=str(port), **settings)
    now = read_settings(environment)
    log = var / "rasa.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.dialogue.serve", "run"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = RasaProcess(now.rasa_url, now.rasa_token, var, log, process.pid, environment)
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS:
        if process.poll() is not None:
            break
        try:
            ready = httpx.get(f"{running.url}/webhooks/health/ready", params={"token": running.token}, timeout=5)
            if ready.status_code == 200:
                return process, running
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    stop(process)
    raise AssertionError(f"rasa did not become ready:\n{log.read_text(encoding='utf-8')[-3000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that a test started, and wait for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=15)


@pytest.fixture(scope="session")
def rasa_process(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaProcess]:
    """One rasa process for the session, with its own ``var``, at debug level."""
    process, running = start_rasa(trained_model, tmp_path_factory.mktemp("rasa"), BROBYGGER_LOG_LEVEL="DEBUG")
    yield running
    stop(process)
