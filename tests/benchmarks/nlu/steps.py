"""Runs each step of the benchmark in a process of its own, so that its time and its peak memory are its own.

Nothing heavy is imported here: on Linux a child's peak starts at what its parent held when the child was made.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
EVERY = 30.0
"""Seconds between two lines of progress."""
PROGRESS = re.compile(rb"\d+/\d+ \[")


class StepFailed(Exception):  # noqa: N818 - told to the developer in a sentence
    """A step ended with an error; the message holds the end of what it said."""


@dataclass(frozen=True)
class Run:
    """What a step took: wall time with the start of its process, and the peak of its resident memory."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Step:
    """A command, the folder it works in, and the file that is there when it is done."""

    name: str
    command: tuple[str, ...]
    makes: str


def module(name: str, *arguments: object) -> tuple[str, ...]:
    """The command of a module of this package."""
    return (sys.executable, "-m", f"tests.benchmarks.nlu.{name}", *(str(argument) for argument in arguments))


def environment(folder: Path, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without the developer's own settings; nothing is kept between two trainings."""
    kept = {name: value for name, value in base.items() if not name.startswith("BROBYGGER_")}
    return kept | {
        "BROBYGGER_VAR": str(folder / "var"),
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "INFO",  # below it Rasa draws no bar of epochs
    }


def say(line: str) -> None:
    """One line of progress."""
    print(f"== {line}", flush=True)


def perform(step: Step, folder: Path) -> Run:
    """Run a step unless its file is there from before; raises StepFailed. Its output goes to ``<name>.log``."""
    record = folder / f"{step.name}.run.json"
    if record.is_file() and (folder / step.makes).exists():
        say(f"{step.name}: kept from before")
        return Run(**json.loads(record.read_text(encoding="utf-8")))
    say(step.name)
    log = folder / f"{step.name}.log"
    started = time.monotonic()
    with log.open("wb") as told:
        process = subprocess.Popen(
            step.command, cwd=folder, env=environment(folder), stdout=told, stderr=subprocess.STDOUT
        )
        status, peak = _wait(process.pid, log, started)
    # The process is already waited for; without this, Popen would look for it again.
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode or not (folder / step.makes).exists():
        told_last = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise StepFailed(f"{step.name} ended with {process.returncode}:\n{told_last}")
    run = Run(round(seconds, 2), round(peak, 1))
    record.write_text(json.dumps(asdict(run)), encoding="utf-8")
    say(f"   done in {seconds:.1f} s, peak {peak:.0f} MB")
    return run


def perform_all(steps: Sequence[Step], folder: Path) -> None:
    """Run the steps in their order."""
    started = time.monotonic()
    for number, step in enumerate(steps, 1):
        say(f"step {number} of {len(steps)}, {time.monotonic() - started:.0f} s so far")
        perform(step, folder)


def _wait(pid: int, log: Path, started: float) -> tuple[int, float]:
    """Wait for a process: its status and its peak memory in MB, told by the system for this process alone."""
    told = started
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            scale = 1e6 if sys.platform == "darwin" else 1e6 / 1024
            return status, used.ru_maxrss / scale
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            say(f"   {told - started:.0f} s {_last_progress(log)}".rstrip())
        time.sleep(0.05)


def _last_progress(log: Path) -> str:
    """The end of the last bar that the step drew, if it draws any."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        tail = file.read()
    found = [match.start() for match in PROGRESS.finditer(tail)]
    return tail[found[-1] :].split(b" [", 1)[0].decode() if found else ""
