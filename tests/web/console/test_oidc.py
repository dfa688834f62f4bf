"""Signing in through the organisation, against a real OpenID Connect provider in a process of its own."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from bot.handoff import audit
from bot.settings import Settings, read_settings
from bot.texts import text
from bot.web.console.oidc_routes import STATE_COOKIE
from bot.web.console.session import COOKIE
from bot.web.oidc import NoRole, NotProved, Provider, ProviderDown, _claim, _words
from bot.web.services import Services
from tests.provider import know, running_provider

ISSUER = "https://id.example.kommune.no"
ME = "brobygger"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows a few people."""
    with running_provider() as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path, provider: str) -> Settings:
    return read_settings(
        {
            "BROBYGGER_VAR": str(tmp_path),
            "BROBYGGER_SECRET": "s" * 40,
            "BROBYGGER_RASA_PORT": "1",
            "BROBYGGER_OIDC_ISSUER": provider,
            "BROBYGGER_OIDC_CLIENT_ID": ME,
            "BROBYGGER_OIDC_CLIENT_SECRET": "between us",
            "BROBYGGER_OIDC_MUNICIPALITY_CLAIM": "places",
        }
    )


async def leave(desk: Any, after: str = "/console") -> str:
    """Begin, and return the address at the provider."""
    desk.http.follow_redirects = False
    gone = await desk.get("/console/oidc/start", params={"next": after})
    desk.http.follow_redirects = True
    assert gone.status_code == 303, gone.text
    return str(gone.headers["location"])


def agree(address: str, subject: str, **form: str) -> str:
    """Sign in at the provider and return the way back, path and query."""
    back = httpx.post(address, data={"sub": subject, **form}, trust_env=False).headers["location"]
    return str(back).removeprefix("http://127.0.0.1:8080")


async def test_somebody_with_a_role_is_in_and_comes_to_the_page_that_was_wanted(
    open_desk: Any, provider: str, services: Services
) -> None:
    know(provider, "kari-1", name="Kari Nordmann", roles=["x", "brobygger-coordinator"], places=["fjordvik"])
    desk = await open_desk("other", signed_in=False)
    assert "/console/oidc/start" in (await desk.get("/console/sign-in")).text
    address = await leave(desk, "/console/account")
    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    arrived = await desk.get(agree(address, "kari-1"))
    assert arrived.status_code == 200
    # No redirect: the strict cookie would not be sent along on one that began at the provider.
    assert 'content="0;url=/console/account"' in arrived.text
    cookie = next(line for line in arrived.headers.get_list("set-cookie") if line.startswith(COOKIE + "=")).lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert STATE_COOKIE not in desk.http.cookies
    page = (await desk.get("/console/account")).text
    assert "kari nordmann" in page
    assert text("console.people.elsewhere", "en").value in page
    account = services.accounts.named("kari nordmann")
    assert account is not None
    assert (account.role, account.municipalities, account.external) == ("coordinator", ("fjordvik",), True)


async def test_the_role_is_read_anew_each_time(open_desk: Any, provider: str, services: Services) -> None:
    desk = await open_desk("other", signed_in=False)
    for roles, role in (("brobygger-lead brobygger-auditor", "lead"), (["brobygger-auditor"], "auditor")):
        know(provider, "ola-1", preferred_username="ola", roles=roles, places="*")
        await desk.get(agree(await leave(desk), "ola-1"))
        account = services.accounts.named("ola")
        assert account is not None
        assert (account.role, account.municipalities) == (role, ())
    know(provider, "ola-1", preferred_username="ola", roles=[], places="*")
    refused = await desk.get(agree(await leave(desk), "ola-1"))
    assert refused.status_code == 403
    assert text("console.people.no_role", "en").value in refused.text


async def test_where_a_municipality_must_be_told_none_is_not_all(
    open_desk: Any, provider: str, services: Services
) -> None:
    know(provider, "per-1", name="Per", roles=["brobygger-coordinator"])
    desk = await open_desk("other", signed_in=False)
    refused = await desk.get(agree(await leave(desk), "per-1"))
    assert refused.status_code == 403
    assert text("console.people.no_municipality", "en").value in refused.text
    assert COOKIE not in desk.http.cookies
    assert services.accounts.named("per") is None
    assert audit.newest(services.engine)[0].detail == "no_municipality"


async def test_a_closed_account_stays_closed(open_desk: Any, provider: str, services: Services) -> None:
    know(provider, "eva-1", name="Eva", roles=["brobygger-coordinator"], places="*")
    desk = await open_desk("other", signed_in=False)
    await desk.get(agree(await leave(desk), "eva-1"))
    account = services.accounts.named("eva")
    assert account is not None
    services.accounts.disable(account.id)
    assert (await desk.get("/console")).url.path == "/console/sign-in"
    refused = await desk.get(agree(await leave(desk), "eva-1"))
    assert refused.status_code == 403
    assert text("console.people.closed", "en").value in refused.text


@pytest.mark.parametrize("fault", ["state", "no cookie", "other browser", "nonce", "again", "issuer", "code"])
async def test_an_answer_that_does_not_belong_to_this_browsers_question_opens_nothing(
    open_desk: Any, provider: str, fault: str
) -> None:
    know(provider, "ida-1", name="Ida", roles=["brobygger-coordinator"], places="*")
    desk = await open_desk("other", signed_in=False)
    address = await leave(desk)
    if fault == "nonce":
        address = re.sub(r"nonce=[^&]+", "nonce=of-another-sign-in", address)
    back = agree(address, "ida-1")
    if fault == "state":
        back = re.sub(r"state=[^&]+", "state=made-up", back)
    if fault == "code":
        back = re.sub(r"code=[^&]+", "code=made-up", back)
    if fault == "issuer":
        back += "&iss=https://evil.example"
    if fault == "no cookie":
        desk.http.cookies.clear()
    if fault == "other browser":
        desk = await open_desk("another", signed_in=False)
        await leave(desk)
    if fault == "again":
        assert (await desk.get(back)).status_code == 200
        desk.http.cookies.clear()
    refused = await desk.get(back)
    assert refused.status_code == 400
    assert text("console.people.start_again", "en").value in refused.text
    assert COOKIE not in desk.http.cookies


@pytest.mark.parametrize("with_state", [True, False])
async def test_whoever_says_no_at_the_provider_may_begin_again_where_she_was(
    open_desk: Any, provider: str, with_state: bool
) -> None:
    """This provider gives no state back when somebody says no, others do; it opens nothing either way."""
    desk = await open_desk("other", signed_in=False)
    address = await leave(desk, "/console/hours")
    back = agree(address, "x", action="deny")
    assert "error=access_denied" in back
    assert "state=" not in back
    if with_state:
        back += "&state=" + parse_qs(urlsplit(address).query)["state"][0]
    page = await desk.get(back)
    assert page.status_code == 403
    assert f'role="status">{text("console.people.not_let_in", "en").value}' in page.text
    assert 'href="/console/oidc/start?next=/console/hours"' in page.text
    assert COOKIE not in desk.http.cookies
    assert STATE_COOKIE not in desk.http.cookies
    assert text("console.people.start_again", "en").value in (await desk.get(back)).text  # it was nobody's any more


async def test_a_provider_that_fails_itself_is_said_to(open_desk: Any, provider: str) -> None:
    desk = await open_desk("other", signed_in=False)
    state = parse_qs(urlsplit(await leave(desk)).query)["state"][0]
    page = await desk.get(f"/console/oidc/callback?error=temporarily_unavailable&state={state}")
    assert page.status_code == 503
    assert text("console.people.provider_down", "en").value in html.unescape(page.text)


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/staff"])
async def test_nobody_is_sent_elsewhere_after_it(open_desk: Any, provider: str, elsewhere: str) -> None:
    know(provider, "ida-1", name="Ida", roles=["brobygger-coordinator"], places="*")
    desk = await open_desk("other", signed_in=False)
    arrived = await desk.get(agree(await leave(desk, elsewhere), "ida-1"))
    assert 'content="0;url=/console"' in arrived.text


async def test_signing_out_offers_to_sign_out_there_too(kari: Any, provider: str) -> None:
    page = await kari.send("/console/sign-out")
    assert "/console/oidc/sign-out" in page.text
    kari.http.follow_redirects = False
    gone = await kari.get("/console/oidc/sign-out")
    assert gone.headers["location"].startswith(f"{provider}/oauth2/end_session?client_id={ME}&")


class TestWithoutLocalAccounts:
    """``BROBYGGER_LOCAL_ACCOUNTS=no``."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, local_accounts=False)

    async def test_no_password_opens_anything(self, open_desk: Any) -> None:
        desk = await open_desk(signed_in=False)
        assert 'type="password"' not in (await desk.get("/console/sign-in")).text
        refused = await desk.sign_in()
        assert refused.status_code == 403
        assert COOKIE not in desk.http.cookies


class TestWithoutProvider:
    """The provider is down."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, oidc_issuer="http://127.0.0.1:1")

    async def test_there_is_a_page_that_says_so_and_passwords_still_work(self, open_desk: Any) -> None:
        desk = await open_desk(signed_in=False)
        page = await desk.get("/console/oidc/start")
        assert page.status_code == 503
        assert text("console.people.provider_down", "en").value in html.unescape(page.text)
        assert (await desk.sign_in()).url.path == "/console"


# -- the ID token, signed with keys of our own


KEY = RSAKey.generate_key(2048, {"kid": "one"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture
def checked(settings: Settings) -> Provider:
    """A provider whose description and keys are ours, fetched just now."""
    made = Provider(replace(settings, oidc_issuer=ISSUER))
    made._about = (time.monotonic(), {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"})
    made._keys = (time.monotonic(), KeySet([KEY]))
    return made


def claims(**changed: object) -> dict[str, object]:
    now = int(time.time())
    found: dict[str, object] = {
        "iss": ISSUER,
        "aud": ME,
        "sub": "1",
        "exp": now + 300,
        "iat": now,
        "nonce": "n",
        **changed,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(given: dict[str, object], key: Any = KEY, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": "one"}, given, key, algorithms=[alg])


def test_a_token_of_the_provider_for_us_is_believed(checked: Provider) -> None:
    assert checked.check(signed(claims()), "n")["sub"] == "1"
    assert checked.check(signed(claims(aud=[ME])), "n")["sub"] == "1"
    assert checked.check(signed(claims(aud=[ME, "other"], azp=ME)), "n")["sub"] == "1"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": None},
        {"aud": [ME, "other"]},
        {"aud": [ME, "other"], "azp": "other"},
        {"iss": "https://id.example.kommune.no/"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(checked: Provider, changed: dict[str, object]) -> None:
    with pytest.raises(NotProved):
        checked.check(signed(claims(**changed)), "n")


def test_a_forged_token_is_refused(checked: Provider) -> None:
    head, body, mark = signed(claims()).split(".")
    other = signed(claims(sub="2")).split(".")[1]
    public = KEY.as_pem(private=False)
    for forged in (
        signed(claims(), STRANGER),
        f"{head}.{other}.{mark}",
        f"{head}.{body}.",
        "eyJhbGciOiJub25lIn0." + body + ".",
        signed(claims(), OctKey.import_key(b"between us" * 4), "HS256"),
        "",
        "x.y.z",
        json.dumps(claims()),
    ):
        with pytest.raises(NotProved):
            checked.check(forged, "n")
    with pytest.raises(ValueError, match=r"\w"):  # the old trick: our library does not even make such a key
        signed(claims(), OctKey.import_key(public), "HS256")


def test_keys_are_fetched_again_for_a_new_key_but_not_for_each_forgery(
    checked: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(address: str, headers: object = None) -> dict[str, Any]:
        fetched.append(address)
        return {"keys": [STRANGER.as_dict(private=False)]}

    monkeypatch.setattr(Provider, "_get", staticmethod(fetch))
    with pytest.raises(NotProved):
        checked.check(signed(claims(), STRANGER), "n")
    assert fetched == []
    assert checked._keys is not None
    checked._keys = (time.monotonic() - 61, checked._keys[1])
    assert checked.check(signed(claims(), STRANGER), "n")["sub"] == "1"
    with pytest.raises(NotProved):
        checked.check(signed(claims()), "n")
    assert fetched == [f"{ISSUER}/keys"]


def test_a_description_of_somebody_else_or_without_tls_is_not_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/a"}
    monkeypatch.setattr(Provider, "_get", staticmethod(lambda *_: told))
    with pytest.raises(ProviderDown):
        Provider(replace(settings, oidc_issuer=ISSUER)).depart("nb")
    told |= {"issuer": ISSUER, "authorization_endpoint": "http://id.example.kommune.no/a"}
    with pytest.raises(ProviderDown):
        Provider(replace(settings, oidc_issuer=ISSUER)).depart("nb")


def test_roles_are_found_in_lists_texts_and_objects(checked: Provider) -> None:
    assert _words(_claim({"realm_access": {"roles": ["a", 1]}}, "realm_access.roles")) == {"a"}
    assert _claim({"https://x.example/roles": "a"}, "https://x.example/roles") == "a"
    assert _claim({"realm_access": "a"}, "realm_access.roles") is None
    assert {"a", "b"} <= _words("a, b")
    assert {"Brobygger leads"} <= _words("Brobygger leads")
    with pytest.raises(NoRole):
        checked._person({"sub": "1", "roles": "brobygger-leader", "places": "*"})
