"""The receivers of news as the web process knows them: with the titles of topics, which the record does not know."""

from __future__ import annotations

from bot.guidance.guide import UnknownTopic
from bot.handoff.notifiers import Receiver
from bot.handoff.receivers import make_receivers
from bot.web.services import Services


def receivers_of(services: Services) -> tuple[Receiver, ...]:
    """The receivers that the settings name."""

    def title_of(topic: str, language: str) -> str | None:
        try:
            return services.guide.title(topic, language)
        except UnknownTopic:
            return None

    return make_receivers(services.settings, title_of)
