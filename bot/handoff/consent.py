"""The steps of consent: a pure function, no I/O and no words for users (their locale keys only).

share -> summary (only for a summary) -> reach -> contact (only phone, email) -> calls (only phone) -> reveal (only
phone, email) -> language -> interpreter -> name -> confirm. From share a side step, special: a child writes herself,
nobody knows who decides, parents disagree, an address is hidden. Then nothing but the wish for contact is passed on.

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
TIMES_LIMIT = 160
CONTACT_LIMIT = 254
STOP = "stop"
"""Refuses at every step. ``no`` refuses too, except where it answers the question: see ``ASKS_YES_OR_NO``."""
SPECIALS = ("minor", "guardian", "disagree", "hidden_address")
"""What the steps cannot settle and a person must: who may decide, and where nobody may find the family."""
CALLS = ("yes", "text_first", "times")
"""How a number may be used: at once, after a text message, at times she writes."""


class Step(StrEnum):
    """The open question; the last two are ends."""

    SHARE = "share"
    SPECIAL = "special"
    SUMMARY = "summary"
    REACH = "reach"
    CONTACT = "contact"
    CALLS = "calls"
    REVEAL = "reveal"
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
    """How far she has come and what she has chosen. ``writing``: she chose to write (summary, times, name, code word).

    ``chat_only``: others read her phone. ``calls`` and ``times``: how her number may be used. ``reveal``: whether it is
    safe to say who calls or writes. ``coded``: ``name`` is a code word. ``special``: one of SPECIALS.
    """

    step: Step = Step.SHARE
    writing: bool = False
    share: str | None = None
    summary: str = ""
    reach: str | None = None
    contact: str | None = None
    language: str | None = None
    interpreter: bool | None = None
    name: str | None = None
    special: str | None = None
    chat_only: bool = False
    calls: str | None = None
    times: str | None = None
    reveal: bool | None = None
    coded: bool = False


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

    ``question``, ``hint`` and ``lead`` are locale keys; ``hint`` stands only where text is taken, ``lead`` above the
    question where her last choice needs an answer of its own. ``draft`` holds the values.
    """

    case: str
    step: Step
    question: str
    options: tuple[Option, ...]
    takes_text: bool
    hint: str | None
    data: tuple[str, ...]
    draft: Draft
    lead: str | None = None

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
        Option("special", "consent.safe.special.open"),
        _REFUSE,
    ),
    Step.SPECIAL: (
        *(Option(code, f"consent.safe.special.option.{code}") for code in SPECIALS),
        Option("back", "consent.safe.special.option.back"),
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
        Option("others_read", "consent.safe.others_read"),
        _REFUSE,
    ),
    Step.CONTACT: (_REFUSE,),
    Step.CALLS: (
        Option("yes", "consent.safe.calls.option.yes"),
        Option("text_first", "consent.safe.calls.option.text_first"),
        Option("times", "consent.safe.calls.option.times"),
        Option("no", "consent.safe.calls.option.no"),
        Option(STOP, "consent.option.refuse"),
    ),
    Step.REVEAL: (
        Option("yes", "consent.safe.reveal.option.yes"),
        Option("no", "consent.safe.reveal.option.no"),
        Option(STOP, "consent.option.refuse"),
    ),
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
        Option("code", "consent.safe.code.option"),
        _REFUSE,
    ),
    Step.CONFIRM: (Option("yes", "consent.confirm.option.accept"), Option("no", "consent.confirm.option.refuse")),
}
OPEN_STEPS = tuple(_OPTIONS)
ASKS_YES_OR_NO = (Step.CALLS, Step.REVEAL, Step.INTERPRETER)
"""Steps whose ``no`` is an answer: no calls, not safe to say, no interpreter. It never refuses the coordinator."""
_WRITTEN = (Step.SUMMARY, Step.CALLS, Step.NAME)
_SAFE_DATA = ("request_no_place", "special", "chat_only", "safe_contact", "code_word")


def takes_text(draft: Draft) -> bool:
    """A typed text is the answer to the open step."""
    return draft.step is Step.CONTACT or (draft.writing and draft.step in _WRITTEN)


def data_key(category: str) -> str:
    """The locale key of a category of data that this module names."""
    return f"consent.safe.data.{category}" if category in _SAFE_DATA else f"consent.data.{category}"


def data_categories(draft: Draft) -> tuple[str, ...]:
    """The categories of what would be passed on; their words are ``data_key(category)``."""
    found = ["request_no_place" if draft.special == "hidden_address" else "request"]
    if draft.special:
        found.append("special")
    if draft.share == "summary":
        found.append("summary")
    if draft.share == "conversation":
        found.append("conversation")
    if draft.reach in ("phone", "email"):
        found += [draft.reach, "safe_contact"]
    if draft.chat_only:
        found.append("chat_only")
    found.append("language")
    if draft.name:
        found.append("code_word" if draft.coded else "name")
    found.append("messages")
    return tuple(found)


def prompt(case: str, draft: Draft) -> Prompt | None:
    """The open question of a draft, or None when consent is given or declined."""
    if draft.step not in _OPTIONS:
        return None
    question = f"consent.{draft.step.value}.question"
    options = _OPTIONS[draft.step]
    hint = None
    if draft.step in (Step.SPECIAL, Step.CALLS, Step.REVEAL):
        question = f"consent.safe.{draft.step.value}.question"
    if draft.step is Step.CONTACT:
        question = f"consent.contact.question_{draft.reach}"
        hint = f"consent.text_hint.{draft.reach}"
    elif takes_text(draft):
        question, hint = _text_keys(draft)
        options = tuple(option for option in options if option.answer not in ("edit", "write", "code", "times"))
    elif draft.special == "hidden_address":  # a name may lead to her; a code word does not
        options = tuple(option for option in options if option.answer != "write")
    data = data_categories(draft) if draft.step is Step.CONFIRM else ()
    return Prompt(case, draft.step, question, options, takes_text(draft), hint, data, draft, _lead(draft))


def _text_keys(draft: Draft) -> tuple[str, str]:
    """The question and the hint of a step that takes a text she chose to write."""
    if draft.step is Step.CALLS:
        return "consent.safe.calls.question_text", "consent.safe.calls.hint"
    if draft.step is Step.NAME and draft.coded:
        return "consent.safe.code.question_text", "consent.safe.code.hint"
    return f"consent.{draft.step.value}.question_text", f"consent.text_hint.{draft.step.value}"


def _lead(draft: Draft) -> str | None:
    """What her choice at the step before calls for: calm words above the next question."""
    if draft.special and draft.step is Step.REACH:
        return f"consent.safe.special.told.{draft.special}"
    if draft.chat_only and draft.step is Step.LANGUAGE:
        return "consent.safe.told_chat_only"
    return None


def step(draft: Draft, event: Answer | Written) -> Moved:
    """Move a draft by one event. Total: every draft and event has a result, none raises."""
    if draft.step not in _OPTIONS:
        return Moved(draft, Effect.STALE if isinstance(event, Answer) else Effect.NOT_TAKEN)
    if isinstance(event, Written):
        return _written(draft, event.text)
    if event.step != draft.step.value:
        return Moved(draft, Effect.STALE)
    if event.answer == STOP or (event.answer == "no" and draft.step not in ASKS_YES_OR_NO):
        return Moved(Draft(step=Step.DECLINED), Effect.DECLINED)
    if event.answer not in {option.answer for option in _OPTIONS[draft.step]} or _is_hidden(draft, event.answer):
        return Moved(draft, Effect.STALE)
    moved = _chosen(draft, event.answer)
    return Moved(moved, Effect.GIVEN if moved.step is Step.GIVEN else Effect.NEXT)


def _is_hidden(draft: Draft, answer: str) -> bool:
    """An answer that this draft is not offered: no name where an address is hidden."""
    return draft.special == "hidden_address" and (draft.step, answer) == (Step.NAME, "write")


def _chosen(draft: Draft, answer: str) -> Draft:
    if draft.step is Step.SHARE:
        if answer == "special":
            return replace(draft, step=Step.SPECIAL)
        following = Step.SUMMARY if answer == "summary" else Step.REACH
        return replace(draft, share=answer, step=following)
    if draft.step is Step.SPECIAL:
        if answer == "back":
            return replace(draft, step=Step.SHARE)
        return replace(draft, special=answer, share="contact_only", summary="", step=Step.REACH)
    if draft.step is Step.SUMMARY:
        return replace(draft, writing=True) if answer == "edit" else replace(draft, writing=False, step=Step.REACH)
    if draft.step is Step.REACH:
        if answer == "others_read":
            return replace(draft, reach="chat", chat_only=True, step=Step.LANGUAGE)
        following = Step.LANGUAGE if answer == "chat" else Step.CONTACT
        return replace(draft, reach=answer, chat_only=False, step=following)
    if draft.step is Step.CALLS:
        return _call(draft, answer)
    if draft.step is Step.REVEAL:
        return replace(draft, reveal=answer == "yes", step=Step.LANGUAGE)
    if draft.step is Step.LANGUAGE:
        return replace(draft, language=answer, step=Step.INTERPRETER)
    if draft.step is Step.INTERPRETER:
        return replace(draft, interpreter=answer == "yes", step=Step.NAME)
    if draft.step is Step.NAME:
        if answer in ("write", "code"):
            return replace(draft, writing=True, coded=answer == "code")
        return replace(draft, writing=False, coded=False, step=Step.CONFIRM)
    return replace(draft, step=Step.GIVEN)


def _call(draft: Draft, answer: str) -> Draft:
    """May this number be called? No: the number is forgotten and another way asked for."""
    if answer == "no":
        return replace(draft, reach=None, contact=None, calls=None, times=None, writing=False, step=Step.REACH)
    if answer == "times":
        return replace(draft, calls=answer, writing=True)
    return replace(draft, calls=answer, times=None, writing=False, step=Step.REVEAL)


def _written(draft: Draft, text: str) -> Moved:
    if not takes_text(draft):
        return Moved(draft, Effect.NOT_TAKEN)
    if draft.step is Step.CONTACT:
        contact = phone_number(text) if draft.reach == "phone" else email_address(text)
        if contact is None:
            return Moved(draft, Effect.INVALID)
        following = Step.CALLS if draft.reach == "phone" else Step.REVEAL
        return Moved(replace(draft, contact=contact, step=following), Effect.NEXT)
    limit = {Step.SUMMARY: SUMMARY_LIMIT, Step.CALLS: TIMES_LIMIT}.get(draft.step, NAME_LIMIT)
    cleaned = _clean(text, keep_lines=draft.step is Step.SUMMARY)
    # Times may be nothing but numbers; a summary or a name is not.
    usable = any(letter.isalnum() if draft.step is Step.CALLS else letter.isalpha() for letter in cleaned)
    if not usable or len(cleaned) > limit:
        return Moved(draft, Effect.INVALID)
    if draft.step is Step.SUMMARY:
        return Moved(replace(draft, summary=cleaned, writing=False), Effect.NEXT)
    if draft.step is Step.CALLS:
        return Moved(replace(draft, times=cleaned, writing=False, step=Step.REVEAL), Effect.NEXT)
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
