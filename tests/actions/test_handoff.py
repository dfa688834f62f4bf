from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import handoff
from bot.actions.handoff import ActionHandoff
from bot.settings import settings


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BROBYGGER_VAR", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(metadata: object) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    latest = {"intent": {"name": "human"}, "entities": [], "text": "x", "metadata": metadata}
    tracker = Tracker("someone", {}, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    return ActionHandoff().run(dispatcher, tracker, {}), dispatcher.messages


@pytest.mark.parametrize("metadata", [{"language": "en"}, None, {"language": 7}, "nonsense"])
def test_the_offer_is_said_and_the_conversation_paused(metadata: object) -> None:
    events, (message,) = run(metadata)
    assert [event["event"] for event in events] == ["pause"]
    assert message["text"] == message["custom"]["text"] != ""
    assert message["custom"]["offers_human"]


def test_without_words_the_bot_keeps_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handoff.Replies, "handoff_offer", lambda *a, **k: (_ for _ in ()).throw(KeyError("x")))
    assert run({"language": "en"}) == ([], [])
