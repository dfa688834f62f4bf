"""Municipalities: their own values, offices, pages and price zones (knowledge/municipalities/<slug>.yml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.guidance.articles import ZONES
from bot.guidance.coordinators import Coordinators, read_coordinators
from bot.guidance.facts import Fact, Override, read_override
from bot.guidance.reading import Record

CONTACT_KINDS = (
    "barnehage-office",
    "school-office",
    "sfo",
    "refugee-service",
    "barnevern",
    "barnevernvakt",
    "legevakt",
    "krisesenter",
    "coordinator",
    "reception-centre",
    "health-centre",
    "servicetorg",
    "ppt",
    "nav",
    "family-counselling",
    "mental-health",
    "refugee-health",
    "diversity-adviser",
    "coordinating-unit",
    "dental-clinic",
    "equipment-lending",
    "leisure-office",
    "adult-education",
    "county-intake",
    "school-transport",
    "data-protection",
    "interpreter-booking",
    "midwife",
    "student-ombud",
)


LINK_KINDS = (
    "barnehage-application",
    "barnehage-reduced-price",
    "sfo-application",
    "sfo-reduced-price",
    "school-enrolment",
    "school-calendar",
    "school-leave",
    "leisure-offers",
)
"""Pages of a municipality that an answer can lead to; their names are the locale keys ``link.<kind>``."""

STAGES = ("draft", "offered")
LANGUAGES = ("nb", "nn")

_DAYS = "(?:mon|tue|wed|thu|fri|sat|sun)"
_HOURS = re.compile(rf"(?:{_DAYS}(?:-{_DAYS})? )?(?:[01]\d|2[0-4]):[0-5]\d-(?:[01]\d|2[0-4]):[0-5]\d")


@dataclass(frozen=True)
class Contact:
    """An office: its name by language, and how to reach it (each may be empty).

    ``hours`` are spells parted by "; ": ``09:00-15:00`` on weekdays, or ``mon-thu 09:00-15:00; fri 09:00-14:00``;
    ``00:00-24:00`` is day and night.
    """

    kind: str
    name: Mapping[str, str]
    phone: str
    url: str
    hours: str


@dataclass(frozen=True)
class Municipality:
    """One municipality. ``example`` means invented: never shown as real.

    ``stage`` is ``draft`` until everything is there; only ``offered`` ones can be chosen. ``language`` is the
    Norwegian it writes. ``none`` names contacts, links and facts that it has told it does not have.
    """

    slug: str
    name: str
    example: bool
    number: str
    zones: tuple[str, ...]
    overrides: Mapping[str, Override]
    contacts: Mapping[str, Contact]
    path: Path
    stage: str = "offered"
    language: str = "nb"
    links: Mapping[str, str] = field(default_factory=dict)
    links_checked: date | None = None
    none: tuple[str, ...] = ()
    coordinators: Coordinators | None = None


def read_municipality(record: Record, slug: str, facts: Mapping[str, Fact]) -> Municipality:
    """Read one municipality; raises KnowledgeError, also for an override of a fact that the state decides."""
    record.only(
        "name",
        "example",
        "stage",
        "language",
        "number",
        "zones",
        "overrides",
        "contacts",
        "links",
        "links_checked",
        "none",
        "coordinators",
    )
    for zone in record.texts("zones"):
        if zone not in ZONES:
            raise record.error(
                "zones", f"the zone {zone!r} is not known.", "No text asks for it.", f"Known: {', '.join(ZONES)}."
            )
    overrides: dict[str, Override] = {}
    raw = record.record_or_empty("overrides")
    for fact_id in raw:
        fact = facts.get(fact_id)
        if fact is None:
            raise raw.error(
                fact_id, f"there is no fact {fact_id!r}.", "The value would never be shown.", "Correct the id."
            )
        if fact.decided_by != "municipality":
            raise raw.error(
                fact_id,
                f"{fact_id} is decided by the {fact.decided_by}, not by a municipality.",
                "A wrong local value would be shown as law.",
                "Remove the override, or correct decided_by in the fact.",
            )
        overrides[fact_id] = read_override(raw.record(fact_id), fact.unit)
    contacts: dict[str, Contact] = {}
    offices = record.record_or_empty("contacts")
    for kind in offices:
        if kind not in CONTACT_KINDS:
            raise offices.error(
                kind,
                f"the contact kind {kind!r} is not known.",
                "No text asks for it.",
                f"Known: {', '.join(CONTACT_KINDS)}.",
            )
        office = offices.record(kind)
        office.only("name", "phone", "url", "hours")
        name = office.record("name")
        _check_hours(office)
        contacts[kind] = Contact(
            kind=kind,
            name={language: name.text(language) for language in name},
            phone=office.text("phone", ""),
            url=office.text("url", ""),
            hours=office.text("hours", ""),
        )
    links = record.record_or_empty("links")
    for kind in links:
        if kind not in LINK_KINDS:
            raise links.error(
                kind,
                f"the link kind {kind!r} is not known.",
                "No answer leads there.",
                f"Known: {', '.join(LINK_KINDS)}.",
            )
        if not links.text(kind).startswith("https://"):
            raise links.error(kind, f"the address is {links[kind]!r}.", "A reader must be able to open it safely.")
    return Municipality(
        slug=slug,
        name=record.text("name"),
        example=record.flag("example"),
        number=record.text("number", ""),
        zones=record.texts("zones"),
        overrides=overrides,
        contacts=contacts,
        path=record.path,
        stage=record.one_of("stage", STAGES, "draft"),
        language=record.one_of("language", LANGUAGES, "nb"),
        links={kind: links.text(kind) for kind in links},
        links_checked=record.day("links_checked") if "links_checked" in record else None,
        none=record.texts("none"),
        coordinators=read_coordinators(record, contacts),
    )


def _check_hours(office: Record) -> None:
    for spell in filter(None, office.text("hours", "").split("; ")):
        # An on-call service works past midnight, so the end may be the earlier hour.
        if _HOURS.fullmatch(spell) is None:
            raise office.error(
                "hours",
                f"the hours {spell!r} cannot be read.",
                "Nobody could say whether the office is open.",
                'Write "09:00-15:00" or "mon-thu 09:00-15:00; fri 09:00-14:00".',
            )
