"""Asking for one more consent from the case page, and what the page says about safe contact."""

from __future__ import annotations

from typing import Any

from markupsafe import escape

from bot.texts import text

PHONE = ("contact_only", "phone", "text:93 45 67 89", "text_first", "reveal:no", "keep", "no", "code", "text:Blueberry")


def says(page: str, key: str, **values: str) -> bool:
    return str(escape(text(f"console.ask.{key}", "en", **values).value)) in page


async def test_a_question_is_asked_answered_and_its_state_shown(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(language="ar")
    page = (await kari.send(f"/console/cases/{number}/claim")).text
    assert 'value="school"' in page
    page = (await kari.send(f"/console/cases/{number}/ask", code="school")).text
    assert says(page, "state.asked")
    assert 'value="school"' not in page
    asked = (await client.history())["messages"][-1]
    assert (asked["kind"], asked["language"], len(asked["choices"])) == ("consent", "ar", 3)
    again = await kari.send(f"/console/cases/{number}/ask", code="school")  # pressed twice
    assert again.status_code == 200
    assert sum(message["kind"] == "consent" for message in (await client.history())["messages"][-2:]) == 1
    await client.choose(asked["choices"][1]["payload"])
    page = await kari.case(number)
    assert says(page, "state.no")
    assert 'value="school"' not in page


async def test_nobody_asks_in_a_colleagues_case_or_for_what_is_not_on_the_list(open_desk: Any, queued: Any) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    assert (await ola.send(f"/console/cases/{number}/ask", code="school")).status_code == 409
    assert (await kari.send(f"/console/cases/{number}/ask", code="barnevern")).status_code == 422
    assert 'id="ask-send"' not in await ola.case(number)


async def test_the_page_says_first_how_it_is_safe_to_reach_her(kari: Any, queued: Any, open_desk: Any) -> None:
    number = await queued(*PHONE, "yes")
    page = (await kari.send(f"/console/cases/{number}/claim")).text
    assert says(page, "line.text_first")
    assert says(page, "line.reveal_no")
    assert says(page, "line.code_word", word="Blueberry")
    ola = await open_desk("ola")
    assert "Blueberry" not in await ola.case(number)


async def test_who_shares_her_phone_is_answered_in_the_chat_only(kari: Any, queued: Any) -> None:
    number = await queued("contact_only", "others_read", "keep", "no", "skip", "yes")
    page = (await kari.send(f"/console/cases/{number}/claim")).text
    assert says(page, "line.chat_only")
    asks = page.partition('<select id="ask"')[2].partition("</select>")[0]
    assert 'value="name"' in asks
    assert 'value="phone"' not in asks
    assert (await kari.send(f"/console/cases/{number}/ask", code="phone")).status_code == 422


async def test_a_hidden_address_comes_with_guidance_and_without_a_place(kari: Any, queued: Any) -> None:
    number = await queued("special", "hidden_address", "chat", "keep", "no", "skip", "yes")
    page = (await kari.send(f"/console/cases/{number}/claim")).text
    assert says(page, "special.hidden_address")
    assert says(page, "guide.hidden_address")
    assert str(escape(text("console.municipality", "en").value)) not in page
