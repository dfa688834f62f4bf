"""E-mail through a real mail server on loopback, with STARTTLS, TLS, login, and refusals."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.handoff.alerts import Wording
from bot.handoff.notifiers import News, NotDeliveredError
from bot.handoff.notify_email import EmailNotifier, MailServer

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LINK = "https://chat.example.kommune.no/console/cases/K-7F3B"
QUEUED = News("a" * 32, AT, "queued", "K-7F3B", "barnevern.what-is", "uk", "U0", LINK)
TO = ("kari@fjordvik.example.no", "per@fjordvik.example.no")
SENDER = "brobygger@fjordvik.example.no"
PASSWORD = "et langt passord"


class Mailbox:
    """What the server does with a message, and what it got."""

    def __init__(self) -> None:
        self.came: list[tuple[list[str], EmailMessage, bool]] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.came.append((envelope.rcpt_tos, message, server.transport.get_extra_info("sslcontext") is not None))
        return self.answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Encrypted(Controller):
    """Speaks STARTTLS; hands the context to each talk."""

    def __init__(self, handler: Any, context: ssl.SSLContext, **more: Any) -> None:
        self._tls = context
        super().__init__(handler, hostname="127.0.0.1", port=free_port(), **more)

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self._tls, **self.SMTP_kwargs)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


Start = Callable[..., Controller]


@pytest.fixture
def start(box: Mailbox, certificate: Path) -> Iterator[Start]:
    running: list[Controller] = []

    def make(security: str, **more: Any) -> Controller:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if security == "starttls":
            server: Controller = Encrypted(box, context, **more)
        else:
            tls = context if security == "tls" else None
            server = Controller(box, hostname="127.0.0.1", port=free_port(), ssl_context=tls, **more)
        server.start()
        running.append(server)
        return server

    yield make
    for server in running:
        server.stop()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def notifier(
    port: int, security: str = "none", user: str | None = None, password: str | None = None, language: str = "nb"
) -> EmailNotifier:
    server = MailServer("127.0.0.1", port, security, user, password)
    return EmailNotifier(server, SENDER, TO, Wording(language, lambda topic, language: f"Tittel {language}"))


def checked(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = (data.login, data.password) == (b"brobygger", PASSWORD.encode())
    return AuthResult(success=good, handled=good)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_message_arrives_over_each_kind_of_line(box: Mailbox, start: Start, security: str):
    notifier(start(security).port, security).send(QUEUED)
    ((recipients, message, encrypted),) = box.came
    assert tuple(recipients) == TO
    assert encrypted is (security != "none")
    assert message["From"] == SENDER
    assert message["Message-ID"] == f"<{QUEUED.id}@fjordvik.example.no>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Brobygger – STRAKS: En ny sak venter (K-7F3B)"


@pytest.mark.usefixtures("trusted")
def test_a_login_is_made_on_an_encrypted_line_and_a_wrong_one_is_told_by_its_code(box: Mailbox, start: Start):
    server = start("starttls", authenticator=checked, auth_required=True)
    notifier(server.port, "starttls", "brobygger", PASSWORD).send(QUEUED)
    assert len(box.came) == 1
    with pytest.raises(NotDeliveredError, match="smtp_535") as caught:
        notifier(server.port, "starttls", "brobygger", "feil").send(QUEUED)
    assert caught.value.only_this is False
    with pytest.raises(NotDeliveredError, match="smtp_530"):
        notifier(server.port, "starttls").send(QUEUED)


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(box: Mailbox, start: Start):
    for security in ("starttls", "tls"):
        with pytest.raises(NotDeliveredError, match="SSLCertVerificationError"):
            notifier(start(security).port, security).send(QUEUED)
    assert box.came == []


def test_a_server_without_encryption_gets_nothing_where_it_is_wanted(box: Mailbox, start: Start):
    with pytest.raises(NotDeliveredError, match="SMTPNotSupportedError"):
        notifier(start("none").port, "starttls").send(QUEUED)
    assert box.came == []


def test_one_address_that_is_refused_does_not_keep_it_from_the_other(box: Mailbox, start: Start):
    server = start("none")
    box.refused = {TO[0]: "550 no such user"}
    notifier(server.port).send(QUEUED)
    assert box.came[0][0] == [TO[1]]
    box.refused = dict.fromkeys(TO, "451 try later")
    with pytest.raises(NotDeliveredError, match="smtp_451"):
        notifier(server.port).send(QUEUED)
    box.refused = {}
    box.answer = "452 full"
    with pytest.raises(NotDeliveredError, match="smtp_452"):
        notifier(server.port).send(QUEUED)


def test_a_server_that_is_away_is_told_by_its_code():
    with pytest.raises(NotDeliveredError, match="ConnectionRefusedError") as caught:
        notifier(free_port()).send(QUEUED)
    assert TO[0] not in str(caught.value)


@pytest.mark.parametrize(
    ("language", "waits"), [("nb", "En ny sak venter"), ("nn", "Ei ny sak ventar"), ("en", "A new case is waiting")]
)
def test_it_is_written_in_the_language_that_is_set(language: str, waits: str):
    message = notifier(1, language=language).message(QUEUED)
    body = message.get_content()
    assert waits in message["Subject"]
    for words in (waits, "K-7F3B", f"Tittel {language}", LINK):
        assert words in body
    assert "uk" not in body.split()  # the language has its name
    assert "\nBcc" not in message.as_string()
