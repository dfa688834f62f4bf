from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import ConversationPaused, Event, UserUttered
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.rasa_speed import check_replies_once, find_events_once


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    check_replies_once()
    return RemoteAction("action_handoff", EndpointConfig("http://127.0.0.1:1/webhook"))


def test_the_patch_is_for_this_version_of_rasa() -> None:
    assert version("rasa") == "3.6.21", "look whether Rasa still checks its own schema at every reply"


def test_a_reply_that_fits_passes(action: RemoteAction) -> None:
    reply = {"events": [{"event": "pause"}], "responses": [{"text": "x"}]}
    assert action._validate_action_result(reply) is True


@pytest.mark.parametrize("reply", [{"events": "pause"}, {"events": [{"name": "pause"}]}, {"responses": "zebra"}])
def test_a_malformed_reply_is_refused_without_its_words(action: RemoteAction, reply: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        action._validate_action_result(reply)
    assert "zebra" not in str(refused.value)


def test_events_are_found_by_name_as_before_and_unknown_names_are_refused() -> None:
    find_events_once()
    find_events_once()
    assert Event.resolve_by_type("user") is UserUttered
    assert Event.resolve_by_type("pause") is ConversationPaused
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.resolve_by_type("unheard-of")
