"""What a municipality must tell before its families may choose it.

A value that a municipality does not have is told as well (``none:``): silence is never taken for "there is none".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.guidance.loading import Knowledge
from bot.guidance.municipalities import CONTACT_KINDS, LINK_KINDS, Municipality

ALWAYS = ("barnevern", "barnevernvakt", "krisesenter", "legevakt", "coordinator", "refugee-service", "health-centre")
"""Contacts that no municipality can be without: somebody in danger or in need asks for them."""
WITH_HOURS = ("barnevern", "barnevernvakt", "coordinator", "krisesenter", "legevakt")


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: its key in the sheet, and why it is needed."""

    key: str
    why: str


def local_facts(knowledge: Knowledge) -> tuple[str, ...]:
    """The facts that municipalities decide and that an article uses, in the order of their ids."""
    used = {fact for article in knowledge.articles.values() for fact in article.facts}
    return tuple(
        sorted(name for name, fact in knowledge.facts.items() if fact.decided_by == "municipality" and name in used)
    )


def gaps(knowledge: Knowledge, municipality: Municipality) -> Iterator[Gap]:
    """Everything that is neither told nor told not to exist."""
    if not municipality.number:
        yield Gap("number", "the official number tells two municipalities of one name apart")
    for kind in CONTACT_KINDS:
        contact = municipality.contacts.get(kind)
        if contact is None:
            if kind in ALWAYS:
                yield Gap(f"contact:{kind}", "nobody may be without it")
            elif kind not in municipality.none:
                yield Gap(f"contact:{kind}", "give the office, or say that there is none")
            continue
        if not contact.phone:
            yield Gap(f"contact:{kind}", "the telephone number is missing")
        if kind in WITH_HOURS and not contact.hours:
            yield Gap(f"contact:{kind}", "the opening hours are missing")
    for kind in LINK_KINDS:
        if kind not in municipality.links and kind not in municipality.none:
            yield Gap(f"link:{kind}", "give the address, or say that there is none")
    if municipality.links and municipality.links_checked is None:
        yield Gap("links_checked", "say on which day the addresses were opened")
    for fact in local_facts(knowledge):
        if fact not in municipality.overrides and fact not in municipality.none:
            yield Gap(f"fact:{fact}", "give the value, or say that there is none")
