"""Everything that can be wrong with what comes in, or with what stands behind: exact status, type, language."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import pytest

from bot.texts import text

BASE = "https://brobygger.example/problems/"
EMERGENCY = {"113", "112"}


def assert_problem(response: Any, status: int, name: str, language: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == language
    body: dict[str, Any] = response.json()
    assert body["type"] == BASE + name
    assert body["status"] == status
    assert body["language"] == language
    assert body["title"] == text(f"error.{name}.title", language).value
    return body


@pytest.mark.parametrize("words", ["", "   ", "\n\n\t", "\u200b\u200d", "\x00\x01\x02", "\u2067\u2069"])
async def test_an_empty_message_is_refused_and_not_stored(client: Any, rasa: Any, words: str) -> None:
    await client.start(language="ar")
    assert_problem(await client.post(text=words), 422, "empty_message", "ar")
    assert len((await client.history())["messages"]) == 1
    assert rasa.said == []


async def test_ten_thousand_characters_are_refused_with_the_limit(client: Any, rasa: Any) -> None:
    await client.start(language="uk")
    body = assert_problem(await client.post(text="й" * 10_000), 413, "message_too_long", "uk")
    assert "5000" in body["detail"]
    assert len((await client.history())["messages"]) == 1
    assert rasa.said == []


async def test_five_thousand_characters_of_four_bytes_are_taken(client: Any) -> None:
    await client.start(language="nb")
    assert (await client.post(text="𝔞" * 5_000)).status_code == 200


@pytest.mark.parametrize("stated", [True, False])
async def test_a_body_beyond_the_limit_is_refused_before_it_is_read_to_its_end(client: Any, stated: bool) -> None:
    await client.start(language="ti")

    async def parts() -> Any:
        for _ in range(100):
            yield b" " * 65_536

    content = b" " * 300_000 if stated else parts()
    response = await client.call("POST", client.path("/messages"), content=content)
    assert_problem(response, 413, "body_too_large", "ti")


async def test_control_characters_are_removed_and_line_breaks_and_joiners_stay(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await client.say("hva\x07 kos\x1bter\u202e\r\nbarnehage\u200cx")
    assert rasa.said[0]["message"] == "hva koster\nbarnehage\u200cx"
    assert (await client.history())["messages"][1]["text"] == "hva koster\nbarnehage\u200cx"


async def test_half_a_character_in_json_does_no_harm(client: Any) -> None:
    await client.start(language="nb")
    raw = b'{"id": "m1", "text": "hei \\ud83d der"}'
    response = await client.call("POST", client.path("/messages"), content=raw)
    assert response.status_code == 200


async def test_words_are_brought_into_one_form(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await client.say("pa\u030a skolen")
    assert rasa.said[0]["message"] == "på skolen"


@pytest.mark.parametrize("words", ["😀", "👨‍👩‍👧 🙏", "???", "12345", "/", "///"])
async def test_a_message_without_letters_is_not_understood_and_rasa_is_not_asked(
    client: Any, rasa: Any, words: str
) -> None:
    await client.start(language="nb")
    reply = await client.say(words)
    assert reply["messages"][0]["kind"] == "not_understood"
    assert rasa.said == []


@pytest.mark.parametrize(
    "words", ["/restart", " /session_start", "//ask{}", '/ask{"topic": "barnehage.cost"}', "\u200b/restart"]
)
async def test_a_typed_command_reaches_rasa_as_plain_words(client: Any, rasa: Any, words: str) -> None:
    await client.start(language="nb")
    reply = await client.say(words)
    assert reply["messages"][0]["kind"] == "not_understood"
    assert not rasa.said[0]["message"].startswith("/")


async def test_html_and_script_come_back_as_the_same_plain_text(client: Any) -> None:
    await client.start(language="nb")
    words = '<script>alert("hei")</script><img src=x onerror=alert(1)>'
    await client.say(words)
    assert (await client.history())["messages"][1]["text"] == words


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b"", b"[" * 100_000, b'{"id": "m1", "text": "a"', b'{"id": "m1", "text": NaN']
)
async def test_broken_json_is_refused(client: Any, raw: bytes) -> None:
    await client.start(language="uk")
    assert_problem(await client.call("POST", client.path("/messages"), content=raw), 400, "bad_json", "uk")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ("text", "body"),
        ({"text": "hei"}, "id"),
        ({"id": "m1"}, "text, choice"),
        ({"id": "m1", "text": "hei", "choice": "yes"}, "text, choice"),
        ({"id": "m1", "text": 5}, "text"),
        ({"id": "", "text": "hei"}, "id"),
        ({"id": "x" * 65, "text": "hei"}, "id"),
        ({"id": "a b", "text": "hei"}, "id"),
        ({"id": "m1", "text": "hei", "admin": True}, "unknown field"),
        ({"id": "m1", "choice": "x" * 201}, "choice"),
    ],
)
async def test_a_body_of_the_wrong_form_is_refused_with_the_field(client: Any, body: Any, field: str) -> None:
    await client.start(language="nb")
    found = assert_problem(await client.call("POST", client.path("/messages"), json=body), 422, "bad_request", "nb")
    assert found["field"] == field


@pytest.mark.parametrize("wish", [{"child_age": -1}, {"child_age": 26}, {"child_age": "3"}, {"situation": "rich"}])
async def test_a_wish_that_makes_no_sense_is_refused(client: Any, wish: dict[str, Any]) -> None:
    response = await client.call("POST", "/api/conversations", json=wish, headers={"accept-language": "nb"})
    assert_problem(response, 422, "bad_request", "nb")


async def test_an_unknown_language_is_refused_with_the_list(client: Any) -> None:
    for tag in ("xx", "am", "klingon", "../nb"):
        response = await client.call(
            "POST", "/api/conversations", json={"language": tag}, headers={"accept-language": "uk"}
        )
        body = assert_problem(response, 422, "unknown_language", "uk")
        assert {"code": "ti", "name": "ትግርኛ"} in body["languages"]
    await client.start(language="nb")
    assert_problem(await client.call("PATCH", client.path(), json={"language": "xx"}), 422, "unknown_language", "nb")


async def test_an_unknown_municipality_is_refused(client: Any) -> None:
    response = await client.call("POST", "/api/conversations", json={"language": "uk", "municipality": "atlantis"})
    assert_problem(response, 422, "unknown_municipality", "uk")


async def test_no_token_a_wrong_token_and_somebody_elses_token_are_refused_alike(
    client: Any, other_client: Any
) -> None:
    await client.start(language="uk")
    await other_client.start(language="nb")
    for header in ("", "Bearer", "Bearer wrong", "Basic abc", f"Bearer {other_client.token}"):
        for method, rest in (
            ("POST", "/messages"),
            ("GET", "/messages"),
            ("PATCH", ""),
            ("DELETE", ""),
            ("GET", "/events"),
        ):
            response = await client.call(method, client.path(rest), json={}, headers={"authorization": header})
            assert_problem(response, 401, "unauthorized", "uk")
            assert response.headers["www-authenticate"].startswith("Bearer")


async def test_an_expired_conversation_is_told_in_the_language_of_the_browser(client: Any) -> None:
    client.conversation, client.token = "0" * 32, "expired"
    response = await client.call("GET", client.path("/messages"), headers={"accept-language": "ar"})
    assert_problem(response, 401, "unauthorized", "ar")


async def test_a_token_in_the_address_does_not_count(client: Any) -> None:
    await client.start(language="nb")
    token, client.token = client.token, ""
    response = await client.call("GET", client.path("/messages"), params={"token": token, "access_token": token})
    assert_problem(response, 401, "unauthorized", "nb")


@pytest.mark.parametrize("mode", ["empty", "garbage", "wrong", "error", "hang", "die"])
async def test_rasa_without_an_answer_gives_calm_words_and_keeps_the_message(client: Any, rasa: Any, mode: str) -> None:
    await client.start(language="uk")
    if mode == "die":
        rasa.die()
    else:
        rasa.mode = mode
    before = time.monotonic()
    response = await client.post(text="скільки коштує дитячий садок", id="m1")
    assert time.monotonic() - before < 2.9
    body = assert_problem(response, 503, "service_down", "uk")
    assert body["state"] == "bot"
    assert body["messages"][0]["kind"] == "notice"
    assert {n["number"] for n in body["messages"][0]["numbers"]} >= EMERGENCY
    kept = (await client.history())["messages"]
    assert kept[-1]["text"] == "скільки коштує дитячий садок"
    if mode == "die":
        rasa.rise()
    rasa.mode = "ok"
    reply = await client.say("скільки коштує дитячий садок", id="m1")
    assert reply["messages"][0]["topic"] == "barnehage.cost"
    assert [m["from"] for m in (await client.history())["messages"]] == ["bot", "parent", "bot"]


async def test_the_button_try_again_answers_what_was_left_open(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    rasa.mode = "empty"
    assert (await client.post(text="hva koster barnehage")).status_code == 503
    assert (await client.post(choice="again")).status_code == 503
    rasa.mode = "ok"
    reply = await client.choose("again")
    assert reply["messages"][0]["topic"] == "barnehage.cost"


async def test_a_locked_database_gives_the_emergency_numbers_and_recovers(
    client: Any, services: Any, rasa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start(language="uk")
    lock = sqlite3.connect(services.settings.var / "record.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    response = await client.post(text="скільки коштує дитячий садок", id="m1")
    body = assert_problem(response, 503, "database_down", "uk")
    assert {n["number"] for n in body["messages"][0]["numbers"]} >= EMERGENCY
    assert rasa.said == []
    lock.execute("ROLLBACK")
    lock.close()
    assert (await client.say("скільки коштує дитячий садок", id="m1"))["messages"][0]["kind"] == "answer"


async def test_a_database_that_is_gone_gives_the_emergency_numbers(client: Any, services: Any) -> None:
    await client.start(language="ar")
    for path in services.settings.var.glob("record.db*"):
        path.unlink()
    response = await client.post(text="السلام عليكم")
    body = assert_problem(response, 503, "database_down", "ar")
    assert {n["number"] for n in body["messages"][0]["numbers"]} >= EMERGENCY
    started = await client.call(
        "POST", "/api/conversations", json={"language": "ti"}, headers={"accept-language": "ti"}
    )
    assert_problem(started, 503, "database_down", "ti")


async def test_an_unexpected_fault_is_a_problem_without_the_words_of_the_exception(
    client: Any, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start(language="uk")

    def broken(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(services.conversations, "record_replies", broken)
    response = await client.post(text="дитячий садок", id="m1")
    assert_problem(response, 500, "server_error", "uk")
    assert "secret" not in response.text
    monkeypatch.undo()
    assert (await client.history())["messages"][-1]["text"] == "дитячий садок"
    assert (await client.say("дитячий садок", id="m1"))["messages"]


async def test_unknown_addresses_and_methods_are_problems(client: Any) -> None:
    assert_problem(await client.call("GET", "/api/nothing", headers={"accept-language": "nb"}), 404, "not_found", "nb")
    wrong = await client.call("PUT", "/api/conversations", headers={"accept-language": "uk"})
    assert_problem(wrong, 405, "method_not_allowed", "uk")
