"""Ready phrases of coordinators: written once in every language, sent with one press, read by both in their own.

A phrase is a key of the locale files (``phrase.<name>``); the parent reads it in her language and the coordinator sees
the same key in hers, so that neither reads a machine's translation of the moment. A question carries its answers as
buttons (payload ``phrase:<question>:<answer>``), which come back the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.guidance.model import Choice, Message
from bot.languages import languages
from bot.texts import Text, text
from bot.web.times import QUESTION as TIMES
from bot.web.times import time_title

YES_NO: Final = ("yes", "no", "not_sure")
DAYTIME: Final = ("morning", "midday", "afternoon", "not_sure")
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "q_danger": YES_NO,
    "q_alone": YES_NO,
    "q_call": YES_NO,
    "q_when": DAYTIME,
    "q_interpreter": YES_NO,
    "q_meeting": YES_NO,
    "q_understand": YES_NO,
    "q_more": YES_NO,
}
"""Questions that are answered by a button, with the answers (``phrase.a_<answer>``) in the order shown."""
SENTENCES: Final = (
    "hello",
    "thanks",
    "hard",
    "take_time",
    "may_refuse",
    "not_shared",
    "no_numbers",
    "not_decide",
    "read_letter",
    "letter_who",
    "letter_date",
    "which_service",
    "child_age",
    "moment",
    "back_today",
    "back_tomorrow",
    "danger_numbers",
    "bring_letter",
    "pass_on",
    "closing",
)
"""Phrases without buttons, in the order a conversation has them."""
PHRASES: Final = (*SENTENCES, *QUESTIONS)


@dataclass(frozen=True)
class Phrase:
    """One phrase side by side: as the coordinator reads it and as the parent will."""

    name: str
    own: Text
    theirs: Text
    answers: tuple[str, ...]


def phrases(coordinator: str, parent: str) -> tuple[Phrase, ...]:
    """Every phrase in the languages of both."""
    return tuple(
        Phrase(
            name,
            text(f"phrase.{name}", coordinator),
            text(f"phrase.{name}", parent),
            tuple(text(f"phrase.a_{answer}", coordinator).value for answer in QUESTIONS.get(name, ())),
        )
        for name in PHRASES
    )


def phrase_body(name: str, language: str) -> dict[str, Any]:
    """The message that carries a phrase to a parent. Raises KeyError for a name that is no phrase."""
    if name not in PHRASES:
        raise KeyError(name)
    said = text(f"phrase.{name}", language)
    choices = tuple(
        Choice(text(f"phrase.a_{answer}", said.language).value, f"phrase:{name}:{answer}")
        for answer in QUESTIONS.get(name, ())
    )
    return Message("notice", said.value, said.language, said.direction, choices=choices).to_dict() | {"phrase": name}


def answer_key(value: str) -> str | None:
    """The locale key of a pressed answer, from what follows ``phrase:`` in its payload; None for what is none."""
    question, _, answer = value.partition(":")
    return f"phrase.a_{answer}" if answer in QUESTIONS.get(question, ()) else None


def answer_title(value: str, language: str) -> str | None:
    """What a pressed answer says in a language, from what follows ``phrase:`` in its payload; None for what is none."""
    question, _, answer = value.partition(":")
    if question == TIMES:
        return time_title(answer, language)
    key = answer_key(value)
    return text(key, language).value if key else None


def meaning(body: Mapping[str, Any], language: str) -> Text | None:
    """What a stored message says in the coordinator's language, where it was a phrase or the answer to one."""
    if body.get("phrase") in PHRASES:
        return text(f"phrase.{body['phrase']}", language)
    if body.get("phrase") == TIMES:
        offered = [answer_title(str(c["payload"]).partition(":")[2], language) for c in body.get("choices", ())]
        words = text("bridge.when", language)
        return replace(words, value=" ".join((words.value, " / ".join(title for title in offered if title))))
    if body.get("bridge") == "ask":
        return text("bridge.ask", language)
    name, _, value = str(body.get("choice", "")).partition(":")
    if name == "bridge" and value.rpartition(":")[2] in ("yes", "no", "stop"):
        return text(f"bridge.{value.rpartition(':')[2]}", language)
    title = answer_title(value, language) if name == "phrase" else None
    return Text(title, language, languages()[language].direction, is_fallback=False) if title else None
