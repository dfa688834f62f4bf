"""A case: what is seen under each consent, replies, notes, and what withdrawal leaves."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from markupsafe import escape

from bot.handoff import audit
from bot.handoff.tables import messages
from bot.texts import text
from bot.web.console.live import watcher
from bot.web.console.session import COOKIE
from bot.web.services import Services

EARLIER = "Barnevernet har sendt meg et brev"
CONTACT_ONLY = ("contact_only", "chat", "keep", "no", "skip", "yes")
SUMMARY = ("summary", "ok", "chat", "keep", "no", "skip", "yes")
CONVERSATION = ("conversation", "chat", "keep", "no", "skip", "yes")
PHONE = (
    "contact_only",
    "phone",
    "text:93 45 67 89",
    "calls:yes",
    "reveal:yes",
    "nb",
    "yes",
    "write",
    "text:Amina",
    "yes",
)


def says(page: str, key: str, **values: object) -> bool:
    return str(escape(text(key, "en", **values).value)) in page


async def claimed(kari: Any, number: str) -> str:
    page = await kari.send(f"/console/cases/{number}/claim")
    assert page.status_code == 200
    return str(page.text)


async def test_before_it_is_taken_a_case_shows_its_consent_and_no_content(kari: Any, queued: Any) -> None:
    number = await queued(*CONVERSATION, before=EARLIER)
    page = await kari.case(number)
    assert says(page, "console.allowed.conversation")
    assert says(page, "console.claim")
    assert EARLIER not in page
    assert 'id="reply-form"' not in page


async def test_a_colleague_sees_who_has_it_and_no_content(open_desk: Any, queued: Any) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued(*CONVERSATION, before=EARLIER)
    await claimed(kari, number)
    page = await ola.case(number)
    assert says(page, "console.held_by", name="kari")
    assert EARLIER not in page
    refused = await ola.send(f"/console/cases/{number}/reply", id="1", text="Hello")
    assert refused.status_code == 409
    assert says(refused.text, "console.gone")
    assert "Hello" in refused.text


async def test_contact_only_shows_nothing_from_before_and_everything_from_then_on(
    kari: Any, queued: Any, client: Any
) -> None:
    number = await queued(*CONTACT_ONLY, before=EARLIER)
    await client.say("I can talk on Monday")
    page = await claimed(kari, number)
    assert says(page, "console.allowed.contact_only")
    assert EARLIER not in page
    assert "I can talk on Monday" in page


async def test_a_summary_shows_the_summary_only(kari: Any, queued: Any) -> None:
    number = await queued(*SUMMARY, before=EARLIER)
    page = await claimed(kari, number)
    assert says(page, "console.allowed.summary")
    assert says(page, "console.data.summary")
    assert "I would like to talk with a coordinator" in page
    assert EARLIER not in page


async def test_the_conversation_is_shown_when_she_passed_it_on(kari: Any, queued: Any) -> None:
    number = await queued(*CONVERSATION, before=EARLIER)
    page = await claimed(kari, number)
    assert EARLIER in page
    assert says(page, "console.data.conversation")


async def test_contact_details_name_and_wishes_are_shown_when_she_gave_them(kari: Any, queued: Any) -> None:
    number = await queued(*PHONE)
    page = await claimed(kari, number)
    assert 'href="tel:+4793456789"' in page
    assert "Amina" in page
    assert says(page, "console.interpreter_yes")
    assert says(page, "console.reach_phone")
    assert says(page, "console.data.phone")
    assert says(page, "console.data.name")


async def test_the_coordinator_sees_which_languages_were_used(kari: Any, queued: Any) -> None:
    number = await queued(language="nb", before="скільки коштує дитячий садок")
    page = await claimed(kari, number)
    shown = re.search(r'<dd id="languages-used">([^<]*)', page)
    assert shown is not None
    assert len(shown[1].split(", ")) == 2


async def test_one_language_alone_is_not_listed_twice(kari: Any, queued: Any) -> None:
    page = await claimed(kari, await queued(language="ar"))
    assert 'id="languages-used"' not in page


async def test_her_words_carry_their_own_language_and_direction(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(language="ar")
    await client.say("متى يمكنني الاتصال؟")
    page = await claimed(kari, number)
    assert re.search(r'<p class="said" lang="ar" dir="rtl">متى', page)


async def test_a_reply_reaches_the_parent_at_once_and_once(
    kari: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued()
    await claimed(kari, number)
    async with services.wakeups.listen(f"conversation:{client.conversation}") as bell:
        page = await kari.reply(number, "Hei! Jeg heter Kari.", "same-id")
        assert page.status_code == 200
        assert says(page.text, "console.sent")
        assert await bell.wait(1)
    await kari.reply(number, "Hei! Jeg heter Kari.", "same-id")
    last = [m for m in (await client.history())["messages"] if m["from"] == "coordinator"]
    assert [(m["text"], m["language"], m["direction"]) for m in last] == [("Hei! Jeg heter Kari.", "nb", "ltr")]


async def test_a_reply_written_from_right_to_left_says_so(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(language="ar")
    await claimed(kari, number)
    await kari.reply(number, "مرحبا", language="ar")
    message = (await client.history())["messages"][-1]
    assert (message["language"], message["direction"]) == ("ar", "rtl")


@pytest.mark.parametrize(("words", "status"), [("", 422), ("  \n ", 422), ("a" * 5001, 413)])
async def test_an_unusable_reply_stays_in_the_box(kari: Any, queued: Any, words: str, status: int) -> None:
    number = await queued()
    await claimed(kari, number)
    page = await kari.reply(number, words)
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert words.strip() in page.text


async def test_identity_numbers_never_stand_in_a_reply_or_a_note(
    kari: Any, queued: Any, services: Services, client: Any
) -> None:
    number = await queued()
    await claimed(kari, number)
    page = await kari.reply(number, "Er det 010190 50090?")
    assert says(page.text, "console.masked")
    await kari.send(f"/console/cases/{number}/notes", text="Fnr 01019050090")
    shown = await kari.case(number)
    assert "50090" not in shown
    assert "50090" not in str(await client.history())


async def test_notes_are_for_whoever_has_the_case_and_never_for_the_parent(
    open_desk: Any, queued: Any, client: Any
) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    await claimed(kari, number)
    await kari.send(f"/console/cases/{number}/notes", text="Ring skolen <først>")
    assert "Ring skolen &lt;først&gt;" in await kari.case(number)
    assert "Ring skolen" not in await ola.case(number)
    assert "Ring skolen" not in str(await client.history())
    await kari.send(f"/console/cases/{number}/release")
    assert "Ring skolen" in await claimed(ola, number)


async def test_hostile_words_are_shown_as_text(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(
        "contact_only",
        "email",
        "text:a'onload=alert(1)?bcc=all@example.no",
        "reveal:yes",
        "keep",
        "no",
        "write",
        "text:<script>x</script>",
        "yes",
    )
    await client.say("<script>alert('her')</script><img src=x onerror=alert(1)>")
    page = await claimed(kari, number)
    await kari.reply(number, "</textarea><script>alert('mine')</script>")
    for shown in (page, await kari.case(number)):
        assert "<script>alert" not in shown
        assert "<script>x" not in shown
        assert "<img src=x" not in shown
        assert "'onload=" not in shown
    assert 'href="mailto:a%27onload%3Dalert%281%29%3Fbcc%3Dall@example.no"' in page
    assert "&lt;script&gt;alert" in page


async def test_withdrawal_takes_the_content_away_at_once_and_says_so(
    kari: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued(*PHONE, before=EARLIER)
    await claimed(kari, number)
    await client.say("my own words")
    await kari.send(f"/console/cases/{number}/notes", text="a note")
    look = watcher(services, kari.http.cookies[COOKIE], number)
    before = look(None)
    receipt = (await client.call("GET", client.path("/receipts"))).json()["receipts"][0]["id"]
    async with services.wakeups.listen(f"conversation:{client.conversation}") as bell:
        assert (await client.call("POST", client.path(f"/receipts/{receipt}/withdraw"))).status_code == 200
        assert await bell.wait(1)
    after = look(None)
    assert before is not None
    assert after is not None
    assert before["state"] != after["state"]
    page = await kari.case(number)
    assert says(page, "console.allowed.withdrawn")
    for gone in ("my own words", "Amina", "93456789", "a note", 'id="reply-form"'):
        assert gone not in page
    refused = await kari.send(f"/console/cases/{number}/reply", id="late", text="too late")
    assert refused.status_code == 409
    assert "too late" in refused.text
    with services.engine.connect() as connection:
        count = sa.select(sa.func.count()).where(messages.c.author == "coordinator")
        assert connection.execute(count).scalar_one() == 0


async def test_a_deleted_conversation_leaves_a_page_with_a_sentence(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(*CONVERSATION, before=EARLIER)
    await claimed(kari, number)
    assert (await client.call("DELETE", client.path())).status_code == 204
    response = await kari.get(f"/console/cases/{number}")
    assert response.status_code in (200, 404)
    assert EARLIER not in response.text
    assert 'id="reply-form"' not in response.text


async def test_listening_reads_no_content_and_showing_it_is_a_line_in_the_log(
    kari: Any, queued: Any, client: Any, services: Services
) -> None:
    number = await queued()
    await claimed(kari, number)

    def read() -> int:
        return sum(line.action == "case.read" for line in audit.newest(services.engine))

    lines = read()
    look = watcher(services, kari.http.cookies[COOKIE], number)
    first = look(None)
    await client.say("new words")
    second = look(None)
    assert first is not None
    assert second is not None
    assert first["state"] != second["state"]
    assert "new words" not in str(second)
    assert read() == lines
    await kari.case(number)
    assert read() == lines + 1


async def test_a_topic_leads_to_the_rule_beside_her_language(kari: Any, queued: Any) -> None:
    number = await queued(*CONVERSATION, language="uk", before="скільки коштує дитячий садок")
    page = await claimed(kari, number)
    link = re.search(r'href="(/staff/topics/barnehage\.cost\?[^"]*beside=uk)"', page)
    assert link is not None
    assert (await kari.get(link[1].replace("&amp;", "&"))).status_code == 200


async def test_a_closed_case_can_be_read_and_not_written_in(kari: Any, queued: Any, client: Any) -> None:
    number = await queued()
    await client.say("my own words")
    await claimed(kari, number)
    await kari.send(f"/console/cases/{number}/close", outcome="handed_on")
    page = await kari.case(number)
    assert "my own words" in page
    assert says(page, "console.outcome_handed_on")
    assert 'id="reply-form"' not in page
    assert (await kari.send(f"/console/cases/{number}/reply", id="x", text="y")).status_code == 409
