from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.dialogue.running import CannotServe, be_the_only_one, environment, lock_store, write_endpoints
from bot.settings import Settings, read_settings


def test_a_second_process_at_the_same_store_is_refused(own_settings: Settings) -> None:
    first = be_the_only_one(own_settings)
    assert first is not None
    with pytest.raises(CannotServe, match="BROBYGGER_REDIS_URL"):
        be_the_only_one(own_settings)
    first.close()
    again = be_the_only_one(own_settings)
    assert again is not None
    again.close()


def test_another_store_has_its_own_place(own_settings: Settings, tmp_path: Path) -> None:
    other = read_settings({"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_DIALOGUE_URL": f"sqlite:///{tmp_path}/other.db"})
    first, second = be_the_only_one(own_settings), be_the_only_one(other)
    assert first is not None
    assert second is not None
    first.close()
    second.close()


def test_with_redis_several_are_welcome_and_share_their_locks(tmp_path: Path) -> None:
    now = read_settings(
        {"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_REDIS_URL": "redis://:s%40cret@cache.example:6380/2"}
    )
    assert be_the_only_one(now) is None
    path = write_endpoints(now)
    assert path.stat().st_mode & 0o077 == 0
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert written["lock_store"] == lock_store("redis://:s%40cret@cache.example:6380/2")
    assert written["lock_store"]["password"] == "s@cret"
    assert (written["lock_store"]["url"], written["lock_store"]["port"], written["lock_store"]["db"]) == (
        "cache.example",
        6380,
        2,
    )


def test_the_shell_stores_nothing(own_settings: Settings) -> None:
    assert "tracker_store" not in yaml.safe_load(write_endpoints(own_settings, store=False).read_text(encoding="utf-8"))


def test_an_empty_level_in_the_environment_is_replaced(own_settings: Settings) -> None:
    found = environment(own_settings)
    assert found["LOG_LEVEL"] == "INFO"
    assert found["RASA_TELEMETRY_ENABLED"] == "false"
    assert found["SANIC_HOST"] == "127.0.0.1"
