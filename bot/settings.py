"""Typed settings, read once from the environment (``BROBYGGER_*``); the lowest layer.

Every setting has a default that works on one machine with nothing else installed. A broken value raises
``SettingsError`` with a sentence that names the variable, what it holds and what it should hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.weekly import Week, read_half_days, read_week

PREFIX = "BROBYGGER_"
ROOT = Path(__file__).resolve().parent.parent
_NOT_SHOWN = ("SECRET", "URL", "PASSWORD", "TOKEN", "KEY")
"""Parts of names whose values never stand in an error message."""

Value = TypeVar("Value")


class SettingsError(ValueError):
    """A setting cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Settings:
    """What an operator can set. Paths are absolute; durations are in the unit that the name says."""

    var: Path
    """Folder for everything that is written: databases, model, run files."""
    knowledge: Path
    """Folder of the knowledge base."""
    web_host: str
    web_port: int
    rasa_port: int
    actions_port: int
    database_url: str
    """SQLAlchemy address of the database of record."""
    dialogue_url: str
    """SQLAlchemy address of Rasa's tracker store."""
    redis_url: str | None
    """Redis for locks and wake-ups between several processes; None = one process of each kind."""
    secret: str
    """Key for Rasa's token and for signed webhooks; at least 32 characters."""
    today: date | None
    """Makes the product believe it is another day (preview of coming rules)."""
    municipality: str | None
    """Slug of the municipality this installation serves; None = the parent chooses, or none."""
    public_url: str
    """Address that parents and coordinators use; also the only allowed Origin."""
    secure_cookies: bool
    conversation_days: int
    """Days until a conversation without a case is deleted."""
    case_days: int
    """Days until a closed case is deleted with its conversation."""
    hours: Week
    """When coordinators are there, where a municipality does not tell its own hours."""
    half_days_end: int | None
    """The minute at which the eves of holidays end, where a municipality does not tell it; None: they are closed."""
    deadline_u0_hours: int
    """Hours until the first answer to a case with signs of danger is due, day and night."""
    deadline_u1_hours: int
    """Open hours until the first answer to a usual case is due."""
    deadline_u2_hours: int
    """Open hours until the first answer to a case that can wait is due."""
    messages_per_minute: int
    """Messages that one conversation may send in a minute."""
    conversations_per_minute: int
    """Conversations that one client address may start in a minute."""
    learn_from_use: bool
    """Whether leads may read messages that were not understood, masked, to make training sentences of them."""
    encoder: Path | None
    """Folder of a pretrained sentence encoder for the understanding; None = the one in config.yml, or none."""
    webhook_url: str | None
    webhook_secret: str | None
    translate_url: str | None
    """Own LibreTranslate server for machine translation in cases; None = there is none."""
    translate_key: str | None
    log_level: str
    local_accounts: bool
    """Whether people may sign in to the console with a password kept here."""
    oidc_issuer: str | None
    """The organisation's OpenID Connect provider; None = local accounts only."""
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_role_claim: str
    """Name of the claim that holds roles or groups; a full stop leads into objects."""
    oidc_coordinator: str
    oidc_lead: str
    oidc_auditor: str
    oidc_municipality_claim: str | None
    """Name of the claim that limits a person to municipalities; None = leads decide that in the console."""
    audit_secret: str | None
    """Key of the seals of the audit log; None = ``secret``. Set it to the old secret when ``secret`` is changed."""
    alert_language: str
    """Language of what receivers of news are told: nb, nn or en."""
    smtp_host: str | None
    """Mail server that takes news to coordinators; None = no e-mail."""
    smtp_port: int
    smtp_security: str
    """``starttls``, ``tls`` or ``none``."""
    smtp_user: str | None
    smtp_password: str | None
    smtp_from: str | None
    smtp_to: tuple[str, ...] | None
    teams_url: str | None
    """Address of a workflow of Microsoft Teams that posts to a channel."""
    slack_url: str | None
    """Address of an incoming webhook of Slack."""
    zammad_url: str | None
    """Address of a Zammad help desk in which each case gets a ticket."""
    zammad_token: str | None
    zammad_group: str | None
    zammad_customer: str | None
    """E-mail address of the Zammad user that stands as customer of all tickets: an office, never a parent."""

    @property
    def rasa_url(self) -> str:
        """Address of Rasa on this machine."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def rasa_token(self) -> str:
        """What Rasa asks of its callers: derived, so that it gives nothing else away where it is seen."""
        return hmac.new(self.secret.encode(), b"rasa", "sha256").hexdigest()

    @property
    def audit_key(self) -> bytes:
        """What the lines of the audit log are sealed with: derived, so that a seal gives no secret away."""
        return hmac.new((self.audit_secret or self.secret).encode(), b"audit log", "sha256").digest()

    @property
    def actions_url(self) -> str:
        """Address of the action server on this machine."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def model_path(self) -> Path:
        """The trained model that all processes load; with an encoder another file, which leaves the first alone."""
        if self.encoder is None:
            return self.var / "models" / "brobygger.tar.gz"
        mark = hashlib.sha256(str(self.encoder).encode()).hexdigest()[:8]
        return self.var / "models" / f"brobygger-encoder-{mark}.tar.gz"

    def on(self) -> date:
        """The day that facts are read for: the previewed one, else today in UTC."""
        return self.today or datetime.now(UTC).date()


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError
        return number

    return read


def _http(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    return text.rstrip("/")


def _https(text: str) -> str:
    """An address with TLS; without it only on this machine."""
    parts = urlsplit(text)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (local or parts.scheme == "https"):
        raise ValueError
    return text  # an issuer is compared letter by letter: nothing is taken from its end


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        raise ValueError
    return text


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError
        return text.lower()

    return read


def _address(text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or any(sign in text for sign in ' ,;<>\r\n\t"') or "@" in host:
        raise ValueError
    return text


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(_address(part.strip()) for part in text.split(","))


def _one_line(text: str) -> str:
    if any(ord(sign) < 32 for sign in text):
        raise ValueError
    return text


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError
    return text.upper()


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError
    return text.lower() == "yes"


def _half_days(text: str) -> str:
    read_half_days(text)
    return text


def _existing_folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise ValueError
    return path


def _stored_secret(var: Path) -> str:
    """The secret of this installation, made once and readable by its owner only."""
    path = var / "secret"
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    var.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value + "\n")
    return value


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings from ``environment``.

    Raises SettingsError for a value that cannot be used and for an unknown ``BROBYGGER_`` name, because a
    misspelt setting that is silently ignored is a fault that nobody sees. ``BROBYGGER_TEST_…`` belongs to the tests.
    """
    seen: set[str] = set()

    def get(name: str, read: Callable[[str], Value], expected: str) -> Value | None:
        seen.add(PREFIX + name)
        text = environment.get(PREFIX + name, "").strip()
        if not text:
            return None
        try:
            return read(text)
        except ValueError:
            shown = "its value (not shown)" if any(part in name for part in _NOT_SHOWN) else repr(text)
            raise SettingsError(f"{PREFIX}{name}: {shown} cannot be used; expected {expected}.") from None

    port = _number(1, 65535)
    var = (get("VAR", Path, "a folder") or ROOT / "var").resolve()
    web_port = get("WEB_PORT", port, "a port number from 1 to 65535") or 8080
    web_host = get("WEB_HOST", str, "an address to listen on") or "127.0.0.1"
    public_url = get("PUBLIC_URL", _http, "an address such as https://chat.example.kommune.no")
    settings = Settings(
        var=var,
        knowledge=(get("KNOWLEDGE", Path, "a folder") or ROOT / "knowledge").resolve(),
        web_host=web_host,
        web_port=web_port,
        rasa_port=get("RASA_PORT", port, "a port number from 1 to 65535") or 5005,
        actions_port=get("ACTIONS_PORT", port, "a port number from 1 to 65535") or 5055,
        database_url=get("DATABASE_URL", _database, "sqlite:///… or postgresql://…") or f"sqlite:///{var}/record.db",
        dialogue_url=get("DIALOGUE_URL", _database, "sqlite:///… or postgresql://…") or f"sqlite:///{var}/dialogue.db",
        redis_url=get("REDIS_URL", _redis, "redis://host:port/number"),
        secret=get("SECRET", _secret, "at least 32 characters") or _stored_secret(var),
        today=get("TODAY", date.fromisoformat, "a day such as 2027-08-01"),
        municipality=get("MUNICIPALITY", str, "the slug of a municipality in knowledge/municipalities"),
        public_url=public_url or f"http://127.0.0.1:{web_port}",
        secure_cookies=(public_url or "").startswith("https://"),
        conversation_days=get("CONVERSATION_DAYS", _number(1, 3650), "days from 1 to 3650") or 21,
        case_days=get("CASE_DAYS", _number(1, 3650), "days from 1 to 3650") or 90,
        hours=get("HOURS", read_week, "always, or hours such as mon-fri 09:00-15:00")
        or read_week("mon-fri 09:00-15:00"),
        half_days_end=read_half_days(get("HALF_DAYS", _half_days, "a time such as 12:00, or closed") or "12:00"),
        deadline_u0_hours=get("DEADLINE_U0_HOURS", _number(1, 720), "hours from 1 to 720") or 1,
        deadline_u1_hours=get("DEADLINE_U1_HOURS", _number(1, 720), "hours from 1 to 720") or 6,
        deadline_u2_hours=get("DEADLINE_U2_HOURS", _number(1, 720), "hours from 1 to 720") or 18,
        messages_per_minute=get("MESSAGES_PER_MINUTE", _number(1, 100_000), "a number from 1 to 100000") or 60,
        conversations_per_minute=get("CONVERSATIONS_PER_MINUTE", _number(1, 100_000), "a number from 1 to 100000")
        or 30,
        learn_from_use=bool(get("LEARN_FROM_USE", _yes_or_no, "yes or no")),
        encoder=get("ENCODER", _existing_folder, "a folder that exists (docs/how-to/use-an-encoder.md)"),
        webhook_url=get("WEBHOOK_URL", _http, "an address such as https://hooks.example.no/brobygger"),
        webhook_secret=get("WEBHOOK_SECRET", _secret, "at least 32 characters"),
        translate_url=get("TRANSLATE_URL", _http, "the address of a LibreTranslate server of your own"),
        translate_key=get("TRANSLATE_KEY", str, "the key of that server"),
        log_level=get("LOG_LEVEL", _level, "DEBUG, INFO, WARNING or ERROR") or "INFO",
        local_accounts=get("LOCAL_ACCOUNTS", _yes_or_no, "yes or no") is not False,
        oidc_issuer=get("OIDC_ISSUER", _https, "an address such as https://id.example.kommune.no/realms/staff"),
        oidc_client_id=get("OIDC_CLIENT_ID", str, "the name of this client at the provider"),
        oidc_client_secret=get("OIDC_CLIENT_SECRET", str, "the secret of this client at the provider"),
        oidc_role_claim=get("OIDC_ROLE_CLAIM", str, "the name of a claim") or "roles",
        oidc_coordinator=get("OIDC_COORDINATOR", str, "a role or group") or "brobygger-coordinator",
        oidc_lead=get("OIDC_LEAD", str, "a role or group") or "brobygger-lead",
        oidc_auditor=get("OIDC_AUDITOR", str, "a role or group") or "brobygger-auditor",
        oidc_municipality_claim=get("OIDC_MUNICIPALITY_CLAIM", str, "the name of a claim"),
        audit_secret=get("AUDIT_SECRET", _secret, "at least 32 characters"),
        alert_language=get("ALERT_LANGUAGE", _one_of("nb", "nn", "en"), "nb, nn or en") or "nb",
        smtp_host=get("SMTP_HOST", _one_line, "the name of a mail server"),
        smtp_port=get("SMTP_PORT", port, "a port number from 1 to 65535") or 587,
        smtp_security=get("SMTP_SECURITY", _one_of("starttls", "tls", "none"), "starttls, tls or none") or "starttls",
        smtp_user=get("SMTP_USER", _one_line, "a user name"),
        smtp_password=get("SMTP_PASSWORD", _one_line, "a password"),
        smtp_from=get("SMTP_FROM", _address, "one e-mail address"),
        smtp_to=get("SMTP_TO", _addresses, "e-mail addresses with commas between them"),
        teams_url=get("TEAMS_URL", _http, "the address of a workflow"),
        slack_url=get("SLACK_URL", _http, "the address of an incoming webhook"),
        zammad_url=get("ZAMMAD_URL", _http, "an address such as https://helpdesk.example.no"),
        zammad_token=get("ZAMMAD_TOKEN", _one_line, "an access token"),
        zammad_group=get("ZAMMAD_GROUP", _one_line, "the name of a group"),
        zammad_customer=get("ZAMMAD_CUSTOMER", _address, "one e-mail address"),
    )
    unknown = sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and name not in seen and not name.startswith(PREFIX + "TEST_")
    )
    if PREFIX + "ANSWER_DEADLINE_HOURS" in unknown:
        raise SettingsError(
            f"{PREFIX}ANSWER_DEADLINE_HOURS is no setting any more: each urgency has its own now. Set "
            f"{PREFIX}DEADLINE_U0_HOURS, {PREFIX}DEADLINE_U1_HOURS and {PREFIX}DEADLINE_U2_HOURS "
            "(docs/how-to/set-opening-hours.md)."
        )
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting. The settings are listed in docs/operations.md.")
    ports = {"web": settings.web_port, "rasa": settings.rasa_port, "actions": settings.actions_port}
    if len(set(ports.values())) < len(ports):
        raise SettingsError("web, rasa and actions need three different ports: " + str(ports))
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingsError("BROBYGGER_WEBHOOK_URL needs BROBYGGER_WEBHOOK_SECRET, so that its messages can be signed.")
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise SettingsError("BROBYGGER_OIDC_ISSUER needs BROBYGGER_OIDC_CLIENT_ID and BROBYGGER_OIDC_CLIENT_SECRET.")
    if not settings.local_accounts and not settings.oidc_issuer:
        raise SettingsError("BROBYGGER_LOCAL_ACCOUNTS=no needs BROBYGGER_OIDC_ISSUER, else nobody could sign in.")
    _check_receivers(settings)
    return settings


def _check_receivers(settings: Settings) -> None:
    """What a receiver of news needs is set altogether, and no password goes over an open line."""
    if settings.smtp_host and not (settings.smtp_from and settings.smtp_to):
        raise SettingsError("BROBYGGER_SMTP_HOST needs BROBYGGER_SMTP_FROM and BROBYGGER_SMTP_TO.")
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise SettingsError("BROBYGGER_SMTP_USER and BROBYGGER_SMTP_PASSWORD are set together or not at all.")
    if settings.smtp_user and settings.smtp_security == "none":
        raise SettingsError(
            "BROBYGGER_SMTP_USER needs BROBYGGER_SMTP_SECURITY=starttls or tls: the password is secret."
        )
    if settings.zammad_url and not (settings.zammad_token and settings.zammad_group and settings.zammad_customer):
        raise SettingsError(
            "BROBYGGER_ZAMMAD_URL needs BROBYGGER_ZAMMAD_TOKEN, BROBYGGER_ZAMMAD_GROUP and BROBYGGER_ZAMMAD_CUSTOMER."
        )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once from its environment."""
    return read_settings(os.environ)
