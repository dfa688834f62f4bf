"""The chat's pages and plain forms, without a browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.languages import languages
from bot.texts import text
from bot.web.services import Services


async def test_a_question_in_the_form_is_answered_on_the_page_that_follows(plain: Any) -> None:
    page = await plain.say("hva koster barnehage", "one")
    assert page.status_code == 200
    assert page.url.path == "/"
    assert '<li class="message parent notice" id="newest">' in page.text
    assert '<li class="message bot answer">' in page.text
    assert "hva koster barnehage" in page.text
    assert "no-store" in page.headers["cache-control"]


@pytest.mark.parametrize("language", ["uk", "ar", "ti"])
async def test_a_browser_without_scripts_is_told_that_the_page_works(plain: Any, language: str) -> None:
    page = await plain.get(f"/?language={language}")
    told = re.findall(r"<noscript>(.*?)</noscript>", page.text, re.S)
    assert any(text("chat.no_script", language).value in one for one in told)
    assert any("<button" in one for one in told)  # the language picker needs one


async def test_a_form_sent_twice_says_it_once(plain: Any) -> None:
    await plain.say("hva koster barnehage", "one")
    page = await plain.say("hva koster barnehage", "one")
    assert page.text.count('<li class="message parent') == 1


async def test_the_cookie_is_for_this_site_and_for_no_script(plain: Any) -> None:
    plain.http.follow_redirects = False
    response = await plain.say("hei", "one")
    assert response.status_code == 303
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=" in cookie


@pytest.mark.parametrize("language", ["xx", "../../etc", "<b>", "am", ""])
async def test_a_language_that_is_not_offered_gives_a_page_in_one_that_is(plain: Any, language: str) -> None:
    page = await plain.get("/", params={"language": language})
    assert page.status_code == 200
    assert '<html lang="nb" dir="ltr">' in page.text
    said = await plain.send(text="hei", id="one", language=language)
    assert said.status_code == 200
    assert '<html lang="nb"' in said.text


async def test_the_language_in_the_address_turns_the_page(plain: Any) -> None:
    page = await plain.get("/?language=ar")
    assert '<html lang="ar" dir="rtl">' in page.text
    assert page.headers["content-language"] == "ar"


async def test_without_a_choice_the_browsers_language_counts(plain: Any) -> None:
    page = await plain.get("/", headers={"accept-language": "ti,en;q=0.5"})
    assert '<html lang="ti"' in page.text


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "x" * 6000])
async def test_what_is_refused_comes_back_with_the_reason(plain: Any, words: str) -> None:
    await plain.say("hei", "one")
    page = await plain.say(words, "two")
    assert page.status_code in (413, 422)
    assert 'role="alert"' in page.text
    assert "Traceback" not in page.text


async def test_what_was_typed_stays_in_the_box_when_rasa_is_away(plain: Any, rasa: Any) -> None:
    await plain.say("hei", "one")
    rasa.mode = "error"
    page = await plain.say("hva koster barnehage", "two")
    assert page.status_code == 503
    assert re.search(r"<textarea[^>]*>hva koster barnehage</textarea>", page.text)
    assert text("error.service_down.title", "nb").value in page.text
    rasa.mode = "ok"
    again = await plain.say("hva koster barnehage", "two")
    assert again.text.count('<li class="message parent') == 2


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "{{ 7*7 }}"])
async def test_markup_that_was_said_stays_text(plain: Any, hostile: str) -> None:
    page = await plain.say(hostile, "one")
    assert hostile not in page.text or hostile.startswith("{{")
    data = re.search(r'<script type="application/json" id="messages">(.*?)</script>', page.text, re.S)
    assert data is not None
    own = [message["text"] for message in json.loads(data[1]) if message["from"] == "parent"]
    assert own == [hostile]
    assert "49" not in re.findall(r'<li class="message parent.*?</li>', page.text, re.S)[0]


async def test_another_site_cannot_send_the_form(plain: Any) -> None:
    refused = await plain.http.post("/", data={"text": "hei"}, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
async def test_the_words_of_the_script_are_served_in_each_language(plain: Any, language: str) -> None:
    answer = await plain.get(f"/texts/{language}.json")
    body = answer.json()
    assert (body["language"], body["direction"]) == (language, languages()[language].direction)
    assert body["texts"]["chat.send"] == text("chat.send", language).value
    assert "%{date}" in body["texts"]["chat.checked"]
    assert {"113", "112", "110"} <= set(body["numbers"])


async def test_words_of_an_unknown_language_are_refused_clearly(plain: Any) -> None:
    answer = await plain.get("/texts/xx.json")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_stranger_has_no_receipts_and_nothing_to_delete(plain: Any) -> None:
    receipts = await plain.get("/receipts")
    assert text("receipt.none_yet", "nb").value in receipts.text
    assert (await plain.send("/delete")).status_code == 200
    assert (await plain.send("/receipts/unknown/withdraw")).url.path == "/receipts"


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
@pytest.mark.parametrize(
    "steps",
    [
        (":contact_only", ":chat", ":keep", ":no", ":skip", ":yes"),
        (
            ":summary",
            ":ok",
            ":phone",
            "text:99 88 77 66",
            ":calls:yes",
            ":reveal:yes",
            ":nb",
            ":yes",
            ":write",
            "text:Olena",
            ":yes",
        ),
        (":conversation", ":email", "text:olena@example.com", ":reveal:yes", ":en", ":yes", ":skip", ":yes"),
    ],
)
async def test_a_receipt_shows_what_was_agreed_to_in_every_language(
    plain: Any, language: str, steps: tuple[str, ...]
) -> None:
    await plain.get(f"/?language={language}")
    await plain.say("hei", "start", language)
    await plain.to_a_case(*steps)
    page = await plain.get("/receipts")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert text("receipt.state_given", language).value in page.text
    assert text("consent.data.messages", language).value in page.text
    listed = re.findall(r"<dd><ul>(.*?)</ul>", page.text, re.S)[0]
    assert "%{" not in listed
    assert not re.search(r"[:：፡፦]\s*</li>", listed)
    for said in (step.removeprefix("text:") for step in steps if step.startswith("text:")):
        assert said in page.text


async def test_a_consent_is_taken_back_by_the_form_on_its_receipt(plain: Any, services: Services) -> None:
    await plain.say("hei", "start")
    await plain.to_a_case()
    page = await plain.get("/receipts")
    action = re.search(r'action="(/receipts/[^"]+/withdraw)"', page.text)
    assert action is not None
    after = await plain.send(action[1])
    assert text("receipt.state_withdrawn", "nb").value in after.text
    assert text("receipt.notice_removed", "nb").value in after.text
    assert "/withdraw" not in after.text


async def test_delete_asks_first_and_then_takes_everything_and_the_cookie(plain: Any) -> None:
    await plain.say("hva koster barnehage", "one")
    asked = await plain.get("/delete")
    assert text("chat.delete_question", "nb").value in asked.text
    assert "hva koster barnehage" in (await plain.get()).text
    done = await plain.send("/delete")
    assert text("chat.deleted", "nb").value in done.text
    assert not list(plain.http.cookies.jar)
    assert "hva koster barnehage" not in (await plain.get()).text


async def test_what_is_told_about_the_family_is_kept_and_nonsense_is_not(plain: Any) -> None:
    await plain.say("hei", "one")
    page = await plain.send("/about", municipality="fjordvik", child_age="3", situation="settled")
    assert '<option value="fjordvik" selected>' in page.text
    assert 'value="3"' in page.text
    page = await plain.send("/about", municipality="", child_age="-7", situation="<b>")
    assert page.status_code == 200
    assert 'name="child_age" type="number" min="0" max="20" inputmode="numeric" value=""' in page.text


async def test_a_long_conversation_is_shown_to_its_end(plain: Any, services: Services) -> None:
    await plain.say("hei", "start")
    conversation = next(iter(plain.http.cookies.jar)).value.split(".")[0]
    found = services.conversations.find(conversation)
    assert found is not None
    for number in range(230):
        body = {"kind": "notice", "text": f"said {number}", "language": "nb", "direction": "ltr"}
        body |= {"choices": [], "sources": [], "notices": [], "numbers": [], "offers_human": False, "topic": None}
        services.conversations.record_replies(conversation, [body], reply_to=f"r{number}")
    page = await plain.get()
    assert "said 0<" in page.text
    assert "said 229<" in page.text
    assert int(re.findall(r'data-cursor="(\d+)"', page.text)[0]) > 230
