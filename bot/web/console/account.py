"""``/console/account``: one's own password, one-time codes and sessions; and the question for a code at the sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.accounts import LockedOut, PasswordOver, Session
from bot.handoff.passwords import PASSWORD_LIMIT, SHORTEST_PASSWORD
from bot.handoff.people import HANDED_OVER_FOR
from bot.handoff.second_factor import NothingPending, SecondFactor, SetUp
from bot.texts import text
from bot.web.console import pages
from bot.web.console.door import OWN_PAGE, Door, moved
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import AUDIT_ROLES, CASE_ROLES, Visitor, clear_session, own_page, set_session
from bot.web.services import Services

CODE_COOKIE: Final = "brobygger_console_code"
CODE_PAGE: Final = "/console/sign-in/code"
HANDED_OVER_HOURS: Final = int(HANDED_OVER_FOR.total_seconds() // 3600)
TOLD: Final = ("must_change", "password_changed", "code_off")


@dataclass(frozen=True)
class AccountPage:
    """Values of ``account.html``."""

    sessions: tuple[Session, ...]
    set_up: SetUp | None
    picture: Markup | None
    waiting: int


def ask_for_code(services: Services, token: str, after: str) -> Response:
    """Go on from the right password to the question for the code; ``token`` is read by no script."""
    response = moved(f"{CODE_PAGE}?next={after}")
    response.set_cookie(
        CODE_COOKIE,
        token,
        max_age=300,
        path=CODE_PAGE,
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return response


def picture_of(address: str) -> Markup:
    """The QR code of an address as SVG inside the page: no other request holds the secret, no style is inline."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    return Markup(drawn)  # noqa: S704 - drawn by segno from our own address; holds paths only


def locked_sentence(locked: LockedOut, language: str, services: Services) -> str:
    """What somebody is told who tried too often."""
    return text("console.locked", language, time=pages.clock(locked.until, services.languages[language])).value


def account_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page, its changes, and the second step of the sign-in."""
    factor = SecondFactor(services.engine, services.settings.secret)

    def read(visitor: Visitor) -> AccountPage:
        account = visitor.account
        set_up = None if account.has_code or account.external else factor.waiting(account.id)
        return AccountPage(
            sessions=services.accounts.sessions(account.id, visitor.token),
            set_up=set_up,
            picture=picture_of(set_up.address) if set_up else None,
            waiting=waiting_for(services, account),
        )

    async def show(
        visitor: Visitor, *, problem: str | None = None, told: str | None = None, status: int = 200
    ) -> Response:
        page = await services.in_thread(read, visitor)
        return door.page(
            "account.html",
            visitor,
            status=status,
            here=OWN_PAGE,
            own=page,
            waiting=page.waiting,
            problem=problem,
            told=told,
            shortest=SHORTEST_PASSWORD,
            longest=PASSWORD_LIMIT,
        )

    async def refuse(visitor: Visitor, key: str, status: int) -> Response:
        return await show(visitor, problem=_say(key, visitor.language), status=status)

    async def page(request: Request, visitor: Visitor) -> Response:
        told = request.query_params.get("told", "")
        return await show(visitor, told=told if told in TOLD else None)

    async def password(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        old, new, again = (str(form.get(name, ""))[:1000] for name in ("old", "new", "again"))
        if visitor.account.external:
            return await refuse(visitor, "elsewhere", 409)
        if new != again:
            return await refuse(visitor, "not_the_same", 422)
        if new == old:
            return await refuse(visitor, "the_old_one", 422)
        try:
            done = await services.in_thread(
                services.accounts.change_password, visitor.account.id, old, new, token=visitor.token
            )
        except ValueError:
            sentence = _say("length", visitor.language, least=SHORTEST_PASSWORD, most=PASSWORD_LIMIT)
            return await show(visitor, problem=sentence, status=422)
        except LockedOut as locked:
            return await show(visitor, problem=locked_sentence(locked, visitor.language, services), status=429)
        except PasswordOver:
            sentence = _say("password_over", visitor.language, hours=HANDED_OVER_HOURS)
            return await show(visitor, problem=sentence, status=403)
        if not done:
            return await refuse(visitor, "wrong_password", 403)
        await services.wakeups.wake("queue")  # pages of the sessions that have ended close
        return moved(f"{OWN_PAGE}?told=password_changed")

    async def begin(request: Request, visitor: Visitor) -> Response:
        given = str((await request.form()).get("password", ""))[:1000]
        if visitor.account.external:
            return await refuse(visitor, "elsewhere", 409)
        try:
            right = await services.in_thread(factor.begin, visitor.account.id, given)
        except LockedOut as locked:
            return await show(visitor, problem=locked_sentence(locked, visitor.language, services), status=429)
        except NothingPending:
            return moved(OWN_PAGE)
        return moved(f"{OWN_PAGE}#code") if right else await refuse(visitor, "wrong_password", 403)

    async def confirm(request: Request, visitor: Visitor) -> Response:
        code = str((await request.form()).get("code", ""))[:100]
        try:
            codes = await services.in_thread(factor.confirm, visitor.account.id, code)
        except NothingPending:
            return await refuse(visitor, "set_up_gone", 409)
        if codes is None:
            return await refuse(visitor, "wrong_code", 422)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "given.html",
            visitor,
            here=OWN_PAGE,
            waiting=waiting,
            kind="recovery",
            given=codes,
            name="",
            hours=0,
            back=OWN_PAGE,
        )

    async def switch_off(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        given, code = str(form.get("password", ""))[:1000], str(form.get("code", ""))[:100]
        if visitor.account.external:
            return await refuse(visitor, "elsewhere", 409)
        try:
            done = await services.in_thread(factor.switch_off, visitor.account.id, given, code)
        except LockedOut as locked:
            return await show(visitor, problem=locked_sentence(locked, visitor.language, services), status=429)
        except NothingPending:
            return moved(OWN_PAGE)
        return moved(f"{OWN_PAGE}?told=code_off") if done else await refuse(visitor, "wrong_both", 403)

    async def everywhere(request: Request, visitor: Visitor) -> Response:
        await services.in_thread(services.accounts.sign_out_everywhere, visitor.account.id)
        await services.wakeups.wake("queue")
        response = moved("/console/sign-in?signed_out=1")
        clear_session(response, services)
        return response

    async def code(request: Request, language: str) -> Response:
        token = request.cookies.get(CODE_COOKIE, "")[:200]
        if request.method == "GET":
            after = own_page(request.query_params.get("next", ""))
            return pages.page("code.html", language, after=after, problem=None, gone=not token)
        form = await request.form()
        after = own_page(str(form.get("next", "")))

        def again(sentence: str, status: int, *, gone: bool = False) -> Response:
            return pages.page("code.html", language, status=status, after=after, problem=sentence, gone=gone)

        try:
            begun = await services.in_thread(factor.finish, token, str(form.get("code", ""))[:100])
        except LockedOut as locked:
            return again(locked_sentence(locked, language, services), 429)
        except NothingPending:
            return again(_say("too_late", language), 409, gone=True)
        if begun is None:
            return again(_say("wrong_code", language), 401)
        response = moved(after)
        set_session(response, services, begun.token)
        response.delete_cookie(CODE_COOKIE, path=CODE_PAGE, secure=services.settings.secure_cookies, httponly=True)
        return response

    everyone = tuple(dict.fromkeys((*CASE_ROLES, *AUDIT_ROLES)))
    return [
        Route(CODE_PAGE, door.open_to_all(code), methods=["GET", "POST"]),
        Route(OWN_PAGE, door.for_roles(page, everyone), methods=["GET"]),
        Route(OWN_PAGE + "/password", door.for_roles(password, everyone), methods=["POST"]),
        Route(OWN_PAGE + "/code/begin", door.for_roles(begin, everyone), methods=["POST"]),
        Route(OWN_PAGE + "/code/confirm", door.for_roles(confirm, everyone), methods=["POST"]),
        Route(OWN_PAGE + "/code/off", door.for_roles(switch_off, everyone), methods=["POST"]),
        Route(OWN_PAGE + "/sign-out-everywhere", door.for_roles(everywhere, everyone), methods=["POST"]),
    ]


def _say(key: str, language: str, **values: object) -> str:
    return text(f"console.people.{key}", language, **values).value
