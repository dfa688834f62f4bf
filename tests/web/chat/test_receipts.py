"""Receipts without a script: to read, to save, to answer an open question, to take one yes back."""

from __future__ import annotations

from typing import Any

import pytest
from markupsafe import escape

from bot.languages import languages
from bot.privacy.durations import durations
from bot.texts import text
from bot.web.bridge import question
from bot.web.further_text import ask_message, ask_notice
from tests.handoff.steps import held_cases, new_cases


async def case_with_question(plain: Any, services: Any, code: str = "school") -> str:
    await plain.to_a_case()
    account, _ = services.accounts.create("kari")
    number = str(new_cases(services.handoff)[0].id)
    services.handoff.claim(number, account.id)
    notice = ask_notice(code, "nb", durations(services.settings))
    services.handoff.ask(
        number,
        account.id,
        code,
        ident="q1",
        notice=notice.text,
        language="nb",
        version="further-1",
        body=ask_message("q1", notice).to_dict(),
    )
    return number


async def test_an_open_question_is_found_and_answered_on_the_page_of_receipts(plain: Any, services: Any) -> None:
    await case_with_question(plain, services)
    page = (await plain.get("/receipts")).text
    assert 'value="further:q1:yes"' in page
    assert str(escape(text("consent.further.why_service", "nb").value)) in page
    await plain.send(choice="further:q1:yes", id="q")
    page = (await plain.get("/receipts")).text
    assert "further:q1" not in page
    assert page.count(text("receipt.withdraw", "nb").value) == 2
    assert text("consent.further.effect", "nb").value in page
    assert text("receipt.withdraw_effect", "nb").value in page


async def test_a_receipt_is_saved_as_text_and_for_programs(plain: Any, services: Any) -> None:
    number = await case_with_question(plain, services)
    [receipt] = services.handoff.receipts(held_cases(services.handoff)[0].conversation)
    saved = await plain.get(f"/receipts/{receipt.id}.txt")
    assert saved.headers["content-type"] == "text/plain; charset=utf-8"
    assert saved.headers["content-disposition"] == f'attachment; filename="receipt-{number}.txt"'
    for words in (number, receipt.notice, receipt.notice_sha256, text("receipt.withdraw_effect", "nb").value):
        assert words in saved.text
    record = (await plain.get(f"/receipts/{receipt.id}.json")).json()
    assert record["consent_record"]["record_id"] == receipt.id
    assert (await plain.get(f"/receipts/{receipt.id}.exe")).status_code == 404
    assert (await plain.get("/receipts/other.txt")).status_code == 404


async def test_a_stranger_saves_nobodys_receipt(plain: Any, services: Any) -> None:
    await case_with_question(plain, services)
    [receipt] = services.handoff.receipts(held_cases(services.handoff)[0].conversation)
    plain.http.cookies.clear()
    assert (await plain.get(f"/receipts/{receipt.id}.json")).status_code == 404


async def test_every_page_of_the_chat_has_the_way_out(plain: Any) -> None:
    for path in ("/", "/receipts", "/delete"):
        page = (await plain.get(path)).text
        assert 'id="leave"' in page, path
        assert "/static/chat/quick_exit.js" in page, path


async def said_yes_to_the_machine(plain: Any, services: Any, language: str = "nb") -> str:
    """A case whose parent has been asked whether a machine may translate, and has said yes."""
    await plain.to_a_case()
    account, _ = services.accounts.create("kari")
    case = new_cases(services.handoff)[0]
    services.handoff.claim(case.id, account.id)
    services.handoff.ask_translation(case.id, account.id, question(case.id, language))
    services.handoff.answer_translation(case.conversation, case.id, "yes")
    return case.id


async def test_the_yes_to_machine_translation_is_read_saved_and_taken_back_here(plain: Any, services: Any) -> None:
    number = await said_yes_to_the_machine(plain, services)
    page = (await plain.get("/receipts")).text
    assert f'id="translation-{number}"' in page
    for key in ("bridge.name", "bridge.ask", "bridge.given", "bridge.stop"):
        assert str(escape(text(key, "nb").value)) in page, key
    assert 'id="print"' in page
    conversation = held_cases(services.handoff)[0].conversation
    (receipt,) = (one for one in services.handoff.receipts(conversation) if one.purpose == "translation")
    saved = (await plain.get(f"/receipts/{receipt.id}.txt")).text
    for words in (number, text("bridge.ask", "nb").value, receipt.notice_sha256, text("bridge.stop", "nb").value):
        assert words in saved
    record = (await plain.get(f"/receipts/{receipt.id}.json")).json()["consent_record"]
    (purpose,) = record["pii_processing"]["purposes"]
    assert (purpose["purpose_type"], purpose["recipient_third_parties"]) == ("translation", [])
    assert purpose["processing_method"] == "translated by a machine"
    assert {one["pii_type"] for one in purpose["pii_information"]} == {"messages"}
    for _ in range(2):
        after = await plain.send(f"/receipts/{receipt.id}/withdraw")
        assert after.status_code == 200
        assert f"/receipts/{receipt.id}/withdraw" not in after.text
    assert services.handoff.translation_state(number) == "withdrawn"
    chat = (await plain.get("/")).text.partition("application/json")[0]  # what is shown, without the script's copy
    assert chat.count(str(escape(text("bridge.stopped", "nb").value))) == 1
    assert held_cases(services.handoff)[0].id == number, "the case goes on"
    state = text("receipt.state_withdrawn", "nb").value
    assert state in (await plain.get(f"/receipts/{receipt.id}.txt")).text


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
async def test_it_stands_there_in_her_language(plain: Any, services: Any, language: str) -> None:
    number = await said_yes_to_the_machine(plain, services, language)
    page = (await plain.get(f"/receipts?language={language}")).text
    for key in ("bridge.name", "bridge.ask", "bridge.given", "bridge.stop"):
        said = text(key, language)
        assert not said.is_fallback
        assert str(escape(said.value)) in page, key
    saved = (await plain.get(f"/receipts/translation-{number}.txt?language={language}")).text
    assert text("bridge.name", language).value in saved
