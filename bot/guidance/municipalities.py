"""Municipalities: their own values, offices and price zones (knowledge/municipalities/<slug>.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.guidance.articles import ZONES
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
)


@dataclass(frozen=True)
class Contact:
    """An office: its name by language, and how to reach it (each may be empty)."""

    kind: str
    name: Mapping[str, str]
    phone: str
    url: str
    hours: str


@dataclass(frozen=True)
class Municipality:
    """One municipality. ``example`` means invented: never shown as real."""

    slug: str
    name: str
    example: bool
    number: str
    zones: tuple[str, ...]
    overrides: Mapping[str, Override]
    contacts: Mapping[str, Contact]
    path: Path


def read_municipality(record: Record, slug: str, facts: Mapping[str, Fact]) -> Municipality:
    """Read one municipality; raises KnowledgeError, also for an override of a fact that the state decides."""
    record.only("name", "example", "number", "zones", "overrides", "contacts")
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
        contacts[kind] = Contact(
            kind=kind,
            name={language: name.text(language) for language in name},
            phone=office.text("phone", ""),
            url=office.text("url", ""),
            hours=office.text("hours", ""),
        )
    return Municipality(
        slug=slug,
        name=record.text("name"),
        example=record.flag("example"),
        number=record.text("number", ""),
        zones=record.texts("zones"),
        overrides=overrides,
        contacts=contacts,
        path=record.path,
    )
