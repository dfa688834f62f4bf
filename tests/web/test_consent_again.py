"""Answers to a step of consent that are lost on their way and sent again: nothing counts twice, nothing is hidden."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from bot.handoff.engine import RecordUnavailable
from bot.texts import text


def lose(*given: Any, **named: Any) -> Any:
    raise RecordUnavailable("here the process was killed")


async def lost(client: Any, services: Any, **said: str) -> dict[str, Any]:
    """Say something whose answer is lost before it is written, and send it again as the chat does."""
    message = {"id": uuid.uuid4().hex, **said}
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(services.conversations, "record_replies", lose)
        assert (await client.post(**message)).status_code == 503
    again = await client.post(**message)
    assert again.status_code == 200, again.text
    return dict(again.json())


async def test_a_bare_answer_that_is_sent_again_answers_one_question_only(client: Any, services: Any) -> None:
    """That she may be called is no yes to the next question, and no interpreter is no refusal of the coordinator."""
    await client.start(language="nb")
    shown = await client.to_step("contact_only", "phone", "text:41 23 45 67")
    assert shown["messages"][0]["choices"][0]["payload"].endswith("calls:yes")
    shown = await lost(client, services, text="ja")
    assert shown["messages"][0]["choices"][0]["payload"].endswith("reveal:yes")
    assert services.handoff.open_prompt(client.conversation).draft.reveal is None
    await client.choose(shown["messages"][0]["choices"][1]["payload"])
    await client.choose(f"consent:{services.handoff.open_case(client.conversation).id}:language:keep")
    shown = await lost(client, services, text="nei")
    assert shown["messages"][0]["choices"][0]["payload"].endswith("name:skip")
    assert services.handoff.open_case(client.conversation).state == "consenting"


async def test_a_text_of_a_step_that_is_sent_again_does_not_reach_rasa(client: Any, services: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep", "no", "write")
    before = len(rasa.said)
    shown = await lost(client, services, text="Kvitrefjell")
    assert "Kvitrefjell" in shown["messages"][0]["text"]
    assert shown["messages"][0]["choices"][0]["payload"].endswith("confirm:yes")
    assert rasa.said[before:] == []


async def test_words_of_danger_in_a_summary_that_are_sent_again_get_their_numbers(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.to_step("summary", "edit")
    shown = await lost(client, services, text="mannen min slår meg")
    assert [m["kind"] for m in shown["messages"]] == ["crisis", "consent"]
    assert shown["messages"][0]["numbers"]
    assert shown["messages"][0]["choices"] == []
    assert shown["messages"][1]["choices"][0]["payload"].endswith("summary:ok")


async def test_a_lost_text_of_a_step_is_not_what_is_asked_again(client: Any, services: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep", "no", "write")
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(services.handoff, "answer_text", lose)
        assert (await client.post(text="Kvitrefjell")).status_code == 503
    await client.choose("again")
    assert "Kvitrefjell" not in str(rasa.said)


async def test_the_last_yes_or_no_that_is_sent_again_is_told_what_it_did(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep", "no", "skip")
    case = services.handoff.open_case(client.conversation).id
    done = await lost(client, services, choice=f"consent:{case}:confirm:yes")
    assert done["state"] == "waiting"
    assert done["messages"][0]["text"].startswith(text("handoff.queued", "nb", case=case).value)
    await client.start(language="nb")
    await client.to_step("contact_only")
    case = services.handoff.open_case(client.conversation).id
    done = await lost(client, services, choice=f"consent:{case}:reach:no")
    assert done["messages"][0]["text"] == text("handoff.declined", "nb").value
    await client.choose("human")
    done = await lost(client, services, choice="no")
    assert done["messages"][0]["text"] == text("handoff.declined", "nb").value
