"""Consent prompts in words: a message of kind ``consent`` from a prompt of the state machine."""

from __future__ import annotations

from dataclasses import dataclass

from bot.guidance.model import Choice, Context, Message
from bot.handoff.consent import Draft, Prompt, Step, data_key
from bot.privacy.durations import Durations
from bot.texts import Text, text, texts

NOTICE_KEYS = ("consent.notice", "consent.purpose", "consent.recipient", "consent.confirm.question")

PAGE_BUTTONS = {"leave": "chat.leave_short", "delete": "chat.delete", "more": "chat.more"}
SPECIAL_NUMBERS = {
    "minor": ("emergency.child-line", "emergency.kors-paa-halsen"),
    "hidden_address": ("emergency.police", "emergency.violence-line", "contact:krisesenter"),
}
"""Telephone numbers (facts) that stand under the words about what no robot can settle."""


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
    if prompt.lead:
        parts.append(text(prompt.lead, language, **_buttons(language)).value)
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
    keys = [data_key(category) for category in prompt.data]
    language = texts().first_language((*NOTICE_KEYS, *keys), language)
    values = {"summary": draft.summary, "contact": draft.contact or "", "name": draft.name or ""}
    values |= {"safe": _safe_words(draft, language), "special": _special_words(draft, language)}
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


def _safe_words(draft: Draft, language: str) -> str:
    """What she pressed and wrote about calling and writing, in the words of the buttons."""
    said = []
    if draft.calls and draft.calls != "yes":
        said.append(text(f"consent.safe.calls.option.{draft.calls}", language).value)
    if draft.times:
        said.append(draft.times)
    if draft.reveal is not None:
        said.append(text(f"consent.safe.reveal.option.{'yes' if draft.reveal else 'no'}", language).value)
    return "; ".join(said)


def _special_words(draft: Draft, language: str) -> str:
    return text(f"consent.safe.special.option.{draft.special}", language).value if draft.special else ""


def _buttons(language: str) -> dict[str, str]:
    """Names of buttons of the page that a sentence may point to."""
    return {name: text(key, language).value for name, key in PAGE_BUTTONS.items()}


def _say(key: str, language: str, prompt: Prompt) -> Text:
    return text(key, language, summary=prompt.draft.summary)
