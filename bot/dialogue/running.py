"""What a rasa process needs before it starts: its run files, its place alone at the tracker store."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import yaml
from sqlalchemy.engine import make_url

from bot.settings import ROOT, Settings


class CannotServe(Exception):  # noqa: N818 - a state, told to the operator in a sentence
    """The process cannot start; the message says why and what to do."""


def environment(settings: Settings) -> dict[str, str]:
    """What Rasa reads from the environment: addresses for endpoints.yml, loopback, no telemetry, a usable level."""
    return {
        "RUN_DIALOGUE_URL": settings.dialogue_url,
        "RUN_ACTIONS_URL": f"{settings.actions_url}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "SANIC_WORKERS": "1",
        "LOG_LEVEL": settings.log_level,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_MAX_CACHE_SIZE": "0",
    }


def write_endpoints(settings: Settings, *, store: bool = True) -> Path:
    """The endpoints file of this run: bot/endpoints.yml, with Redis as lock store where it is set.

    ``store=False`` leaves the tracker store out: then nothing that is said is kept (``shell``). Readable by the
    owner only, because a Redis address can hold a password.
    """
    raw: dict[str, Any] = yaml.safe_load((ROOT / "bot" / "endpoints.yml").read_text(encoding="utf-8"))
    if not store:
        raw.pop("tracker_store")
    elif settings.redis_url:
        raw["lock_store"] = lock_store(settings.redis_url)
    folder = settings.var / "run"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("endpoints.yml" if store else "endpoints-shell.yml")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.safe_dump(raw, file, allow_unicode=True, sort_keys=False)
    return path


def lock_store(redis_url: str) -> dict[str, Any]:
    """Rasa's lock store for a Redis address."""
    parts = urlsplit(redis_url)
    number = parts.path.strip("/")
    found: dict[str, Any] = {
        "type": "redis",
        "url": parts.hostname or "127.0.0.1",
        "port": parts.port or 6379,
        "db": int(number) if number.isdigit() else 0,
        "key_prefix": "brobygger",
        "use_ssl": parts.scheme == "rediss",
    }
    if parts.username:
        found["username"] = unquote(parts.username)
    if parts.password:
        found["password"] = unquote(parts.password)
    return found


def lock_path(settings: Settings) -> Path:
    """The file that the one rasa process of a tracker store holds: beside an SQLite file, else under ``var/run``."""
    address = make_url(settings.dialogue_url)
    if address.drivername.startswith("sqlite") and address.database:
        return Path(address.database + ".rasa-lock").resolve()
    name = hashlib.sha256(settings.dialogue_url.encode()).hexdigest()[:16]
    return settings.var / "run" / f"rasa-{name}.lock"


def be_the_only_one(settings: Settings) -> IO[str] | None:
    """Take the place at the tracker store and keep it while the returned file is open.

    Raises CannotServe when another rasa process has it: without a lock store that both share, two of them lose
    messages of one conversation without an error. With Redis nothing is refused and None is returned.
    """
    if settings.redis_url:
        return None
    path = lock_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotServe(
            "Another rasa process uses this tracker store. Stop it, or set BROBYGGER_REDIS_URL so that several can "
            "share their locks."
        ) from None
    return file
