"""Receipts without a script: to read, to save, to answer an open question, to take one yes back."""

from __future__ import annotations

from typing import Any

from markupsafe import escape

from bot.privacy.durations import durations
from bot.texts import text
from bot.web.further_text import ask_message, ask_notice


async def case_with_question(plain: Any, services: Any, code: str = "school") -> str:
    await plain.to_a_case()
    account, _ = services.accounts.create("kari")
    number = str(services.handoff.queue()[0].id)
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
    [receipt] = services.handoff.receipts(services.handoff.taken()[0].conversation)
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
    [receipt] = services.handoff.receipts(services.handoff.taken()[0].conversation)
    plain.http.cookies.clear()
    assert (await plain.get(f"/receipts/{receipt.id}.json")).status_code == 404


async def test_every_page_of_the_chat_has_the_way_out(plain: Any) -> None:
    for path in ("/", "/receipts", "/delete"):
        page = (await plain.get(path)).text
        assert 'id="leave"' in page, path
        assert "/static/chat/quick_exit.js" in page, path
