"""``python -m bot.dialogue.serve <command>``: the only way in which the product starts Rasa.

    run                  the rasa process: loopback, token, ports and stores from the settings
    actions              the action server for connectors other than the web chat: loopback
    train [--force]      train into var/models when data, configuration or code changed
    shell                talk to the bot in the terminal; nothing that is said is stored
    validate             Rasa's own check of domain, rules and data
    test [arguments]     ``rasa test nlu`` with the trained model

For ``run``, ``actions`` and ``shell`` every record of a log loses its words before anything of Rasa is imported.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import IO

from bot import quiet
from bot.dialogue.running import CannotServe, be_the_only_one, environment, write_endpoints
from bot.settings import ROOT, Settings, SettingsError, settings

_held: list[IO[str]] = []


def run(now: Settings, arguments: Sequence[str]) -> None:
    """The rasa process."""
    quiet.install()
    if not now.model_path.is_file():
        raise CannotServe("There is no model yet. Run `make train`.")
    lock = be_the_only_one(now)
    if lock:
        _held.append(lock)
    _check_knowledge(now)
    _rasa(
        [
            "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(now.rasa_port),
            "--auth-token", now.rasa_token, "--model", str(now.model_path),
            "--endpoints", str(write_endpoints(now)), "--credentials", str(ROOT / "bot" / "credentials.yml"),
            *_loudness(now), *arguments,
        ]
    )  # fmt: skip


def actions(now: Settings, arguments: Sequence[str]) -> None:
    """The action server."""
    quiet.install()
    _check_knowledge(now)
    from rasa_sdk.__main__ import main

    sys.argv = ["rasa_sdk", "--actions", "bot.actions", "--port", str(now.actions_port), *_loudness(now), *arguments]
    main()


def shell(now: Settings, arguments: Sequence[str]) -> None:
    """Rasa's shell on a free port, with a tracker in memory."""
    quiet.install()
    if not now.model_path.is_file():
        raise CannotServe("There is no model yet. Run `make train`.")
    _check_knowledge(now)
    _rasa(
        [
            "shell", "--port", str(now.rasa_port), "--interface", "127.0.0.1", "--model", str(now.model_path),
            "--endpoints", str(write_endpoints(now, store=False)),
            "--credentials", str(ROOT / "bot" / "credentials.yml"), "--quiet", *arguments,
        ]
    )  # fmt: skip


def train(now: Settings, arguments: Sequence[str]) -> None:
    """Train when needed."""
    unknown = [argument for argument in arguments if argument != "--force"]
    if unknown:
        raise CannotServe(f"train knows --force, not {unknown[0]}.")
    from bot.dialogue.training import train as train_model

    train_model(now.model_path, force="--force" in arguments, say=lambda line: print(line, flush=True))


def validate(now: Settings, arguments: Sequence[str]) -> None:
    """Rasa's own validation."""
    _rasa(
        [
            "data", "validate", "--fail-on-warnings", "--config", str(ROOT / "config.yml"),
            "--domain", str(ROOT / "bot" / "domain"), "--data", str(ROOT / "bot" / "data"), *arguments,
        ]
    )  # fmt: skip


def test(now: Settings, arguments: Sequence[str]) -> None:
    """Rasa's own scores, kinds as intents and topics as response keys."""
    _rasa(
        [
            "test", "nlu", "--model", str(now.model_path), "--domain", str(ROOT / "bot" / "domain"),
            "--out", str(now.var / "rasa-test"), *arguments,
        ]
    )  # fmt: skip


COMMANDS: dict[str, Callable[[Settings, Sequence[str]], None]] = {
    "run": run,
    "actions": actions,
    "train": train,
    "shell": shell,
    "validate": validate,
    "test": test,
}


def _loudness(now: Settings) -> list[str]:
    return {"DEBUG": ["--debug"], "INFO": ["--verbose"]}.get(now.log_level, [])


def _check_knowledge(now: Settings) -> None:
    """Rasa would start without a voice when the knowledge base cannot be read, and only log that."""
    from bot.dialogue.knowledge import guide
    from bot.guidance.loading import KnowledgeError

    try:
        guide(now.knowledge)
    except KnowledgeError as error:
        raise CannotServe(str(error)) from None


def _rasa(arguments: list[str]) -> None:
    from rasa.__main__ import main

    from bot.dialogue.rasa_speed import check_replies_once, find_events_once

    check_replies_once()
    find_events_once()
    sys.argv = ["rasa", *arguments]
    main()


def main(arguments: Sequence[str]) -> int:
    """Run one command; 2 and a sentence for what the operator can mend."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        now = settings()
        os.environ.update(environment(now))
        # Rasa leaves its mark and its cache in the current folder, and looks for the project there.
        os.chdir(ROOT)
        # Rasa's own libraries warn of what they will change one day; nobody here can mend it.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        COMMANDS[arguments[0]](now, arguments[1:])
    except (SettingsError, CannotServe) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
