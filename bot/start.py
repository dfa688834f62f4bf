"""``python -m bot.start``: one command that starts the whole product on this machine.

Checks first and says in a sentence what is wrong (settings, ports, knowledge), trains the model when the data changed,
applies migrations, makes a first coordinator account, and hands the processes of the Procfile to supervisord, which
restarts one that fails. Stays in the foreground until it is stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

import httpx

from bot.guidance.guide import Guide
from bot.guidance.loading import KnowledgeError
from bot.handoff.accounts import ensure_first_account
from bot.handoff.engine import make_engine, migrate
from bot.handoff.records import RecordError
from bot.settings import ROOT, Settings, SettingsError, read_settings

READY_SECONDS = 120


class StartError(Exception):
    """The product cannot start; the message is a sentence that says why and what to do."""


def check_python(version: tuple[int, int]) -> None:
    """Refuse any Python but 3.11, the one that the locked requirements were verified on (docs/decisions/0001)."""
    if version != (3, 11):
        raise StartError(
            f"Brobygger runs on Python 3.11; this is {version[0]}.{version[1]}. Run `make setup` with 3.11."
        )


def check_ports(settings: Settings) -> None:
    """Refuse to start beside something that listens on one of our ports, naming the setting to change."""
    for name, host, port in (
        ("WEB_PORT", settings.web_host, settings.web_port),
        ("RASA_PORT", "127.0.0.1", settings.rasa_port),
        ("ACTIONS_PORT", "127.0.0.1", settings.actions_port),
    ):
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        except OSError:
            raise StartError(f"BROBYGGER_WEB_HOST: {host!r} is not an address of this machine.") from None
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except PermissionError:
                raise StartError(f"Port {port} needs more rights. Set BROBYGGER_{name} to 1024 or more.") from None
            except OSError:
                raise StartError(
                    f"Port {port} on {host} is in use. Stop what listens there, or set BROBYGGER_{name} to a free port."
                ) from None


def processes(procfile: Path) -> dict[str, list[str]]:
    """Read ``name: command`` lines; ``python`` becomes the interpreter that runs this."""
    found: dict[str, list[str]] = {}
    for line in procfile.read_text(encoding="utf-8").splitlines():
        name, colon, command = line.partition(":")
        if colon and not name.startswith("#"):
            words = shlex.split(command)
            found[name.strip()] = [sys.executable if word == "python" else word for word in words]
    return found


def supervisor_config(settings: Settings, commands: dict[str, list[str]]) -> str:
    """The supervisord configuration: restart what fails, logs per process under ``var/log``."""
    run, log = settings.var / "run", settings.var / "log"
    sections = [
        "[supervisord]",
        "nodaemon=true",
        f"pidfile={run}/supervisord.pid",
        f"logfile={log}/supervisord.log",
        f"childlogdir={log}",
        f"directory={ROOT}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[unix_http_server]",
        f"file={run}/supervisor.sock",
        "chmod=0700",
        "[supervisorctl]",
        f"serverurl=unix://{run}/supervisor.sock",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for name, words in commands.items():
        command = shlex.join(words).replace("%", "%%")
        sections += [
            f"[program:{name}]",
            f"command={command}",
            f"directory={ROOT}",
            "autostart=true",
            "autorestart=true",
            "startsecs=2",
            "startretries=20",
            "stopwaitsecs=10",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={log}/{name}.log",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
        ]
    return "\n".join(sections) + "\n"


def train() -> None:
    """Train the model when the data, the configuration or the code changed since the last time."""
    say("Checking the model")
    done = subprocess.run([sys.executable, "-m", "bot.dialogue.serve", "train"], cwd=ROOT, check=False)
    if done.returncode:
        raise StartError("The model could not be trained. `make validate` finds faults in data.")


def parts_not_ready(address: str) -> list[str] | None:
    """Names of the parts that ``/readyz`` calls not ready; [] = all are; None = web does not answer yet."""
    try:
        answer = httpx.get(f"{address}/readyz", timeout=3)
    except httpx.HTTPError:
        return None
    if answer.status_code == 200:
        return []
    with contextlib.suppress(json.JSONDecodeError, AttributeError):
        parts = answer.json().get("parts", {})
        return sorted(name for name, part in parts.items() if not (part if isinstance(part, bool) else part.get("ok")))
    return ["web"]


def wait_until_ready(address: str, supervisor: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for ``/readyz``, saying every few seconds what is still missing."""
    started = said = time.monotonic()
    waiting: list[str] | None = None
    while time.monotonic() - started < READY_SECONDS:
        if supervisor.poll() is not None:
            raise StartError(f"The process manager ended at once; see {log}/supervisord.log.")
        waiting = parts_not_ready(address)
        if waiting == []:
            return
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say("Waiting for " + (", ".join(waiting) if waiting else "web"))
        time.sleep(0.3)
    raise StartError(
        f"Not ready after {READY_SECONDS} seconds: {', '.join(waiting or ['web'])}. The logs are in {log}."
    )


def say(line: str) -> None:
    """One line of progress."""
    print(f"== {line}", flush=True)


def introduce(settings: Settings) -> Iterable[str]:
    """What the operator is told once everything runs."""
    yield f"Brobygger runs.  Parents:      {settings.public_url}/"
    yield f"                 Staff:        {settings.public_url}/staff"
    yield f"                 Coordinators: {settings.public_url}/console"
    yield f"Logs: {settings.var / 'log'}   Stop: Ctrl-C"


def run(settings: Settings) -> int:
    """Start everything and wait; returns the exit status of the process manager."""
    check_python(sys.version_info[:2])
    check_ports(settings)
    guide = Guide.load(settings.knowledge)
    if settings.municipality and settings.municipality not in {m.slug for m in guide.municipalities()}:
        raise StartError(
            f"BROBYGGER_MUNICIPALITY: there is no {settings.municipality}.yml in knowledge/municipalities."
        )
    for folder in ("run", "log", "models"):
        (settings.var / folder).mkdir(parents=True, exist_ok=True)
    train()
    say("Preparing the database")
    engine = make_engine(settings.database_url)
    migrate(engine)
    account = ensure_first_account(engine) if settings.local_accounts else None
    engine.dispose()
    config = settings.var / "run" / "supervisord.conf"
    config.write_text(supervisor_config(settings, processes(ROOT / "Procfile")), encoding="utf-8")
    say("Starting web, rasa and actions")
    command = [str(Path(sys.executable).with_name("supervisord")), "-c", str(config)]
    with open(settings.var / "log" / "start.log", "ab") as log:  # noqa: PTH123
        supervisor = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)  # noqa: S603

    def stop(signum: int, frame: FrameType | None) -> None:
        supervisor.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host  # noqa: S104
    try:
        wait_until_ready(f"http://{host}:{settings.web_port}", supervisor, settings.var / "log")
    except StartError:
        supervisor.terminate()
        supervisor.wait()
        raise
    finally:
        # The account exists whether or not all became ready, and its password can be shown only this once.
        if account:
            say(f"First coordinator account, shown this once:  name {account[0]}  password {account[1]}")
    for line in introduce(settings):
        say(line)
    return supervisor.wait()


def main() -> int:
    """Start the product; a fault that the operator can mend is one sentence, without a traceback."""
    try:
        return run(read_settings(os.environ))
    except (SettingsError, StartError, KnowledgeError, RecordError) as fault:
        print(f"Cannot start: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
