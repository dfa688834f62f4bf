"""Which receivers of news the settings name; several at once, or none."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.handoff.alerts import TitleOf, Wording
from bot.handoff.notifiers import Receiver
from bot.handoff.notify_chat import SlackNotifier, TeamsNotifier
from bot.handoff.notify_email import EmailNotifier, MailServer
from bot.handoff.notify_webhook import WebhookNotifier
from bot.handoff.notify_zammad import ZammadNotifier
from bot.settings import Settings


def make_receivers(settings: Settings, title_of: TitleOf = lambda topic, language: None) -> tuple[Receiver, ...]:
    """The receivers in a fixed order. Of an address only the host is shown: the rest is the key to a channel."""
    wording = Wording(settings.alert_language, title_of)
    made: list[Receiver] = []
    if settings.smtp_host and settings.smtp_from and settings.smtp_to:
        login = (settings.smtp_user, settings.smtp_password)
        server = MailServer(settings.smtp_host, settings.smtp_port, settings.smtp_security, *login)
        mail = EmailNotifier(server, settings.smtp_from, settings.smtp_to, wording)
        made.append(Receiver("email", ", ".join(settings.smtp_to), mail))
    if settings.teams_url:
        made.append(Receiver("teams", _host(settings.teams_url), TeamsNotifier(settings.teams_url, wording)))
    if settings.slack_url:
        made.append(Receiver("slack", _host(settings.slack_url), SlackNotifier(settings.slack_url, wording)))
    if settings.zammad_url and settings.zammad_token and settings.zammad_group and settings.zammad_customer:
        key = (settings.zammad_token, settings.zammad_group, settings.zammad_customer)
        made.append(Receiver("zammad", _host(settings.zammad_url), ZammadNotifier(settings.zammad_url, *key, wording)))
    if settings.webhook_url and settings.webhook_secret:
        hook = WebhookNotifier(settings.webhook_url, settings.webhook_secret)
        made.append(Receiver("webhook", _host(settings.webhook_url), hook))
    return tuple(made)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
