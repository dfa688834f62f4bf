from __future__ import annotations

import pytest

from bot.guidance.model import Choice, Message, Number, SourceNote, Understanding


def test_a_message_survives_the_way_through_json() -> None:
    message = Message(
        kind="answer",
        text="Hei",
        language="nb",
        direction="ltr",
        topic="a.b",
        choices=(Choice("Ja", "yes"),),
        sources=(SourceNote("T", "https://x.example", "§ 1", "2026-01-01"),),
        notices=("draft",),
        numbers=(Number("Ambulanse", "113"),),
        offers_human=True,
    )
    assert Message.from_dict(message.to_dict()) == message


def test_a_message_keeps_fields_of_our_own_processes_out_of_the_public_object() -> None:
    raw = {**Message("notice", "x", "nb", "ltr").to_dict(), "understood": {"kind": "ask"}}
    message = Message.from_dict(raw)
    assert message.extra == {"understood": {"kind": "ask"}}
    assert "understood" not in message.to_dict()


def test_a_message_without_a_text_is_refused() -> None:
    with pytest.raises(KeyError):
        Message.from_dict({"kind": "answer"})


def test_an_understanding_survives_the_way_through_json() -> None:
    understood = Understanding("danger", "medical", (("health.urgent", 0.5),), "sure", "uk", True, 0.875)
    assert Understanding.from_dict(understood.to_dict()) == understood
