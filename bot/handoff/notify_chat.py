"""News into a channel of Microsoft Teams or Slack, in the form that each of them documents."""

from __future__ import annotations

import json
from typing import Any

from bot.handoff.alerts import Alert, Wording
from bot.handoff.notifiers import News, call


class TeamsNotifier:
    """Posts to a workflow of Teams ("when a webhook request is received"): a message with one Adaptive Card.

    https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
    """

    def __init__(self, url: str, wording: Wording) -> None:
        self._url = url
        self._wording = wording

    def send(self, news: News) -> None:
        """Post the card; a workflow answers 202."""
        call("POST", self._url, body=_json(teams_message(self._wording.alert(news))))


class SlackNotifier:
    """Posts to an incoming webhook of Slack: blocks, and a line of text for the notification.

    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    """

    def __init__(self, url: str, wording: Wording) -> None:
        self._url = url
        self._wording = wording

    def send(self, news: News) -> None:
        """Post the blocks; Slack answers 200."""
        call("POST", self._url, body=_json(slack_message(self._wording.alert(news))))


def teams_message(alert: Alert) -> dict[str, Any]:
    """The message as Teams wants it. Version 1.4 of the card is what its clients on telephones show."""
    title: dict[str, Any] = {"type": "TextBlock", "text": alert.subject, "weight": "bolder", "size": "medium"}
    title |= {"wrap": True, "color": "attention" if alert.is_urgent else "default"}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            title,
            {"type": "FactSet", "facts": [{"title": name, "value": value} for name, value in alert.facts]},
            {"type": "TextBlock", "text": alert.closing, "wrap": True, "isSubtle": True, "size": "small"},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": alert.link_title, "url": alert.link}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def slack_message(alert: Alert) -> dict[str, Any]:
    """The message as Slack wants it; ``&``, ``<`` and ``>`` in our words are written so that they mean nothing."""
    facts = "\n".join(f"*{_escaped(name)}:* {_escaped(value)}" for name, value in alert.facts)
    link = f"<{_escaped(alert.link)}|{_escaped(alert.link_title)}>"
    return {
        "text": _escaped(alert.subject),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": alert.subject[:150], "emoji": False}},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"{facts}\n{link}"[:3000], "verbatim": True}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": _escaped(alert.closing), "verbatim": True}]},
        ],
    }


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
