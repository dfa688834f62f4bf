"""The words of a receipt and of one more consent: what is passed on, who gets it, what it is used for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.guidance.model import Choice, Message
from bot.handoff.book import FURTHER
from bot.handoff.consent import data_key
from bot.handoff.further import SERVICES
from bot.handoff.records import Receipt
from bot.handoff.records_consent import Ask
from bot.handoff.translation_receipts import MACHINE, TRANSLATION
from bot.privacy.durations import Durations
from bot.texts import text, texts

OWN_NAMES = {
    "barnehage": "area.barnehage",
    "school": "area.school",
    "fastlege": "area.fastlege",
    "nav": "number.nav",
}
"""Services whose names the product has in every language already."""
NEEDED = (
    "consent.further.ask",
    "consent.further.option.yes",
    "consent.further.option.no",
    "consent.further.option.later",
)
WITHOUT_VALUES = dict.fromkeys(("summary", "contact", "name", "safe", "special"), "")


@dataclass(frozen=True)
class AskNotice:
    """The whole question as she sees it: its exact text and the language it is in."""

    text: str
    language: str
    direction: str


def category_words(code: str, language: str) -> str:
    """A category of data without its content: the content stands in the notice."""
    if code in SERVICES:
        return text("consent.further.data_service", language).value
    if code == "interpreter":
        return text("consent.further.data_interpreter", language).value
    return text(data_key(code), language, **WITHOUT_VALUES).value.rstrip(" :\N{ETHIOPIC PREFACE COLON}")


def recipient_words(kind: str, language: str) -> str:
    """Who gets it: a service by its name, a machine, else the coordinators."""
    if kind == MACHINE:
        return text("bridge.name", language).value
    if kind in SERVICES or kind == "interpreter":
        return text(OWN_NAMES.get(kind, f"consent.further.service.{kind}"), language).value
    return text("consent.recipient", language).value


def purpose_words(kind: str, language: str) -> str:
    """What it is used for."""
    if kind == MACHINE:
        return text("bridge.name", language).value
    if kind in SERVICES:
        return text("consent.further.why_service", language).value
    if kind == "interpreter":
        return text("consent.further.why_interpreter", language).value
    return text("consent.purpose", language).value


def effect_words(receipt: Receipt, language: str) -> str:
    """What happens when this yes is taken back."""
    if receipt.purpose == TRANSLATION:
        return text("bridge.given", language).value
    key = "consent.further.effect" if receipt.purpose == FURTHER else "receipt.withdraw_effect"
    return text(key, language).value


def withdraw_words(receipt: Receipt, language: str) -> str:
    """The button that takes this yes back."""
    return text("bridge.stop" if receipt.purpose == TRANSLATION else "receipt.withdraw", language).value


def ask_notice(code: str, language: str, durations: Durations) -> AskNotice:
    """The question about one more consent, wholly in one language."""
    language = texts().first_language(NEEDED, language)
    said = text(
        "consent.further.ask",
        language,
        what=category_words(code, language),
        who=recipient_words(code, language),
        why=purpose_words(code, language),
        days=durations.case_days,
    )
    return AskNotice(said.value, said.language, said.direction)


def ask_message(ident: str, notice: AskNotice) -> Message:
    """The message that asks, with its buttons."""
    return Message(
        "consent",
        notice.text,
        notice.language,
        notice.direction,
        choices=choices(ident, ("yes", "no", "later"), notice.language),
    )


def choices(ident: str, answers: tuple[str, ...], language: str) -> tuple[Choice, ...]:
    """Buttons of a question: ``further:<question>:<answer>``."""
    return tuple(Choice(text(answer_key(answer), language).value, f"further:{ident}:{answer}") for answer in answers)


def answer_key(answer: str) -> str:
    """The locale key of a button; raises KeyError for an answer that is none."""
    return {
        "again": "consent.further.again",
        "yes": "consent.further.option.yes",
        "no": "consent.further.option.no",
        "later": "consent.further.option.later",
    }[answer]


def write_question(ask: Ask, language: str) -> str:
    """What she is asked to write after a yes."""
    key = "consent.name.question_text" if ask.code == "name" else f"consent.contact.question_{ask.code}"
    return text(key, language).value
