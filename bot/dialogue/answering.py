"""From what Rasa hands over to what guidance needs: a context and an understanding. Free of Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from bot.guidance.model import SITUATIONS, Audience, Band, Context, Understanding
from bot.languages import languages
from bot.settings import Settings

OLDEST_CHILD = 25
"""Years; a larger age in metadata is a mistake and is left out."""
KINDS_OF_INTENTS = {"nlu_fallback": "unclear"}


def read_context(said: Mapping[str, Any], settings: Settings, municipalities: frozenset[str]) -> Context:
    """The reader's context from a message's metadata; what is missing or not usable becomes a safe default."""
    tag = said.get("language")
    municipality = said.get("municipality")
    age = said.get("child_age")
    last = said.get("last_topic")
    return Context(
        language=(languages().resolve(tag) if isinstance(tag, str) else None) or "nb",
        on=_day(said.get("on")) or settings.on(),
        municipality=municipality
        if isinstance(municipality, str) and municipality in municipalities
        else settings.municipality,
        audience=cast(Audience, "staff" if said.get("audience") == "staff" else "parent"),
        situation=said.get("situation") if said.get("situation") in SITUATIONS else None,
        child_age=age if isinstance(age, int) and not isinstance(age, bool) and 0 <= age <= OLDEST_CHILD else None,
        asked_day=said.get("asked_day") is True,
        last_topic=last if isinstance(last, str) else None,
        asked=_asked(said.get("asked")),
    )


def read_misses(said: Mapping[str, Any]) -> int:
    """How many messages in a row were not understood before this one."""
    misses = said.get("misses")
    return misses if isinstance(misses, int) and not isinstance(misses, bool) and misses > 0 else 0


def read_understanding(parsed: Mapping[str, Any], slots: Mapping[str, Any], language: str) -> Understanding:
    """What was understood: the classifier's own object, or for a payload its intent and its topic.

    A payload (``/ask{"topic": "sfo.cost"}``) never passes the classifier; only then is the slot read, which would
    otherwise repeat the last button's topic.
    """
    raw = parsed.get("understanding")
    if isinstance(raw, Mapping):
        return Understanding.from_dict(raw)
    intent = str((parsed.get("intent") or {}).get("name") or "nlu_fallback")
    kind = KINDS_OF_INTENTS.get(intent, intent)
    topic = slots.get("topic") if kind == "ask" else None
    topics = ((str(topic), 1.0),) if topic else ()
    return Understanding(kind=kind, topics=topics, band="sure" if topics else "none", language=language, confidence=1.0)


def keep_answerable(understood: Understanding, topics: frozenset[str]) -> Understanding:
    """Drop topics without an article for this reader; a lost first topic is never replaced by a sure second one."""
    kept = tuple(entry for entry in understood.topics if entry[0] in topics)
    if kept == understood.topics:
        return understood
    band: Band = understood.band
    if band != "none" and kept[:1] != understood.topics[:1]:
        band = "unsure" if kept else "none"
    kind = "unclear" if understood.kind == "ask" and not kept else understood.kind
    return replace(understood, topics=kept, band=band, kind=kind)


def _asked(raw: object) -> tuple[str, ...]:
    return tuple(entry for entry in raw if isinstance(entry, str)) if isinstance(raw, list) else ()


def _day(raw: object) -> date | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
