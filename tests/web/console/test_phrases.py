"""Ready phrases: one press, read by both in their own language, and answered by a button."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markupsafe import escape

from bot.languages import languages
from bot.texts import text, texts
from bot.web.phrases import PHRASES, QUESTIONS, phrase_body


def key_of(page: str) -> str:
    found = re.search(r'id="phrase-form".*?name="id" value="([^"]+)"', page, re.DOTALL)
    assert found is not None
    return found[1]


async def claimed(kari: Any, number: str) -> str:
    page = await kari.send(f"/console/cases/{number}/claim")
    assert page.status_code == 200
    return str(page.text)


def shows(page: str, key: str, language: str) -> bool:
    return str(escape(text(key, language).value)) in page


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
def test_every_phrase_and_every_answer_exists_in_every_language(language: str) -> None:
    answers = {f"a_{answer}" for answers in QUESTIONS.values() for answer in answers}
    missing = [name for name in (*PHRASES, *answers) if not texts().has(f"phrase.{name}", language)]
    assert missing == []


async def test_the_list_shows_each_phrase_in_both_languages(kari: Any, queued: Any) -> None:
    page = await claimed(kari, await queued(language="uk"))
    for name in PHRASES:
        assert shows(page, f"phrase.{name}", "en"), name
        assert shows(page, f"phrase.{name}", "uk"), name


async def test_a_phrase_reaches_the_parent_in_her_language_and_is_read_in_norwegian_or_english(
    kari: Any, queued: Any, client: Any
) -> None:
    number = await queued(language="ar")
    page = await claimed(kari, number)
    sent = await kari.send(f"/console/cases/{number}/phrase", id=key_of(page), phrase="not_shared")
    assert sent.status_code == 200
    got = (await client.history())["messages"][-1]
    assert (got["from"], got["language"], got["direction"]) == ("coordinator", "ar", "rtl")
    assert got["text"] == text("phrase.not_shared", "ar").value
    assert f'<p class="meaning" lang="en" dir="ltr">{escape(text("phrase.not_shared", "en").value)}</p>' in sent.text


async def test_the_same_press_twice_sends_once(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(language="so")
    key = key_of(await claimed(kari, number))
    for _ in range(2):
        assert (await kari.send(f"/console/cases/{number}/phrase", id=key, phrase="hello")).status_code == 200
    said = [message["text"] for message in (await client.history())["messages"]]
    assert said.count(text("phrase.hello", "so").value) == 1


async def test_a_question_is_answered_by_a_button_and_read_in_the_coordinators_language(
    kari: Any, queued: Any, client: Any
) -> None:
    number = await queued(language="ti")
    await kari.send(f"/console/cases/{number}/phrase", id=key_of(await claimed(kari, number)), phrase="q_call")
    asked = (await client.history())["messages"][-1]
    assert [choice["payload"] for choice in asked["choices"]] == [
        "phrase:q_call:yes",
        "phrase:q_call:no",
        "phrase:q_call:not_sure",
    ]
    reply = await client.choose("phrase:q_call:no")
    assert reply["messages"] == []  # the bot is quiet
    said = (await client.history())["messages"][-1]
    assert (said["from"], said["text"]) == ("parent", text("phrase.a_no", "ti").value)
    page = await kari.case(number)
    assert f'<p class="meaning" lang="en" dir="ltr">{escape(text("phrase.a_no", "en").value)}</p>' in page


async def test_a_phrase_that_is_none_is_refused_and_nothing_is_sent(kari: Any, queued: Any, client: Any) -> None:
    number = await queued()
    key = key_of(await claimed(kari, number))
    before = len((await client.history())["messages"])
    assert (await kari.send(f"/console/cases/{number}/phrase", id=key, phrase="q_secret")).status_code == 422
    assert (await kari.send(f"/console/cases/{number}/phrase", phrase="hello")).status_code == 422
    assert len((await client.history())["messages"]) == before
    with pytest.raises(KeyError):
        phrase_body("q_secret", "en")


async def test_nobody_sends_a_phrase_in_a_colleagues_case(open_desk: Any, queued: Any, client: Any) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    await claimed(kari, number)
    before = len((await client.history())["messages"])
    assert (await ola.send(f"/console/cases/{number}/phrase", id="1", phrase="hello")).status_code == 409
    assert len((await client.history())["messages"]) == before


@pytest.mark.parametrize("payload", ["phrase:q_call:maybe", "phrase:hello:yes", "phrase:", "phrase:q_call"])
async def test_a_button_that_no_question_has_is_an_old_one(client: Any, payload: str) -> None:
    await client.start(language="en")
    reply = await client.choose(payload)
    assert reply["messages"][0]["text"] == text("turn.old_choice", "en").value


async def test_an_answer_pressed_after_the_case_is_closed_does_no_harm(kari: Any, queued: Any, client: Any) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/phrase", id=key_of(await claimed(kari, number)), phrase="q_more")
    await kari.send(f"/console/cases/{number}/close", outcome="answered")
    reply = await client.choose("phrase:q_more:yes")
    assert reply["state"] == "bot"
