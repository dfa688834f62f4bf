"""The words of news, and the forms that Teams and Slack document."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.handoff.alerts import Wording
from bot.handoff.notifiers import News
from bot.handoff.notify_chat import slack_message, teams_message
from bot.handoff.tables import URGENCIES

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LINK = "https://chat.example.kommune.no/console/cases/K-7F3B"
EVENTS = ("queued", "returned", "overdue", "withdrawn", "deleted", "urgent", "reminder", "escalated", "message", "test")


def news(event: str = "queued", urgency: str | None = "U1", topic: str | None = "barnehage.cost") -> News:
    return News("a" * 32, AT, event, "K-7F3B", topic, "uk" if topic else None, urgency, LINK)


def wording(language: str = "nb") -> Wording:
    return Wording(language, lambda topic, language: "Pris & <betaling>")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_event_has_words_of_its_own_in_every_language(language: str):
    subjects = {wording(language).alert(news(event)).subject for event in EVENTS}
    assert len(subjects) == len(EVENTS)
    other = wording(language).alert(news("something_new"))
    assert other.subject not in subjects
    assert "K-7F3B" in other.subject
    assert "something_new" not in other.plain


def test_what_is_gone_has_neither_topic_nor_language_nor_urgency():
    alert = wording().alert(news("deleted", None, None))
    assert [name for name, _ in alert.facts] == ["Hva", "Sak"]


def test_only_danger_is_marked():
    assert [wording().alert(news(urgency=urgency)).is_urgent for urgency in URGENCIES] == [True, False, False]


def test_teams_gets_a_message_with_one_adaptive_card():
    message = teams_message(wording().alert(news()))
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["$schema"]) == ("AdaptiveCard", "http://adaptivecards.io/schemas/adaptive-card.json")
    assert [part["type"] for part in card["body"]] == ["TextBlock", "FactSet", "TextBlock"]
    assert {"title": "Tema", "value": "Pris & <betaling>"} in card["body"][1]["facts"]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Åpne saken", "url": LINK}]
    assert len(json.dumps(message)) < 28_000


def test_slack_gets_blocks_in_which_our_words_mean_nothing():
    message = slack_message(wording().alert(news()))
    assert "K-7F3B" in message["text"]
    assert [block["type"] for block in message["blocks"]] == ["header", "section", "context"]
    assert message["blocks"][0]["text"]["type"] == "plain_text"
    body = message["blocks"][1]["text"]["text"]
    assert "Pris &amp; &lt;betaling&gt;" in body
    assert f"<{LINK}|Åpne saken>" in body
