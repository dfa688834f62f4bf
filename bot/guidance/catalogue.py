"""The two lists that everything else refers to: topics (knowledge/topics.yml) and sources (knowledge/sources.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.guidance.articles import AUDIENCES
from bot.guidance.facts import CERTAINTIES
from bot.guidance.reading import Record


@dataclass(frozen=True)
class Topic:
    """Something people ask. ``id`` is ``area.name`` and permanent; ``must`` = needed before a language is offered."""

    id: str
    area: str
    audience: str
    must: bool
    asks: str
    line: int

    def is_for(self, audience: str) -> bool:
        """Tell whether an audience asks this."""
        return self.audience in ("both", audience)


@dataclass(frozen=True)
class Source:
    """Where a text or a value comes from."""

    id: str
    title: str
    url: str
    publisher: str
    law: bool
    checked: date
    certainty: str
    line: int


def read_topics(record: Record) -> dict[str, Topic]:
    """Read ``topics.yml``; raises KnowledgeError."""
    topics: dict[str, Topic] = {}
    for area in record:
        names = record.record(area)
        for name in names:
            entry = names.record(name)
            entry.only("for", "must", "asks")
            topics[f"{area}.{name}"] = Topic(
                id=f"{area}.{name}",
                area=area,
                audience=entry.one_of("for", AUDIENCES),
                must=entry.flag("must"),
                asks=entry.text("asks"),
                line=names.lines[name],
            )
    return topics


def read_sources(record: Record) -> dict[str, Source]:
    """Read ``sources.yml``; raises KnowledgeError."""
    sources: dict[str, Source] = {}
    for key in record:
        entry = record.record(key)
        entry.only("title", "url", "publisher", "law", "checked", "certainty")
        url = entry.text("url")
        if not url.startswith(("https://", "http://")):
            raise entry.error("url", f"the address is {url!r}.", "A reader must be able to open it.", "Write https://…")
        sources[key] = Source(
            id=key,
            title=entry.text("title"),
            url=url,
            publisher=entry.text("publisher", ""),
            law=entry.flag("law"),
            checked=entry.day("checked"),
            certainty=entry.one_of("certainty", CERTAINTIES, "A"),
            line=record.lines[key],
        )
    return sources
