"""Which receivers the settings make, and what is refused at start."""

from __future__ import annotations

from typing import Any

import pytest

from bot.handoff.receivers import make_receivers
from bot.settings import SettingsError, read_settings

SECRET = "s" * 40

EVERYTHING = {
    "WEBHOOK_URL": "https://hooks.example.no/x",
    "WEBHOOK_SECRET": SECRET,
    "SMTP_HOST": "mail.example.no",
    "SMTP_FROM": "brobygger@example.no",
    "SMTP_TO": "a@example.no, b@example.no",
    "TEAMS_URL": "https://flows.example.no/secret-part",
    "SLACK_URL": "https://slack.example.no/services/secret-part",
    "ZAMMAD_URL": "https://help.example.no",
    "ZAMMAD_TOKEN": "secret-part",
    "ZAMMAD_GROUP": "Koordinatorer",
    "ZAMMAD_CUSTOMER": "kontor@example.no",
}


def settings_with(tmp_path: Any, **values: str) -> Any:
    given = {f"BROBYGGER_{name}": value for name, value in values.items()}
    return read_settings({"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_SECRET": SECRET, **given})


def test_the_settings_choose_the_receivers_several_at_once(tmp_path: Any):
    assert make_receivers(settings_with(tmp_path)) == ()
    made = make_receivers(settings_with(tmp_path, **EVERYTHING))
    assert [receiver.name for receiver in made] == ["email", "teams", "slack", "zammad", "webhook"]
    places = " ".join(receiver.place for receiver in made)
    assert "secret" not in places
    assert "a@example.no, b@example.no" in places


@pytest.mark.parametrize("missing", ["WEBHOOK_SECRET", "SMTP_FROM", "SMTP_TO", "ZAMMAD_TOKEN", "ZAMMAD_CUSTOMER"])
def test_half_a_receiver_is_refused_at_start(tmp_path: Any, missing: str):
    half = {name: value for name, value in EVERYTHING.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        settings_with(tmp_path, **half)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_SECURITY", "maybe"),
        ("SMTP_TO", "a@example.no; b@example.no"),
        ("SMTP_FROM", "Brobygger <a@example.no>"),
        ("SMTP_FROM", "a@example.no\nBcc: b@example.no"),
        ("ALERT_LANGUAGE", "uk"),
        ("AUDIT_SECRET", "short"),
        ("TEAMS_URL", "flows.example.no"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Any, name: str, value: str):
    with pytest.raises(SettingsError, match=name):
        settings_with(tmp_path, **{**EVERYTHING, name: value})


def test_a_password_never_goes_over_an_open_line(tmp_path: Any):
    login = {"SMTP_USER": "u", "SMTP_PASSWORD": "hemmelig", "SMTP_SECURITY": "none"}
    with pytest.raises(SettingsError, match="SMTP_SECURITY") as caught:
        settings_with(tmp_path, **EVERYTHING, **login)
    assert "hemmelig" not in str(caught.value)
