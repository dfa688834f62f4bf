"""Who gets into the console, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.handoff.accounts import ABSOLUTE, IDLE
from bot.handoff.records import utc_now
from bot.handoff.tables import account_sessions
from bot.texts import text
from bot.web.console.session import COOKIE
from bot.web.services import Services


async def test_without_a_session_every_page_leads_to_the_sign_in_and_back(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    page = await desk.get("/console/cases/K-2345")
    assert page.url.path == "/console/sign-in"
    assert 'name="next" value="/console/cases/K-2345"' in page.text
    back = await desk.sign_in(after="/console/cases/K-2345")
    assert back.url.path == "/console/cases/K-2345"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/console/../x", "/console?x=//e", "/staff", "\\\\evil"]
)
async def test_nobody_is_sent_elsewhere_after_signing_in(open_desk: Any, elsewhere: str) -> None:
    desk = await open_desk(signed_in=False)
    page = await desk.sign_in(after=elsewhere)
    assert page.url.path == "/console"


async def test_the_cookie_is_for_our_own_pages_only(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    desk.http.follow_redirects = False
    response = await desk.sign_in()
    assert response.status_code == 303
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/console" in cookie
    assert "secure" not in cookie  # this installation has no https


async def test_a_wrong_password_does_not_say_which_part_was_wrong(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    wrong = await desk.sign_in("not the password at all")
    unknown = await desk.send("/console/sign-in", name="nobody", password="x")
    assert wrong.status_code == unknown.status_code == 401
    assert text("console.wrong", "en").value in wrong.text
    assert text("console.wrong", "en").value in unknown.text
    assert COOKIE not in desk.http.cookies


async def test_too_many_attempts_are_locked_out_even_with_the_right_password(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    for _ in range(5):
        await desk.sign_in("wrong wrong wrong")
    page = await desk.sign_in()
    assert page.status_code == 429
    assert text("console.locked", "en", time="").value.split("%")[0].strip(" .") in page.text
    assert COOKIE not in desk.http.cookies


async def test_signing_out_ends_the_session_on_the_server_too(kari: Any) -> None:
    token = kari.http.cookies[COOKIE]
    page = await kari.send("/console/sign-out")
    assert text("console.signed_out", "en").value in page.text
    kari.http.cookies.set(COOKIE, token, domain="127.0.0.1", path="/console")
    again = await kari.get("/console")
    assert again.url.path == "/console/sign-in"
    assert text("console.session_ended", "en").value in again.text


@pytest.mark.parametrize("column", ["last_seen_at", "expires_at"])
async def test_a_session_ends_by_itself(kari: Any, services: Services, column: str) -> None:
    past = utc_now() - (IDLE if column == "last_seen_at" else ABSOLUTE) - timedelta(seconds=1)
    with services.engine.begin() as connection:
        connection.execute(sa.update(account_sessions).values({column: past}))
    assert (await kari.get("/console")).url.path == "/console/sign-in"


async def test_a_reply_after_the_session_ended_is_not_lost(kari: Any, services: Services) -> None:
    with services.engine.begin() as connection:
        connection.execute(sa.delete(account_sessions))
    page = await kari.send("/console/cases/K-2345/reply", id="1", text="Hei <b>du</b>")
    assert page.status_code == 401
    assert "Hei &lt;b&gt;du&lt;/b&gt;" in page.text
    assert text("console.not_saved", "en").value in page.text


async def test_a_disabled_account_is_out_at_once(kari: Any, services: Services) -> None:
    services.accounts.disable(kari.account.id)
    assert (await kari.get("/console")).url.path == "/console/sign-in"


async def test_a_link_from_another_program_reaches_the_page(kari: Any) -> None:
    http: httpx.AsyncClient = kari.http
    cookies = dict(http.cookies)
    http.cookies.clear()  # a strict cookie is not sent from elsewhere
    page = await http.get("/console/cases/K-2345", headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200
    assert 'content="0;url=/console/cases/K-2345"' in page.text
    assert cookies


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_form_from_elsewhere_changes_nothing(kari: Any, origin: str | None) -> None:
    del kari.http.headers["origin"]
    for headers in ({}, {"authorization": "Basic eDp5"}):
        sent = headers | ({"origin": origin} if origin else {})
        response = await kari.http.post("/console/sign-out", headers=sent)
        assert response.status_code == 403
    assert (await kari.get("/console")).url.path == "/console"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_console_speaks_each_staff_language_and_remembers_it(kari: Any, language: str) -> None:
    await kari.get("/console", params={"language": language})
    page = await kari.get("/console")
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert text("console.queues.empty.new", language).value in page.text


async def test_a_language_that_staff_do_not_have_becomes_one_they_have(open_desk: Any) -> None:
    desk = await open_desk(signed_in=False)
    page = await desk.get("/console/sign-in", params={"language": "ar"}, headers={"accept-language": "ar"})
    assert '<html lang="nb" dir="ltr">' in page.text
