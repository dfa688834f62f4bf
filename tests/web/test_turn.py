"""One message, end to end: understood, answered, stored, and answered again the same way."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.texts import text


async def test_a_new_conversation_greets_as_a_robot_in_the_wished_language(client: Any) -> None:
    begun = await client.start(language="uk")
    assert begun["language"] == "uk"
    assert begun["state"] == "bot"
    assert begun["messages"][0]["kind"] == "smalltalk"
    assert begun["messages"][0]["from"] == "bot"


async def test_the_language_of_the_browser_counts_when_none_is_chosen(client: Any) -> None:
    response = await client.call("POST", "/api/conversations", headers={"accept-language": "so;q=0.9, ar-SY, en;q=0.5"})
    assert response.json()["language"] == "ar"


async def test_a_question_is_answered_with_topic_sources_and_choices(client: Any) -> None:
    await client.start(language="nb")
    reply = await client.say("hva koster barnehage")
    [answer] = reply["messages"]
    assert answer["kind"] == "answer"
    assert answer["topic"] == "barnehage.cost"
    assert answer["sources"]
    assert {"title", "url", "law", "checked"} == set(answer["sources"][0])
    assert "understood" not in answer


async def test_rasa_gets_the_context_and_nothing_else(client: Any, rasa: Any) -> None:
    await client.start(language="nb", municipality="fjordvik", child_age=3, situation="settled")
    await client.say("hva koster barnehage")
    [said] = rasa.said
    assert said["sender"] == client.conversation
    assert {name: said["metadata"][name] for name in ("language", "municipality", "child_age", "situation")} == {
        "language": "nb",
        "municipality": "fjordvik",
        "child_age": 3,
        "situation": "settled",
    }


async def test_another_language_switches_the_conversation_and_says_so(client: Any) -> None:
    await client.start(language="nb")
    reply = await client.say("скільки коштує дитячий садок")
    assert reply["language"] == "uk"
    assert "language_switched" in reply["messages"][0]["notices"]
    assert (await client.history())["language"] == "uk"


async def test_the_same_id_gives_the_same_reply_and_is_stored_once(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    first = await client.say("hva koster barnehage", id="m1")
    second = await client.say("hva koster barnehage", id="m1")
    assert first == second
    assert len(rasa.said) == 1
    assert [m["from"] for m in (await client.history())["messages"]] == ["bot", "parent", "bot"]


async def test_two_messages_at_once_are_answered_one_after_the_other(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await asyncio.gather(
        *(client.say("hva koster barnehage", id=f"m{n}") for n in range(6)), client.say("hei", id="m0")
    )
    froms = [m["from"] for m in (await client.history())["messages"]]
    assert froms == ["bot"] + ["parent", "bot"] * 6
    assert len(rasa.said) == 6


async def test_reading_after_a_cursor_gives_only_what_is_new(client: Any) -> None:
    await client.start(language="nb")
    cursor = (await client.history())["cursor"]
    await client.say("hei")
    news = await client.history(cursor)
    assert [m["from"] for m in news["messages"]] == ["parent", "bot"]
    assert (await client.history(news["cursor"]))["messages"] == []


async def test_the_second_miss_in_a_row_offers_a_person(client: Any) -> None:
    await client.start(language="nb")
    first = await client.say("qwerty asdf")
    second = await client.say("zxcv uiop")
    assert (first["messages"][0]["kind"], first["messages"][0]["offers_human"]) == ("not_understood", False)
    assert (second["messages"][0]["kind"], second["messages"][0]["offers_human"]) == ("not_understood", True)
    await client.say("hva koster barnehage")
    assert (await client.say("qwerty"))["messages"][0]["offers_human"] is False


async def test_a_number_of_a_person_is_masked_before_it_is_stored_or_sent_and_she_is_told(
    client: Any, rasa: Any, services: Any
) -> None:
    await client.start(language="nb")
    reply = await client.say("ring meg på 41 23 45 67 eller a.b@example.org, jeg er 01010012356")
    assert "masked" in reply["messages"][0]["notices"]
    stored = str((await client.history())["messages"])
    for secret in ("41 23 45 67", "a.b@example.org"):
        assert secret not in stored
        assert secret not in str(rasa.said)
        assert secret.encode() not in (services.settings.var / "record.db").read_bytes()


async def test_the_number_of_a_service_stays(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    reply = await client.say("når skal jeg ringe 113 eller 116 117")
    assert "masked" not in reply["messages"][0]["notices"]
    assert rasa.said[0]["message"] == "når skal jeg ringe 113 eller 116 117"


async def test_rasas_memory_is_cut_after_some_messages(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    for _ in range(31):
        await client.say("hei")
    assert rasa.events == [
        (client.conversation, [{"event": "session_started"}, {"event": "action", "name": "action_listen"}])
    ]


async def test_what_the_parent_chose_is_changed_and_forgotten(client: Any) -> None:
    await client.start(language="nb", child_age=3)
    changed = await client.call(
        "PATCH", client.path(), json={"language": "en", "municipality": "fjordvik", "child_age": None}
    )
    assert changed.status_code == 200
    assert changed.json() == {
        "state": "bot",
        "language": "en",
        "municipality": "fjordvik",
        "audience": "parent",
        "child_age": None,
        "situation": None,
    }


async def test_staff_get_the_wording_for_staff_and_no_consent(client: Any) -> None:
    begun = await client.start(language="nb", audience="staff")
    assert begun["messages"][0]["text"] == text("staff.greeting", "nb").value
    reply = await client.say("barnevernet har sendt meg et brev")
    assert reply["messages"][0]["kind"] == "handoff_offer"
    assert all(choice["payload"].startswith("topic:") for choice in reply["messages"][0]["choices"])
    assert (await client.choose("yes"))["messages"][0]["kind"] == "clarify"


async def test_staff_cannot_choose_a_language_that_staff_texts_do_not_have(client: Any) -> None:
    response = await client.call("POST", "/api/conversations", json={"audience": "staff", "language": "uk"})
    assert response.status_code == 422
    assert [language["code"] for language in response.json()["languages"]] == ["nb", "nn", "en"]


async def test_feedback_is_stored_for_a_message_of_the_bot_only(client: Any) -> None:
    await client.start(language="nb")
    message = (await client.say("hva koster barnehage"))["messages"][0]["id"]
    path = client.path("/feedback")
    given = await client.call("POST", path, json={"message": message, "useful": False, "reason": "for vanskelig"})
    assert given.status_code == 204
    unknown = await client.call("POST", path, json={"message": "nothing", "useful": True})
    assert unknown.status_code == 404
    assert unknown.json()["type"].endswith("/unknown_message")


async def test_choices_that_show_the_last_answer_again(client: Any) -> None:
    await client.start(language="uk")
    first = (await client.choose("topic:barnehage.cost"))["messages"][0]
    assert (first["kind"], first["topic"]) == ("answer", "barnehage.cost")
    norwegian = await client.choose("norwegian")
    assert (norwegian["language"], norwegian["messages"][0]["language"]) == ("uk", "nb")
    assert (norwegian["messages"][0]["kind"], norwegian["messages"][0]["topic"]) == ("answer", "barnehage.cost")
    for payload in ("situation:reception_centre", "age:1", "again"):
        assert (await client.choose(payload))["messages"][0]["topic"] == "barnehage.cost"
    changed = await client.choose("language:ar")
    assert changed["language"] == "ar"
    assert changed["messages"][0]["topic"] == "barnehage.cost"


async def test_an_area_lists_its_topics(client: Any) -> None:
    await client.start(language="nb")
    [message] = (await client.choose("area:barnehage"))["messages"]
    assert message["kind"] == "clarify"
    assert "topic:barnehage.cost" in [c["payload"] for c in message["choices"]]


async def test_every_old_or_unknown_button_is_harmless(client: Any) -> None:
    await client.start(language="nb")
    for payload in (
        "topic:no.such",
        "topic:staff.duty",
        "area:no",
        "language:xx",
        "language:so",
        "situation:rich",
        "age:99",
        "age:²",
        "consent:K-1:share:ok",
        "consent:x",
        "yes",
        "no",
        "norwegian",
        "again",
        "situation:",
        "/restart",
        "\x00nonsense",
        "consent:a:b:c:d",
    ):
        reply = await client.choose(payload)
        assert reply["state"] == "bot", payload
        assert reply["messages"], payload
        assert reply["messages"][0]["text"], payload
        assert reply["messages"][0]["kind"] in ("clarify", "handoff_status"), payload


def asked_for(reply: Any) -> set[str]:
    return {c["payload"].split(":")[0] for m in reply["messages"] for c in m["choices"]} & {"situation", "age"}


async def test_a_condition_is_asked_once_in_a_conversation(client: Any) -> None:
    await client.start(language="nb")
    assert asked_for(await client.choose("topic:barnehage.right-to-place")) == {"situation"}
    assert "situation" not in asked_for(await client.choose("topic:barnehage.cost"))
    # The same answer in another language keeps its question: she has not read the first.
    assert asked_for(await client.choose("language:en")) == {"situation"}
    assert "situation" not in asked_for(await client.choose("topic:school.start"))


async def test_what_was_chosen_is_remembered_and_the_next_condition_is_asked(client: Any) -> None:
    await client.start(language="nb")
    await client.choose("topic:barnehage.right-to-place")
    reply = await client.choose("situation:settled")
    assert asked_for(reply) == {"age"}
    assert asked_for(await client.choose("age:3")) == set()
    assert asked_for(await client.choose("topic:barnehage.right-to-place")) == set()


async def test_an_answer_explains_its_norwegian_words(client: Any) -> None:
    await client.start(language="en")
    message = (await client.choose("topic:barnehage.apply"))["messages"][0]
    assert message["terms"]
    assert all(entry["term"] and entry["meaning"] for entry in message["terms"])


async def test_a_parent_who_names_a_day_gets_the_rules_of_today_and_staff_those_of_the_day(client: Any) -> None:
    words = "Hva var prisen for barnehage 1. mars 2023"
    await client.start(language="nb")
    parent = (await client.say(words))["messages"][0]["text"]
    assert "1\u00a0200" in parent
    await client.start(language="nb", audience="staff")
    staff = (await client.say(words))["messages"][0]["text"]
    assert "3\u00a0000" in staff
    assert "1. mars 2023" in staff
