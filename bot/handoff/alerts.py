"""What a piece of news says to a person: a subject, a few facts and a link, in one language of the staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale

from bot.handoff.notifiers import News
from bot.languages import languages
from bot.texts import TextError, text

TitleOf = Callable[[str, str], str | None]
"""Gives the title of a topic in a language; None when it is not known."""


@dataclass(frozen=True)
class Alert:
    """The words of one piece of news. ``facts`` are (name, value); none of them is about a person."""

    subject: str
    facts: tuple[tuple[str, str], ...]
    link: str
    link_title: str
    closing: str
    is_urgent: bool

    @property
    def plain(self) -> str:
        """All of it as plain text, without the subject."""
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts)
        return f"{facts}\n\n{self.link_title}:\n{self.link}\n\n{self.closing}\n"


class Wording:
    """Puts news into words. ``title_of`` gives the titles of topics, which live in a layer above this one."""

    def __init__(self, language: str, title_of: TitleOf) -> None:
        self._language = language
        self._title_of = title_of

    def alert(self, news: News) -> Alert:
        """The words for one piece of news; an event that nobody has found words for yet is told all the same."""
        event = self._event(news.event)
        return Alert(
            subject=self._text("alert.subject_urgent" if news.urgency == "U0" else "alert.subject", event, news.case),
            facts=tuple(self._facts(news, event)),
            link=news.link,
            link_title=self._say("alert.test_open" if news.event == "test" else "alert.open"),
            closing=self._say("alert.closing"),
            is_urgent=news.urgency == "U0",
        )

    def _facts(self, news: News, event: str) -> list[tuple[str, str]]:
        urgency = f"console.urgency.{news.urgency.lower()}" if news.urgency else None
        topic = (self._title_of(news.topic, self._language) or news.topic) if news.topic else None
        found = (
            ("alert.fact.event", event),
            ("alert.fact.case", news.case),
            ("alert.fact.urgency", self._say(urgency) if urgency else None),
            ("alert.fact.topic", topic),
            ("alert.fact.language", self._language_name(news.language) if news.language else None),
        )
        return [(self._say(name), value) for name, value in found if value]

    def _event(self, code: str) -> str:
        try:
            return self._say(f"alert.event.{code}")
        except TextError:
            return self._say("alert.event.something")

    def _language_name(self, code: str) -> str:
        known = languages().get(code)
        names = Locale.parse(languages()[self._language].formats).languages
        name: str | None = names.get(code) or (names.get(known.formats) if known else None)
        return name or (known.english if known else code)

    def _text(self, key: str, event: str, case: str) -> str:
        return text(key, self._language, event=event, case=case).value

    def _say(self, key: str) -> str:
        return text(key, self._language).value
