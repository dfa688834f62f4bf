"""The payloads of choices (docs: design of the HTTP interface), read strictly; anything else is an old button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.guidance.guide import Guide, UnknownTopic
from bot.guidance.model import SITUATIONS
from bot.handoff.consent import Prompt
from bot.handoff.further import ANSWERS
from bot.handoff.records import Conversation
from bot.languages import Languages
from bot.texts import TextError, text
from bot.web.further_text import answer_key as further_key
from bot.web.phrases import answer_title

OLDEST_CHILD: Final = 25
PLAIN: Final = ("human", "yes", "no", "again", "norwegian")
NAMED: Final = ("topic", "area", "language", "situation", "age", "consent", "phrase", "bridge", "further")


@dataclass(frozen=True)
class Payload:
    """A pressed button: ``name`` is one of the payload names, or ``old`` for what nobody knows (any more)."""

    name: str
    value: str = ""


def read_payload(raw: str, languages: Languages) -> Payload:
    """Read a payload as it came; never raises."""
    name, colon, value = raw.partition(":")
    if not colon:
        return Payload(name) if name in PLAIN else Payload("old")
    if name not in NAMED or not value:
        return Payload("old")
    if name == "situation" and value not in SITUATIONS:
        return Payload("old")
    if name == "age" and not (value.isascii() and value.isdigit() and int(value[:4]) <= OLDEST_CHILD):
        return Payload("old")
    if name == "phrase" and answer_title(value, "nb") is None:
        return Payload("old")
    if name == "bridge" and value.rpartition(":")[2] not in ("yes", "no", "stop"):
        return Payload("old")
    if name == "further" and value.partition(":")[2] not in ANSWERS:
        return Payload("old")
    if name == "language":
        code = languages.resolve(value)
        return Payload(name, code) if code and languages[code].is_offered else Payload("old")
    return Payload(name, value)


def title_of(
    payload: Payload, conversation: Conversation, guide: Guide, languages: Languages, prompt: Prompt | None
) -> str:
    """Return what the button said, for the history; ``…`` where nobody knows any more."""
    language = conversation.language
    try:
        if payload.name == "topic":
            return guide.title(payload.value, language, conversation.audience)
        if payload.name == "consent" and prompt is not None:
            pressed = f"consent:{payload.value}"
            return next(
                (text(option.key, language).value for option in prompt.options if prompt.payload(option) == pressed),
                "…",
            )
        if payload.name == "language":
            return languages[payload.value].name
        if payload.name == "further":
            return text(further_key(payload.value.partition(":")[2]), language).value
        if payload.name == "phrase":
            return answer_title(payload.value, language) or "…"
        if payload.name == "bridge":
            return text(f"bridge.{payload.value.rpartition(':')[2]}", language).value
        if payload.name in ("area", "situation"):
            return text(f"{payload.name}.{payload.value}", language).value
        if payload.name == "age":
            return text("age.exact", language, years=payload.value).value
        if payload.name in PLAIN:
            return text(f"choice.{payload.name}", language).value
    except (TextError, UnknownTopic, KeyError):
        return "…"
    return "…"
