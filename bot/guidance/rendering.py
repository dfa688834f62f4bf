"""Rendering: values in a language's own formats, and templates with their places filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from bot.guidance.articles import Template
from bot.guidance.facts import Missing, Value
from bot.guidance.municipalities import Contact, Municipality
from bot.languages import languages
from bot.texts import TextError, isolate, text


@lru_cache(maxsize=64)
def formats(language: str) -> Locale:
    """The Babel locale of a language; where Babel has none, that of its first fallback that has one."""
    registry = languages()
    for code in (language, *registry[language].fallbacks, "nb"):
        try:
            return Locale.parse(registry[code].formats)
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel has Norwegian")


def in_language(words: Mapping[str, str], language: str) -> str:
    """Pick the words for a language from a mapping, along the registry's fallbacks; any words before none."""
    for code in (language, *languages()[language].fallbacks, "nb", "en"):
        if code in words:
            return words[code]
    return next(iter(words.values()), "")


def format_value(value: Value, language: str) -> str:
    """Write a fact's value as a reader of ``language`` does; digits are always 0–9, as on Norwegian letters."""
    raw = value.value
    if isinstance(raw, Mapping):
        return in_language(raw, language)
    if isinstance(raw, int | float):
        amount = format_decimal(raw, locale=formats(language))
        if value.unit in ("nok", "percent"):
            return text(f"unit.{value.unit}", language, amount=amount).value
        return amount
    if value.unit == "date":
        return format_date(date.fromisoformat(raw), "long", locale=formats(language))
    if value.unit == "month_day":
        return format_skeleton("MMMMd", date.fromisoformat(f"2028-{raw}"), locale=formats(language))
    return raw


def contact_phrase(kind: str, contact: Contact | None, language: str) -> str:
    """Name an office inside a sentence: its own name and number, or the language's general phrase for it."""
    direction = languages()[language].direction
    phrase = text(f"contact.{kind}", language).value
    if contact is None:
        return phrase
    number = isolate(contact.phone, direction)
    if language in contact.name:
        return f"{contact.name[language]} ({number})" if number else contact.name[language]
    # The office's Norwegian name is what stands on its door; the phrase says what it is.
    name = isolate(in_language(contact.name, "nb"), direction)
    return f"{phrase} ({name}, {number})" if number else f"{phrase} ({name})"


def contact_label(kind: str, contact: Contact, language: str) -> str:
    """What a button with an office's number says."""
    if language in contact.name:
        return contact.name[language]
    try:
        return text(f"number.{kind}", language).value
    except TextError:
        return in_language(contact.name, language)


@dataclass
class Rendered:
    """A filled-in text and what went into it."""

    text: str = ""
    notices: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    is_local: bool = False
    """Something of the municipality's own stands in the text: its name, an office or a value."""


def render(
    template: Template,
    language: str,
    lookup: Callable[[str], Value | Missing],
    municipality: Municipality | None,
) -> Rendered:
    """Fill in a template. A fact without value is said to be missing, in the language's own words."""
    done = Rendered()
    direction = languages()[language].direction
    parts: list[str] = []
    for part in template:
        if isinstance(part, str):
            parts.append(part)
            continue
        if part.kind == "fact":
            value = lookup(part.name)
            if isinstance(value, Missing):
                done.notices.append("fact_missing")
                words = text("answer.missing_fact", language).value
            else:
                done.values.append(value)
                done.notices.extend(value.notices)
                done.is_local = done.is_local or value.is_local
                words = format_value(value, language)
        elif part.kind == "contact":
            contact = municipality.contacts.get(part.name) if municipality else None
            words = contact_phrase(part.name, contact, language)
            if contact:
                done.contacts.append(contact)
                done.is_local = True
        elif municipality:
            words = municipality.name
            done.is_local = True
        else:
            words = text("municipality.generic", language).value
        parts.append(isolate(words, direction))
    done.text = "".join(parts)
    return done
