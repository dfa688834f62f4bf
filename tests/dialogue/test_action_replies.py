from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.action_replies import check_replies_once


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
