"""Conversations of several turns (tests/conversations/<language>/conversations.yml) through a real rasa process.

``expect`` names kinds, topics and offers. What only ``web`` can know (``state``) is tested there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import RasaProcess

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Conversation:
    """One conversation as data."""

    language: str
    name: str
    turns: tuple[dict[str, Any], ...]


def conversations() -> list[Conversation]:
    found: list[Conversation] = []
    for path in sorted(HERE.glob("*/*.yml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        found += [
            Conversation(raw["language"], entry["name"], tuple(entry["turns"]))
            for entry in raw.get("conversations", ())
        ]
    return found


def known_failures() -> set[str]:
    path = HERE / "_known_conversations.yml"
    return set(yaml.safe_load(path.read_text(encoding="utf-8")) or ()) if path.exists() else set()


KNOWN = known_failures()


def differences(process: RasaProcess, conversation: Conversation) -> list[str]:
    sender = uuid.uuid4().hex
    misses = 0
    language = conversation.language
    found: list[str] = []
    topic: str | None = None
    for turn in conversation.turns:
        said = f'/ask{{"topic": "{turn["press"]}"}}' if "press" in turn else turn["user"]
        known = {"last_topic": topic} if topic else {}
        replies = process.say(sender, said, language=language, misses=misses, **known)
        assert replies, f"no reply to {said!r}"
        message: Any = replies[0]["custom"]
        misses = misses + 1 if message["kind"] == "not_understood" else 0
        language = message["language"] if "language_switched" in message["notices"] else language
        if message["kind"] in ("answer", "handoff_offer") and message["topic"]:
            topic = str(message["topic"])
        meant = message["understood"]
        seen = {key: message[key] for key in ("kind", "topic", "offers_human", "language")}
        seen["understood"] = "/".join(filter(None, (meant["kind"], meant["detail"])))
        for key, wanted in turn.get("expect", {}).items():
            if key in seen and seen[key] != wanted:
                found.append(f"{said!r}: {key} is {seen[key]!r}, not {wanted!r}")
    return found


@pytest.mark.services
@pytest.mark.model
@pytest.mark.parametrize("conversation", conversations(), ids=lambda c: f"{c.language}: {c.name}")
def test_a_conversation_goes_as_written(conversation: Conversation, rasa_process: RasaProcess) -> None:
    found = differences(rasa_process, conversation)
    if f"{conversation.language}: {conversation.name}" in KNOWN:
        assert found, "goes as written now: take it out of _known_conversations.yml"
        pytest.xfail("; ".join(found))
    assert not found, "\n".join(found)
