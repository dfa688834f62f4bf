"""What a parent who waits is told about time: when somebody is there, until when an answer is meant to come, whom to
call meanwhile. Never a promise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from babel.dates import format_date, format_skeleton

from bot.guidance.coordinators import OUTSIDE
from bot.guidance.model import Context, Message, Number
from bot.guidance.rendering import formats
from bot.guidance.replies import GENERAL
from bot.handoff.hours import NORWAY
from bot.handoff.schedule import AT_ANY_HOUR
from bot.handoff.times import Expectation
from bot.languages import languages
from bot.texts import text, texts
from bot.web.offices import contact_hours
from bot.web.services import Services

WITH_NUMBERS: Final = ("hours.urgent", "hours.meanwhile")
"""Sentences above a list of telephone numbers."""


def moment(at: datetime, language: str) -> str:
    """A day and a time of day in Norway, as the language writes them; the clock has twenty-four hours."""
    local = at.astimezone(NORWAY)
    locale = formats(language)
    return text(
        "hours.moment",
        language,
        weekday=format_date(local, "EEEE", locale=locale),
        date=format_skeleton("MMMMd", local, locale=locale),
        time=format_skeleton("Hm", local, locale=locale),
    ).value


def handed_over(expected: Expectation, context: Context, services: Services) -> Message:
    """The status after her yes, with what she may expect."""
    return _status("handoff.queued", _expectation(expected), expected, context, services)


def kept(expected: Expectation, context: Context, services: Services, *, after_crisis: bool = False) -> Message:
    """The status when she writes to a case that waits; outside hours with what she may expect.

    ``after_crisis``: she has just been shown numbers, and the words that go with them.
    """
    keys = () if expected.is_open else _expectation(expected)
    if after_crisis:
        keys = tuple(key for key in keys if key not in WITH_NUMBERS)
    return _status("handoff.waiting", keys, expected, context, services)


def _expectation(expected: Expectation) -> tuple[str, ...]:
    """The keys of the sentences that apply."""
    urgent = ("hours.urgent",) if expected.case.urgency == AT_ANY_HOUR else ()
    if expected.is_open:
        return urgent or (("hours.open",) if expected.due_at else ())
    closed = ("hours.closed" if expected.opens_at else "hours.closed_long",)
    return (*urgent, *closed) if urgent else (*closed, "hours.meanwhile")


def _status(first: str, keys: tuple[str, ...], expected: Expectation, context: Context, services: Services) -> Message:
    every = (first, *keys, *(("hours.moment",) if keys else ()))
    language = texts().first_language(every, context.language)
    at = expected.due_at if expected.is_open else expected.opens_at
    values = {"case": expected.case.id, "moment": moment(at, language) if at and keys else ""}
    calls = any(key in WITH_NUMBERS for key in keys)
    return Message(
        kind="handoff_status",
        text="\n\n".join(text(key, language, **values).value for key in (first, *keys)),
        language=language,
        direction=languages()[language].direction,
        notices=() if language == context.language else ("fallback_language",),
        numbers=open_now(expected, replace(context, language=language), services) if calls else (),
    )


def open_now(expected: Expectation, context: Context, services: Services) -> tuple[Number, ...]:
    """Whom she can call at this hour: the emergency numbers, and what the municipality has for when it is closed."""
    place = services.guide.municipality(services.handoff.home(expected.case.municipality))
    kinds = OUTSIDE if place is None or place.coordinators is None else place.coordinators.outside
    barnevern = contact_hours(place, "barnevern") if place else None
    by_day = barnevern is not None and barnevern.is_open(expected.at)
    # In the daytime the on-call service may not answer: its office does.
    called = ("barnevern" if kind == "barnevernvakt" and by_day else kind for kind in kinds)
    general = services.guide.knowledge.crisis.get(GENERAL, ())
    context = replace(context, municipality=place.slug if place else None)
    return services.guide.numbers((*general, *(f"contact:{kind}" for kind in called)), context)
