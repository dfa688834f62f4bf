"""News by e-mail, over the municipality's own mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.handoff.alerts import Wording
from bot.handoff.notifiers import News, NotDeliveredError

TIMEOUT_SECONDS = 8.0
"""For each step of the talk with the mail server."""


@dataclass(frozen=True)
class MailServer:
    """How the mail server is reached. ``security`` is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None


class EmailNotifier:
    """Sends one message to all addresses; the server's certificate must be good."""

    def __init__(self, server: MailServer, sender: str, recipients: Sequence[str], wording: Wording) -> None:
        self._server = server
        self._sender = sender
        self._recipients = tuple(recipients)
        self._wording = wording

    def send(self, news: News) -> None:
        """Send the message; an address that is refused does not keep it from the others.

        Raises NotDeliveredError when nobody got it.
        """
        message = self.message(news)
        try:
            with self._connect() as mail:
                mail.send_message(message, self._sender, self._recipients)
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted(code for code, _ in error.recipients.values())
            raise NotDeliveredError(f"smtp_{codes[0]}") from None  # its text holds the addresses
        except smtplib.SMTPResponseException as error:
            raise NotDeliveredError(f"smtp_{error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDeliveredError(type(error).__name__) from None

    def message(self, news: News) -> EmailMessage:
        """The message as it is sent. Its number is the news' own, so that a mail server can tell a repeated one."""
        alert = self._wording.alert(news)
        message = EmailMessage(policy=SMTP)
        message["Subject"] = alert.subject
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = format_datetime(news.at.astimezone(UTC))
        message["Message-ID"] = f"<{news.id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if alert.is_urgent:
            message["Importance"] = "high"
        message.set_content(alert.plain)
        return message

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.security == "tls":
            mail: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            mail = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.security == "starttls":
                mail.starttls(context=context)
            if server.user and server.password:
                mail.login(server.user, server.password)
        except BaseException:
            mail.close()
            raise
        return mail
