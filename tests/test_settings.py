from __future__ import annotations

import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings


def settings(tmp_path: Path, **values: str):
    return read_settings({"BROBYGGER_VAR": str(tmp_path), **{f"BROBYGGER_{name}": v for name, v in values.items()}})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/record.db"
    assert (found.web_host, found.redis_url, found.today, found.webhook_url) == ("127.0.0.1", None, None, None)
    assert found.rasa_url == f"http://127.0.0.1:{found.rasa_port}"
    assert found.actions_url == f"http://127.0.0.1:{found.actions_port}"
    assert found.model_path.is_relative_to(tmp_path)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = settings(tmp_path).secret
    assert len(first) >= 32
    assert settings(tmp_path).secret == first
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WEB_PORT", "0", "a port number"),
        ("WEB_PORT", "many", "a port number"),
        ("DATABASE_URL", "mysql://x", "sqlite"),
        ("REDIS_URL", "http://x", "redis://"),
        ("PUBLIC_URL", "example.no", "https://"),
        ("SECRET", "short", "32 characters"),
        ("TODAY", "tomorrow", "a day such as"),
        ("CONVERSATION_DAYS", "0", "days from 1"),
        ("DEADLINE_U0_HOURS", "721", "hours from 1"),
        ("DEADLINE_U2_HOURS", "0", "hours from 1"),
        ("ANSWER_DEADLINE_HOURS", "24", "BROBYGGER_DEADLINE_U1_HOURS"),
        ("HOURS", "mon-fri", "mon-fri 09:00-15:00"),
        ("HALF_DAYS", "noon", "a time such as 12:00, or closed"),
        ("HOURS", "fri-mon 09:00-15:00", "mon-fri 09:00-15:00"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("COLOUR", "red", "is not a setting"),
        ("WEB_PORT", "5005", "three different ports"),
        ("OIDC_ISSUER", "http://id.example.no", "https://id"),
        ("OIDC_ISSUER", "https://id.example.no", "BROBYGGER_OIDC_CLIENT_ID"),
        ("LOCAL_ACCOUNTS", "no", "BROBYGGER_OIDC_ISSUER"),
        ("WEBHOOK_URL", "https://hooks.example.no/x", "BROBYGGER_WEBHOOK_SECRET"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_in_a_sentence(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["SECRET", "DATABASE_URL", "WEBHOOK_SECRET"])
def test_a_secret_never_stands_in_the_message(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, **{name: "hush-hush"})
    assert "hush-hush" not in str(caught.value)


def test_another_day_can_be_previewed(tmp_path: Path) -> None:
    assert settings(tmp_path, TODAY="2027-08-01").on() == date(2027, 8, 1)
    assert settings(tmp_path).on() == datetime.now(UTC).date()


def test_cookies_are_secure_where_the_address_is(tmp_path: Path) -> None:
    assert settings(tmp_path, PUBLIC_URL="https://chat.example.no/").secure_cookies
    assert settings(tmp_path, PUBLIC_URL="https://chat.example.no/").public_url == "https://chat.example.no"
    assert not settings(tmp_path, PUBLIC_URL="http://127.0.0.1:8080").secure_cookies


def test_other_peoples_variables_are_no_concern_of_ours(tmp_path: Path) -> None:
    assert read_settings({"BROBYGGER_VAR": str(tmp_path), "PATH": "/bin", "RASA_TOKEN": "x"})
