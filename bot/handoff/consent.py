"""The steps of consent: a pure function, no I/O and no words for users (their locale keys only).

share -> summary (only for a summary) -> reach -> contact (only phone, email) -> language -> interpreter
-> name -> confirm.

Every step can be answered with a refusal, which ends in ``declined``. An answer to another step than the open one
changes nothing: the open step is shown again. Text counts only where the step takes it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

import phonenumbers

SUMMARY_LIMIT = 600
NAME_LIMIT = 80
CONTACT_LIMIT = 254
STOP = "stop"
"""Refuses at every step. ``no`` refuses too, except at ``interpreter``, where it answers the question."""


class Step(StrEnum):
    """The open question; the last two are ends."""

    SHARE = "share"
    SUMMARY = "summary"
    REACH = "reach"
    CONTACT = "contact"
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    NAME = "name"
    CONFIRM = "confirm"
    GIVEN = "given"
    DECLINED = "declined"


class Effect(StrEnum):
    """What an event did."""

    NEXT = "next"  # answered: the prompt is the next question
    GIVEN = "given"  # she said yes to the whole notice
    DECLINED = "declined"  # nothing is passed on
    STALE = "stale"  # not an answer to the open step: show the prompt again
    INVALID = "invalid"  # a text that cannot be what was asked for: say so, show the prompt again
    NOT_TAKEN = "not_taken"  # a text that no step asks for: answer it as usual, then show the prompt again


@dataclass(frozen=True)
class Draft:
    """How far she has come and what she has chosen. ``writing``: she chose to write a summary or a name."""

    step: Step = Step.SHARE
    writing: bool = False
    share: str | None = None
    summary: str = ""
    reach: str | None = None
    contact: str | None = None
    language: str | None = None
    interpreter: bool | None = None
    name: str | None = None


@dataclass(frozen=True)
class Answer:
    """A choice: the step it was offered for and what was chosen."""

    step: str
    answer: str


@dataclass(frozen=True)
class Written:
    """A text that was typed."""

    text: str


@dataclass(frozen=True)
class Option:
    """A button of a prompt: the answer in its payload and the locale key of its title."""

    answer: str
    key: str


@dataclass(frozen=True)
class Prompt:
    """The open question of a case. ``data`` are the categories that would be passed on, known at ``confirm``.

    ``question`` and ``hint`` are locale keys; ``hint`` stands only where text is taken. ``draft`` holds the values.
    """

    case: str
    step: Step
    question: str
    options: tuple[Option, ...]
    takes_text: bool
    hint: str | None
    data: tuple[str, ...]
    draft: Draft

    def payload(self, option: Option) -> str:
        """The payload of the button for ``option``."""
        return f"consent:{self.case}:{self.step.value}:{option.answer}"


@dataclass(frozen=True)
class Moved:
    """What ``step`` gives: the new draft and what happened."""

    draft: Draft
    effect: Effect


_REFUSE = Option("no", "consent.option.refuse")
_OPTIONS: dict[Step, tuple[Option, ...]] = {
    Step.SHARE: (
        Option("contact_only", "consent.share.option.contact_only"),
        Option("summary", "consent.share.option.summary"),
        Option("conversation", "consent.share.option.conversation"),
        _REFUSE,
    ),
    Step.SUMMARY: (
        Option("ok", "consent.summary.option.ok"),
        Option("edit", "consent.summary.option.edit"),
        _REFUSE,
    ),
    Step.REACH: (
        Option("chat", "consent.reach.option.chat"),
        Option("phone", "consent.reach.option.phone"),
        Option("email", "consent.reach.option.email"),
        _REFUSE,
    ),
    Step.CONTACT: (_REFUSE,),
    Step.LANGUAGE: (
        Option("keep", "consent.language.option.keep"),
        Option("nb", "consent.language.option.nb"),
        Option("en", "consent.language.option.en"),
        _REFUSE,
    ),
    Step.INTERPRETER: (
        Option("yes", "consent.interpreter.option.with"),
        Option("no", "consent.interpreter.option.without"),
        Option(STOP, "consent.option.refuse"),
    ),
    Step.NAME: (
        Option("skip", "consent.name.option.skip"),
        Option("write", "consent.name.option.write"),
        _REFUSE,
    ),
    Step.CONFIRM: (Option("yes", "consent.confirm.option.accept"), Option("no", "consent.confirm.option.refuse")),
}
OPEN_STEPS = tuple(_OPTIONS)


def takes_text(draft: Draft) -> bool:
    """A typed text is the answer to the open step."""
    return draft.step is Step.CONTACT or (draft.writing and draft.step in (Step.SUMMARY, Step.NAME))


def data_categories(draft: Draft) -> tuple[str, ...]:
    """The categories of what would be passed on; their words are ``consent.data.<category>``."""
    found = ["request"]
    if draft.share == "summary":
        found.append("summary")
    if draft.share == "conversation":
        found.append("conversation")
    if draft.reach in ("phone", "email"):
        found.append(draft.reach)
    found.append("language")
    if draft.name:
        found.append("name")
    found.append("messages")
    return tuple(found)


def prompt(case: str, draft: Draft) -> Prompt | None:
    """The open question of a draft, or None when consent is given or declined."""
    if draft.step not in _OPTIONS:
        return None
    question = f"consent.{draft.step.value}.question"
    options = _OPTIONS[draft.step]
    hint = None
    if draft.step is Step.CONTACT:
        question = f"consent.contact.question_{draft.reach}"
        hint = f"consent.text_hint.{draft.reach}"
    elif takes_text(draft):
        question = f"consent.{draft.step.value}.question_text"
        hint = f"consent.text_hint.{draft.step.value}"
        options = tuple(option for option in options if option.answer not in ("edit", "write"))
    data = data_categories(draft) if draft.step is Step.CONFIRM else ()
    return Prompt(case, draft.step, question, options, takes_text(draft), hint, data, draft)


def step(draft: Draft, event: Answer | Written) -> Moved:
    """Move a draft by one event. Total: every draft and event has a result, none raises."""
    if draft.step not in _OPTIONS:
        return Moved(draft, Effect.STALE if isinstance(event, Answer) else Effect.NOT_TAKEN)
    if isinstance(event, Written):
        return _written(draft, event.text)
    if event.step != draft.step.value:
        return Moved(draft, Effect.STALE)
    if event.answer == STOP or (event.answer == "no" and draft.step is not Step.INTERPRETER):
        return Moved(Draft(step=Step.DECLINED), Effect.DECLINED)
    if event.answer not in {option.answer for option in _OPTIONS[draft.step]}:
        return Moved(draft, Effect.STALE)
    moved = _chosen(draft, event.answer)
    return Moved(moved, Effect.GIVEN if moved.step is Step.GIVEN else Effect.NEXT)


def _chosen(draft: Draft, answer: str) -> Draft:
    if draft.step is Step.SHARE:
        following = Step.SUMMARY if answer == "summary" else Step.REACH
        return replace(draft, share=answer, step=following)
    if draft.step is Step.SUMMARY:
        return replace(draft, writing=True) if answer == "edit" else replace(draft, writing=False, step=Step.REACH)
    if draft.step is Step.REACH:
        return replace(draft, reach=answer, step=Step.LANGUAGE if answer == "chat" else Step.CONTACT)
    if draft.step is Step.LANGUAGE:
        return replace(draft, language=answer, step=Step.INTERPRETER)
    if draft.step is Step.INTERPRETER:
        return replace(draft, interpreter=answer == "yes", step=Step.NAME)
    if draft.step is Step.NAME:
        return replace(draft, writing=True) if answer == "write" else replace(draft, writing=False, step=Step.CONFIRM)
    return replace(draft, step=Step.GIVEN)


def _written(draft: Draft, text: str) -> Moved:
    if not takes_text(draft):
        return Moved(draft, Effect.NOT_TAKEN)
    if draft.step is Step.CONTACT:
        contact = phone_number(text) if draft.reach == "phone" else email_address(text)
        if contact is None:
            return Moved(draft, Effect.INVALID)
        return Moved(replace(draft, contact=contact, step=Step.LANGUAGE), Effect.NEXT)
    limit = SUMMARY_LIMIT if draft.step is Step.SUMMARY else NAME_LIMIT
    cleaned = _clean(text, keep_lines=draft.step is Step.SUMMARY)
    if not any(letter.isalpha() for letter in cleaned) or len(cleaned) > limit:
        return Moved(draft, Effect.INVALID)
    if draft.step is Step.SUMMARY:
        return Moved(replace(draft, summary=cleaned, writing=False), Effect.NEXT)
    return Moved(replace(draft, name=cleaned, writing=False, step=Step.CONFIRM), Effect.NEXT)


def _clean(text: str, *, keep_lines: bool = False) -> str:
    kept = (c for c in text if (keep_lines and c == "\n") or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    return "".join(kept).strip()


def phone_number(text: str) -> str | None:
    """A telephone number in international form, or None. Eight digits without a prefix are Norwegian."""
    try:
        number = phonenumbers.parse(_clean(text)[:CONTACT_LIMIT], "NO")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def email_address(text: str) -> str | None:
    """An e-mail address as written, or None when it cannot be one."""
    cleaned = _clean(text)
    local, at, domain = cleaned.rpartition("@")
    labels = domain.split(".")
    whole = at and local and "@" not in local and len(cleaned) <= CONTACT_LIMIT and len(labels) > 1 and all(labels)
    return cleaned if whole and not any(c.isspace() or c in '<>,;"' for c in cleaned) else None
