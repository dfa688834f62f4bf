"""Words about the last answer: "again", "simpler", and the place of a button instead of a press on it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.texts import text


async def choices_shown(client: Any) -> list[dict[str, str]]:
    await client.start(language="nb")
    [message] = (await client.say("barnehage"))["messages"]
    assert message["kind"] == "clarify"
    return list(message["choices"])


@pytest.mark.parametrize("words", ["den andre", "2", "2.", "٢", "۲"])
async def test_the_second_one_presses_the_second_button(client: Any, words: str) -> None:
    choices = await choices_shown(client)
    [answer] = (await client.say(words))["messages"]
    assert (answer["kind"], f"topic:{answer['topic']}") == ("answer", choices[1]["payload"])


async def test_none_of_these_can_be_meant_by_its_place(client: Any) -> None:
    choices = await choices_shown(client)
    assert choices[2]["payload"] == "no"
    [message] = (await client.say("den tredje"))["messages"]
    assert message["text"] == text("clarify.after_no", "nb").value


async def test_a_place_that_no_button_has_is_not_guessed_at(client: Any) -> None:
    await choices_shown(client)
    [message] = (await client.say("9"))["messages"]
    assert message["kind"] == "not_understood"


async def test_a_place_with_nothing_to_choose_from_shows_the_areas(client: Any) -> None:
    await client.start(language="nb")
    await client.say("hva koster barnehage")
    await client.say("jeg vil snakke med noen")
    await client.choose("no")
    [message] = (await client.say("den tredje"))["messages"]
    assert message["kind"] in ("clarify", "answer")


async def test_a_typed_place_answers_an_offer_like_its_button(client: Any) -> None:
    await client.start(language="nb")
    [offer] = (await client.say("jeg vil snakke med noen"))["messages"]
    assert [choice["payload"] for choice in offer["choices"]] == ["yes", "no"]
    [declined] = (await client.say("2"))["messages"]
    assert declined["text"] == text("handoff.declined", "nb").value


async def test_again_and_simpler_keep_to_the_last_answer(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    [first] = (await client.say("hva koster barnehage"))["messages"]
    [again] = (await client.say("en gang til"))["messages"]
    assert (again["kind"], again["topic"], again["text"]) == ("answer", first["topic"], first["text"])
    [short] = (await client.say("enklere takk"))["messages"]
    assert short["topic"] == first["topic"]
    assert len(short["text"]) < len(first["text"])
    assert [choice["payload"] for choice in short["choices"]] == ["topic:barnehage.cost", "human"]
    assert rasa.said[-1]["metadata"]["last_topic"] == "barnehage.cost"


async def test_a_number_after_the_question_for_the_age_is_the_age_and_no_place(client: Any, services: Any) -> None:
    await client.start(language="nb")
    [asked] = (await client.choose("topic:barnehage.right-to-place"))["messages"]
    while not any(choice["payload"].startswith("age:") for choice in asked["choices"]):
        wanted = next(c["payload"] for c in asked["choices"] if c["payload"].startswith("situation:"))
        [asked] = (await client.choose(wanted))["messages"]
    assert asked["choices"][2]["payload"] != "age:3"  # else the place would give the same
    [answer] = (await client.say("3"))["messages"]
    assert (answer["kind"], answer["topic"]) == ("answer", "barnehage.right-to-place")
    assert services.conversations.find(client.conversation).child_age == 3


@pytest.mark.parametrize("words", ["1", "2", "den andre"])
async def test_a_step_of_consent_is_never_taken_by_its_place(client: Any, words: str) -> None:
    await client.start(language="nb")
    await client.choose("human")
    step = (await client.choose("yes"))["messages"][-1]
    assert step["kind"] == "consent"
    reply = await client.say(words)
    again = reply["messages"][-1]
    assert (again["kind"], again["choices"]) == ("consent", step["choices"])
    assert reply["state"] == "bot"
