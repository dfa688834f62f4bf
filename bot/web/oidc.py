"""The organisation's OpenID Connect provider: where to send somebody, and whom it has proved.

Authorization code flow with PKCE, state and nonce. Authlib speaks OAuth; the ID token is checked with joserfc against
the provider's keys. What the provider tells about itself, and its keys, are fetched and kept for an hour; keys are
fetched again when a token names one that is not known, at most once a minute. Everything here is synchronous.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.handoff.records import Role
from bot.handoff.single_sign_on import Person
from bot.settings import Settings

log = logging.getLogger(__name__)

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Signatures with a key that only the provider has; never ``none``, never one made with our own secret."""
PATIENCE: Final = 5.0
KEPT: Final = 3600.0
KEYS_AGAIN: Final = 60.0
LEEWAY: Final = 60
"""Seconds that the clocks of both machines may differ."""
ALL_MUNICIPALITIES: Final = "*"
CALLBACK: Final = "/console/oidc/callback"


class ProviderDown(Exception):  # noqa: N818
    """The provider does not answer, or not as a provider does."""


class NotProved(Exception):  # noqa: N818
    """What came back proves nobody. The message is a code for the log, without anything from the token."""


class NoRole(Exception):  # noqa: N818
    """The person is known there and has no role here; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Departure:
    """A sign-in that has begun: ``address`` is where the browser goes; the rest waits in the browser."""

    address: str
    state: str
    nonce: str
    verifier: str


def _safe(address: object) -> str:
    """An address of the provider that may be used; without TLS only on this machine."""
    parts = urlsplit(address if isinstance(address, str) else "")
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (local or parts.scheme == "https"):
        raise ProviderDown("an address without https")
    return str(address)


class Provider:
    """One provider, as the settings name it. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer or ""
        self._back = settings.public_url + CALLBACK
        self._lock = threading.Lock()
        self._about: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def depart(self, language: str) -> Departure:
        """Begin a sign-in. Raises ProviderDown."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._session() as session:
            address, _ = session.create_authorization_url(
                _safe(self._told("authorization_endpoint")),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                ui_locales=language,
            )
        return Departure(str(address), state, nonce, verifier)

    def prove(self, code: str, *, nonce: str, verifier: str) -> Person:
        """Exchange the code for whom it stands for. Raises ProviderDown, NotProved, NoRole."""
        with self._session() as session:
            try:
                token = session.fetch_token(
                    _safe(self._told("token_endpoint")),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=PATIENCE,
                    allow_redirects=False,
                )
            except (requests.RequestException, ValueError) as error:
                raise ProviderDown(type(error).__name__) from None
            except AuthlibBaseError:
                raise NotProved("code") from None
            claims = self.check(str(token.get("id_token") or ""), nonce)
            if _claim(claims, self._settings.oidc_role_claim) is None:
                claims = {**self._more(session, claims["sub"]), **claims}
        return self._person(claims)

    def check(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is signed by the provider, for us, for this sign-in, and not over.

        Raises NotProved, ProviderDown.
        """
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._settings.oidc_client_id or ""},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = dict(self._decoded(token).claims)
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotProved(type(error).__name__) from None
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._settings.oidc_client_id:
            raise NotProved("azp")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise NotProved("sub")
        return claims

    def leave(self) -> str | None:
        """Where to go to sign out at the provider too; None when it has no such page. Raises ProviderDown."""
        address = self._read_about().get("end_session_endpoint")
        if not address:
            return None
        asked = {
            "client_id": self._settings.oidc_client_id or "",
            "post_logout_redirect_uri": self._settings.public_url + "/console/sign-in",
        }
        safe = _safe(address)
        return safe + ("&" if urlsplit(safe).query else "?") + urlencode(asked)

    def _session(self) -> Any:
        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            scope="openid profile email",
            redirect_uri=self._back,
            code_challenge_method="S256",
            token_endpoint_auth_method=self._method(),
        )

    def _method(self) -> str:
        """How we name ourselves at the token endpoint: by header, unless the provider cannot."""
        offered = self._read_about().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._read_keys(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            fetched = self._keys[0] if self._keys else 0.0
            if time.monotonic() - fetched < KEYS_AGAIN:
                raise
        # The provider may have changed its keys since: once more with those of today.
        return jwt.decode(token, self._read_keys(anew=True), algorithms=list(ALGORITHMS))

    def _told(self, name: str) -> object:
        return self._read_about().get(name)

    def _read_about(self) -> Mapping[str, Any]:
        with self._lock:
            if self._about is None or time.monotonic() - self._about[0] > KEPT:
                found = self._get(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
                if found.get("issuer") != self._issuer:
                    raise ProviderDown("another issuer")
                self._about = (time.monotonic(), found)
            return self._about[1]

    def _read_keys(self, *, anew: bool = False) -> KeySet:
        address = _safe(self._told("jwks_uri"))
        with self._lock:
            if anew or self._keys is None or time.monotonic() - self._keys[0] > KEPT:
                try:
                    keys = KeySet.import_key_set(self._get(address))  # type: ignore[arg-type]
                except (JoseError, ValueError, TypeError, KeyError):
                    raise ProviderDown("keys") from None
                self._keys = (time.monotonic(), keys)
            return self._keys[1]

    @staticmethod
    def _get(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=PATIENCE, allow_redirects=False, headers=headers)
            found = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as error:
            raise ProviderDown(type(error).__name__) from None
        if not isinstance(found, dict):
            raise ProviderDown("no JSON object")
        return found

    def _more(self, session: Any, subject: str) -> dict[str, Any]:
        """Claims that the provider tells only when it is asked again; nothing when they are about somebody else."""
        address = self._read_about().get("userinfo_endpoint")
        if not address:
            return {}
        bearer = {"Authorization": f"Bearer {session.token.get('access_token', '')}"}
        found = self._get(_safe(address), bearer)
        return found if found.get("sub") == subject else {}

    def _person(self, claims: Mapping[str, Any]) -> Person:
        held = _words(_claim(claims, self._settings.oidc_role_claim))
        ranked: tuple[tuple[str, Role], ...] = (
            (self._settings.oidc_lead, "lead"),
            (self._settings.oidc_coordinator, "coordinator"),
            (self._settings.oidc_auditor, "auditor"),
        )
        role = next((role for word, role in ranked if word in held), None)
        if role is None:
            raise NoRole("no_role")
        name = next((str(claims[key]) for key in ("name", "preferred_username", "email") if claims.get(key)), "")
        return Person(self._issuer, claims["sub"], name, role, self._municipalities(claims))

    def _municipalities(self, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
        """From the claim, where one is set: ``*`` is all, and nothing is nothing, not all. Raises NoRole."""
        if self._settings.oidc_municipality_claim is None:
            return None
        held = {word.casefold() for word in _words(_claim(claims, self._settings.oidc_municipality_claim))}
        named = tuple(sorted(word for word in held if len(word) <= 64))
        if not named:
            raise NoRole("no_municipality")
        return () if ALL_MUNICIPALITIES in held else named


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name, or, where there is none, by a path with full stops (``realm_access.roles``)."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(value: object) -> frozenset[str]:
    """The words of a claim: a list of them, or a text with blanks or commas between them."""
    if isinstance(value, str):
        return frozenset(value.replace(",", " ").split()) | {value.strip()} - {""}
    if isinstance(value, list):
        return frozenset(word.strip() for word in value if isinstance(word, str) and word.strip())
    return frozenset()
