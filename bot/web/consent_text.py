"""Consent prompts in words: a message of kind ``consent`` from a prompt of the state machine."""

from __future__ import annotations

from dataclasses import dataclass

from bot.guidance.model import Choice, Context, Message
from bot.handoff.consent import Prompt, Step
from bot.privacy.durations import Durations
from bot.texts import Text, text, texts

NOTICE_KEYS = ("consent.notice", "consent.purpose", "consent.recipient", "consent.confirm.question")


@dataclass(frozen=True)
class Notice:
    """The whole notice as she saw it: its exact text and the language it is in."""

    text: str
    language: str


def prompt_message(prompt: Prompt, context: Context, durations: Durations, before: str = "") -> Message:
    """Render the open question; ``before`` is a sentence that stands above it."""
    language = texts().first_language((prompt.question, *(o.key for o in prompt.options)), context.language)
    question = _say(prompt.question, language, prompt)
    parts = [before] if before else []
    if prompt.step is Step.CONFIRM:
        parts.append(notice(prompt, language, durations).text)
    parts.append(question.value)
    if prompt.hint:
        parts.append(text(prompt.hint, language).value)
    return Message(
        kind="consent",
        text="\n\n".join(parts),
        language=question.language,
        direction=question.direction,
        choices=tuple(Choice(text(o.key, language).value, prompt.payload(o)) for o in prompt.options),
        notices=("fallback_language",) if language != context.language else (),
    )


def notice(prompt: Prompt, language: str, durations: Durations) -> Notice:
    """Render the notice, wholly in one language: what, what not, to whom, what for, how long, how to take it back."""
    draft = prompt.draft
    keys = [f"consent.data.{category}" for category in prompt.data]
    language = texts().first_language((*NOTICE_KEYS, *keys), language)
    values = {"summary": draft.summary, "contact": draft.contact or "", "name": draft.name or ""}
    listed = "\n".join("- " + text(key, language, **values).value for key in keys)
    rest = "rest" if draft.share == "conversation" else "earlier"
    said = text(
        "consent.notice",
        language,
        data=listed,
        not_shared=text(f"consent.not_shared.{rest}", language).value,
        recipient=text("consent.recipient", language).value,
        purpose=text("consent.purpose", language).value,
        days=durations.case_days,
    )
    return Notice(said.value, said.language)


def _say(key: str, language: str, prompt: Prompt) -> Text:
    return text(key, language, summary=prompt.draft.summary)
