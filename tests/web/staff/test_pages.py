"""What municipal staff see at /staff."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from markupsafe import escape

from bot.handoff.tables import conversations, messages
from bot.texts import text
from bot.web.services import Services


def main_of(page: str) -> str:
    return page[page.index("<main") :]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_page_speaks_each_staff_language(reader: httpx.AsyncClient, language: str) -> None:
    response = await reader.get("/staff", params={"language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="ltr">' in response.text
    assert text("staff.question", language).value in response.text
    assert response.headers["content-language"] == language


async def test_the_browser_chooses_the_language_and_other_languages_become_bokmaal(reader: httpx.AsyncClient) -> None:
    nynorsk = await reader.get("/staff", headers={"accept-language": "nn-NO,nb;q=0.5"})
    assert '<html lang="nn"' in nynorsk.text
    arabic = await reader.get("/staff", params={"language": "ar"}, headers={"accept-language": "ar"})
    assert '<html lang="nb"' in arabic.text


async def test_a_search_leads_to_the_topic(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "nb", "q": "pris barnehage"})
    assert "/staff/topics/barnehage.cost" in page.text.split("</ol>")[0]


async def test_a_search_without_result_says_so_and_keeps_the_topics(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "en", "q": "qqqqxx"})
    assert text("staff.no_results", "en").value in page.text
    assert "/staff/topics/barnehage.cost" in page.text


async def test_a_question_gets_the_staff_text_with_its_sources(reader: httpx.AsyncClient) -> None:
    page = await reader.post("/staff/ask", data={"language": "nb", "q": "hva koster barnehage"})
    assert page.status_code == 200
    assert "<strong>Hjemmel:</strong>" in page.text
    assert "barnehageloven § 20" in page.text
    checked = re.escape(text("staff.checked", "nb", date="#").value).replace("\\#", r"\d+\. \w+ 20\d\d")
    assert re.search(checked, page.text)


async def test_a_question_about_a_case_is_declined_and_points_to_the_coordinator(reader: httpx.AsyncClient) -> None:
    page = await reader.post("/staff/ask", data={"language": "en", "q": "Barnevernet har sendt meg et brev"})
    assert escape(text("staff.offer.own_case", "en").value) in page.text
    assert 'class="answer handoff_offer"' in page.text


async def test_nothing_that_staff_write_is_stored(reader: httpx.AsyncClient, services: Services, rasa: Any) -> None:
    await reader.post("/staff/ask", data={"language": "nb", "q": "Gjelder dette for Ola 01010199999?"})
    with services.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(conversations)).scalar_one() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one() == 0
    assert rasa.said == []
    assert rasa.parsed != []


async def test_contact_details_never_reach_the_classifier(reader: httpx.AsyncClient, rasa: Any) -> None:
    await reader.post("/staff/ask", data={"language": "nb", "q": "kan jeg ringe mor på 93 45 67 89 nå"})
    assert "93 45 67 89" not in rasa.parsed[-1]


async def test_without_rasa_the_search_answers(reader: httpx.AsyncClient, rasa: Any) -> None:
    rasa.die()
    page = await reader.post("/staff/ask", data={"language": "nb", "q": "hva koster barnehage"})
    assert page.status_code == 200
    assert text("staff.only_search", "nb").value in page.text
    assert "/staff/topics/barnehage.cost" in page.text


async def test_an_empty_question_and_a_long_one_say_what_to_do(reader: httpx.AsyncClient) -> None:
    empty = await reader.post("/staff/ask", data={"language": "en", "q": "   "})
    assert empty.status_code == 422
    assert text("error.empty_message.detail", "en").value in empty.text
    long = await reader.post("/staff/ask", data={"language": "en", "q": "a" * 5001})
    assert long.status_code == 413


async def test_the_parent_text_stands_beside_in_her_language_and_direction(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff/topics/barnehage.cost", params={"language": "nb", "beside": "en"})
    staff, parent = page.text.split('class="parent"')
    assert "Regel:" in staff
    assert '<div class="words" lang="en" dir="ltr">' in parent
    arabic = await reader.get("/staff/topics/barnehage.cost", params={"language": "nb", "beside": "ar"})
    words = re.search(r'<div class="words" lang="(\w+)" dir="(\w+)">', arabic.text.split('class="parent"')[1])
    assert words is not None
    assert words.groups() in {("ar", "rtl"), ("en", "ltr")}


async def test_the_rules_of_another_day_are_marked_as_such(reader: httpx.AsyncClient) -> None:
    today = await reader.get("/staff/topics/barnehage.cost", params={"language": "nb"})
    before = await reader.get("/staff/topics/barnehage.cost", params={"language": "nb", "on": "2025-03-01"})
    assert 'class="day"' not in today.text
    assert "1. mars 2025" in before.text
    assert main_of(today.text).split("</form>")[1] != main_of(before.text).split("</form>")[1]
    assert "on=2025-03-01" in before.text


async def test_a_day_that_is_none_is_said_and_today_is_shown(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "en", "on": "tomorrow"})
    assert page.status_code == 422
    assert text("staff.bad_day", "en").value in page.text


async def test_an_unknown_municipality_is_said(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "en", "municipality": "atlantis"})
    assert page.status_code == 422
    assert text("error.unknown_municipality.detail", "en").value in page.text


async def test_a_chosen_municipality_follows_into_the_topics(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "nb", "municipality": "fjordvik"})
    assert "municipality=fjordvik" in page.text.split('id="topics"')[1]


@pytest.mark.parametrize("path", ["/staff/topics/no.such", "/staff/topics/%3Cscript%3E", "/staff/nowhere"])
async def test_an_address_without_a_page_is_a_page_with_a_sentence(reader: httpx.AsyncClient, path: str) -> None:
    response = await reader.get(path, params={"language": "nn"})
    assert response.status_code == 404
    assert '<html lang="nn" dir="ltr">' in response.text
    assert "<script>" not in response.text


async def test_what_was_typed_is_shown_as_text_only(reader: httpx.AsyncClient) -> None:
    hostile = '"><script>alert(1)</script>'
    for page in (
        await reader.get("/staff", params={"language": "en", "q": hostile}),
        await reader.post("/staff/ask", data={"language": "en", "q": hostile}),
    ):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


async def test_pages_hold_no_inline_script_or_style(reader: httpx.AsyncClient) -> None:
    for path in ("/staff?language=nb", "/staff/topics/barnehage.cost?language=nb"):
        page = (await reader.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert " style=" not in page
        assert not re.search(r"\bon(click|load|submit)=", page)


async def test_a_form_from_elsewhere_is_refused(reader: httpx.AsyncClient) -> None:
    response = await reader.post("/staff/ask", data={"q": "x"}, headers={"origin": "https://evil.example"})
    assert response.status_code == 403


async def test_the_style_sheet_is_served_and_knows_no_left_or_right(reader: httpx.AsyncClient) -> None:
    sheet = await reader.get("/static/staff/staff.css")
    assert sheet.status_code == 200
    assert not re.search(r"(margin|padding|border)-(left|right)|text-align:\s*(left|right)", sheet.text)


async def test_a_question_that_names_a_day_is_answered_for_that_day(reader: httpx.AsyncClient) -> None:
    page = await reader.post("/staff/ask", data={"language": "nb", "q": "Hva var prisen for barnehage 1. mars 2023"})
    assert "Spørsmålet nevner en dag. Svaret gjelder 1. mars 2023." in page.text
    assert "Dette gjelder 1. mars 2023:" in page.text
    assert "3\u00a0000" in page.text
    assert "on=2023-03-01" in page.text


async def test_a_topic_shows_how_its_rules_were_and_will_be(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff/topics/barnehage.cost", params={"language": "nb", "on": "2023-03-01"})
    table = page.text.split('<section class="history">')[1].split("</section>")[0]
    for words in ("3\u00a0050", "3\u00a0000", "2\u00a0000", "1\u00a0200", "1. august 2025"):
        assert words in table
    held = table.split('class="held"')[1].split("</tr>")[0]
    assert "3\u00a0000" in held


async def test_an_old_section_leads_to_the_new_one(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff", params={"language": "nb", "q": "§ 2-8"})
    assert "§ 2-8 → Opplæringslova §§ 3-6 og 3-7 (1. august 2024)" in page.text
    assert "/staff/topics/school.language-support" in page.text


async def test_words_of_the_text_are_explained(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/staff/topics/rights.consent", params={"language": "nn"})
    assert '<details class="terms">' in page.text
    assert "<dt" in page.text
