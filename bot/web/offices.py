"""When coordinators are there: what each municipality's file tells, else the settings."""

from __future__ import annotations

from dataclasses import replace

from bot.guidance.guide import Guide
from bot.guidance.municipalities import Municipality
from bot.handoff.hours import Hours, Offices, Period
from bot.settings import Settings
from bot.weekly import read_week


def read_offices(settings: Settings, guide: Guide) -> Offices:
    """The hours of every municipality: of its ``coordinators``, else of its contact ``coordinator``."""
    places = guide.knowledge.municipalities.items()
    half_days_end = settings.half_days_end
    own = {slug: found for slug, place in places if (found := _own(place, half_days_end)) is not None}
    return Offices(Hours(settings.hours, half_days_end), own, settings.municipality)


def _own(place: Municipality, half_days_end: int | None) -> Hours | None:
    told = place.coordinators
    if told is not None:
        closed = tuple(Period(first, last) for first, last in told.closed)
        return Hours(told.week, told.half_days_end, closed)
    told_elsewhere = contact_hours(place, "coordinator")
    return replace(told_elsewhere, half_days_end=half_days_end) if told_elsewhere else None


def contact_hours(place: Municipality, kind: str) -> Hours | None:
    """The hours of an office; None when it has not told them, or not so that they can be meant."""
    contact = place.contacts.get(kind)
    if contact is None or not contact.hours:
        return None
    try:
        return Hours(read_week(contact.hours, loose=True))
    except ValueError:
        return None
