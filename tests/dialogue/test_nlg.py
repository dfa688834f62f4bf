from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.nlg import GuidanceGenerator, rasa_payload
from bot.guidance.model import Choice, Message, Understanding
from bot.settings import Settings


@pytest.fixture
def generator(own_settings: Settings) -> GuidanceGenerator:
    return GuidanceGenerator(endpoint_config=EndpointConfig(), domain=Domain.empty())


def tracker(
    understood: Understanding | None, *, channel: str | None = "rest", intent: str = "ask", **said: Any
) -> DialogueStateTracker:
    parsed: dict[str, Any] = {"intent": {"name": intent}, "text": "x"}
    if understood:
        parsed["understanding"] = understood.to_dict()
    slot = TextSlot("topic", mappings=[{"type": "from_entity", "entity": "topic"}], influence_conversation=False)
    found = DialogueStateTracker("someone", [slot])
    found.update(UserUttered("x", parse_data=parsed, input_channel=channel, metadata=said))
    return found


COST = Understanding(kind="ask", topics=(("barnehage.cost", 0.9),), band="sure", language="nb")


async def test_a_sure_topic_is_answered_with_its_sources(generator: GuidanceGenerator) -> None:
    reply = await generator.generate("utter_answer", tracker(COST, language="nb"), "collector")
    said = reply["custom"]
    assert (said["kind"], said["topic"], said["language"]) == ("answer", "barnehage.cost", "nb")
    assert said["sources"]
    assert said["understood"] == COST.to_dict()
    assert set(reply) == {"custom"}


async def test_danger_begins_with_numbers_in_the_chosen_language(generator: GuidanceGenerator) -> None:
    danger = Understanding(kind="danger", detail="medical", language="en")
    reply = await generator.generate("utter_crisis", tracker(danger, intent="danger", language="en"), "collector")
    assert reply["custom"]["kind"] == "crisis"
    assert reply["custom"]["numbers"]


async def test_a_pressed_button_is_answered_from_the_slot(generator: GuidanceGenerator) -> None:
    pressed = tracker(None, language="nb")
    pressed.update(SlotSet("topic", "barnehage.cost"))
    reply = await generator.generate("utter_answer", pressed, "collector")
    assert reply["custom"]["topic"] == "barnehage.cost"


async def test_an_unknown_topic_of_a_button_is_not_understood(generator: GuidanceGenerator) -> None:
    pressed = tracker(None, language="nb")
    pressed.update(SlotSet("topic", "no.such"))
    reply = await generator.generate("utter_answer", pressed, "collector")
    assert reply["custom"]["kind"] == "not_understood"


async def test_the_second_miss_offers_a_person(generator: GuidanceGenerator) -> None:
    unclear = Understanding(kind="unclear", language="nb")
    reply = await generator.generate("utter_unclear", tracker(unclear, intent="nlu_fallback", misses=1), "collector")
    assert (reply["custom"]["kind"], reply["custom"]["offers_human"]) == ("not_understood", True)


@pytest.mark.parametrize(
    "parsed",
    [{"understanding": {"kind": "ask"}}, {"understanding": {"kind": "ask", "language": "nb", "topics": 7}}],
)
async def test_a_fault_gives_a_calm_notice_with_numbers(generator: GuidanceGenerator, parsed: dict[str, Any]) -> None:
    broken = tracker(None, language="en")
    broken.latest_message.parse_data.update(parsed)
    reply = await generator.generate("utter_answer", broken, "collector")
    assert reply["custom"]["language"] == "en"
    assert reply["custom"]["numbers"]
    assert reply["custom"]["text"]


async def test_a_tracker_without_any_message_still_gets_words(generator: GuidanceGenerator) -> None:
    reply = await generator.generate("utter_answer", DialogueStateTracker("new", []), "collector")
    assert reply["custom"]["text"]


async def test_other_connectors_get_text_and_buttons_that_rasa_reads(generator: GuidanceGenerator) -> None:
    unsure = Understanding(
        kind="ask", topics=(("barnehage.cost", 0.4), ("barnehage.apply", 0.3)), band="unsure", language="nb"
    )
    reply = await generator.generate("utter_answer", tracker(unsure, channel="cmdline", language="nb"), "collector")
    assert reply["text"]
    assert '/ask{"topic": "barnehage.cost"}' in {button["payload"] for button in reply["buttons"]}


@pytest.mark.parametrize(
    ("payload", "offers_human", "expected"),
    [
        ("topic:sfo.cost", False, '/ask{"topic": "sfo.cost"}'),
        ("human", False, "/human"),
        ("yes", True, '/human{"confirmed": "yes"}'),
        ("yes", False, "/affirm"),
        ("no", True, "/deny"),
        ("norwegian", False, None),
        ("consent:1:share:no", False, None),
    ],
)
def test_payloads_are_put_in_rasas_form(payload: str, offers_human: bool, expected: str | None) -> None:
    message = Message(kind="clarify", text="x", language="nb", direction="ltr", offers_human=offers_human)
    assert rasa_payload(Choice("x", payload), message) == expected
