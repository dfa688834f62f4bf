"""``/console/oidc``: signing in through the organisation. Between leaving and coming back the state waits in a cookie.

That cookie is signed, ten minutes old at most, and lax, because the way back begins at the provider. The cookie of the
session is strict, so the last step is a page of ours that goes on by itself: from there the browser sends it along.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.handoff.single_sign_on import AccountClosed, SingleSignOn
from bot.texts import text
from bot.web.console import pages
from bot.web.console.door import FRESH, Door, sign_in_page
from bot.web.console.session import own_page, set_session
from bot.web.oidc import CALLBACK, NoRole, NotProved, Provider, ProviderDown
from bot.web.problems import Problem
from bot.web.services import Services

log = logging.getLogger(__name__)

STATE_COOKIE: Final = "brobygger_console_oidc"
STATE_PATH: Final = "/console/oidc"
STATE_SECONDS: Final = 600
_DOWN: Final = ("server_error", "temporarily_unavailable")
"""What a provider answers (RFC 6749, 4.1.2.1) when it is its own fault."""


def oidc_routes(services: Services, door: Door) -> list[BaseRoute]:
    """Leave for the provider, come back, sign out there too; none of it without a provider in the settings."""
    if services.settings.oidc_issuer is None:
        return []
    provider = Provider(services.settings)
    accounts = SingleSignOn(services.engine)
    signer = URLSafeTimedSerializer(services.settings.secret, salt="console oidc state")

    async def start(request: Request, language: str) -> Response:
        client = request.client.host if request.client else "?"
        if await services.limits.wait_for("conversations", f"console:{client}"):
            raise Problem("too_many_requests", language)
        try:
            leaving = await services.in_thread(provider.depart, language)
        except ProviderDown as down:
            return refuse("provider_down", language, 503, down)
        response = RedirectResponse(leaving.address, 303, FRESH)
        waits = {
            "state": leaving.state,
            "nonce": leaving.nonce,
            "verifier": leaving.verifier,
            "next": own_page(request.query_params.get("next", "")),
            "language": language,
        }
        response.set_cookie(
            STATE_COOKIE,
            signer.dumps(waits),
            max_age=STATE_SECONDS,
            path=STATE_PATH,
            secure=services.settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )
        return response

    async def callback(request: Request, language: str) -> Response:
        waits = waiting(request)
        language = waits.get("language", language)
        response = await arrive(request, language, waits)
        response.delete_cookie(STATE_COOKIE, path=STATE_PATH, secure=services.settings.secure_cookies, httponly=True)
        return response

    async def arrive(request: Request, language: str, waits: Mapping[str, str]) -> Response:
        query = request.query_params
        if waits and query.get("error") == "access_denied":
            # She said no there. It opens nothing, so it is believed without the state, which some providers leave out.
            log.info("single sign-on: cancelled")
            after = own_page(waits["next"])
            return sign_in_page(services, language, after=after, told="console.people.not_let_in", status=403)
        if not waits or not hmac.compare_digest(waits["state"].encode(), query.get("state", "").encode()):
            return refuse("start_again", language, 400, NotProved("state"))
        if query.get("iss", services.settings.oidc_issuer) != services.settings.oidc_issuer:
            return refuse("start_again", language, 400, NotProved("iss"))
        if query.get("error") in _DOWN:
            return refuse("provider_down", language, 503, ProviderDown(query["error"]))
        if not query.get("code"):
            return refuse("start_again", language, 400, NotProved("no code"))
        try:
            person = await services.in_thread(
                provider.prove, query["code"][:4000], nonce=waits["nonce"], verifier=waits["verifier"]
            )
            begun = await services.in_thread(accounts.sign_in, person)
        except ProviderDown as down:
            return refuse("provider_down", language, 503, down)
        except NotProved as unproved:
            await services.in_thread(accounts.refused, "not_proved")
            return refuse("start_again", language, 400, unproved)
        except NoRole as none:
            await services.in_thread(accounts.refused, none.reason)
            return refuse(none.reason, language, 403, none)
        except AccountClosed as closed:
            await services.in_thread(accounts.refused, "closed")
            return refuse("closed", language, 403, closed)
        response = pages.page("opening.html", language, here=own_page(waits["next"]))
        set_session(response, services, begun.token)
        return response

    def waiting(request: Request) -> dict[str, str]:
        """What the browser brings back from the start; empty when it is not ours or too old."""
        try:
            found = signer.loads(request.cookies.get(STATE_COOKIE, "")[:4000], max_age=STATE_SECONDS)
        except BadData:
            return {}
        return {str(key): str(value) for key, value in found.items()}

    async def leave(request: Request, language: str) -> Response:
        try:
            address = await services.in_thread(provider.leave)
        except ProviderDown as down:
            return refuse("provider_down", language, 503, down)
        return RedirectResponse(address or "/console/sign-in", 303, FRESH)

    def refuse(key: str, language: str, status: int, why: Exception) -> Response:
        log.warning("single sign-on: %s (%s)", type(why).__name__, why)
        sentence = text(f"console.people.{key}", language).value
        return pages.problem_page(language, sentence, status, back="/console/sign-in")

    return [
        Route(STATE_PATH + "/start", door.open_to_all(start), methods=["GET"]),
        Route(CALLBACK, door.open_to_all(callback), methods=["GET"]),
        Route(STATE_PATH + "/sign-out", door.open_to_all(leave), methods=["GET"]),
    ]
