"""Sections of law that were renumbered (knowledge/sections.yml): whoever looks for the old one is led to the new.

Letters, plans and habits keep an old section number for years after an act was replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.guidance.reading import Record

_NUMBER = re.compile(r"§+\s*(\d+\s*[A-Z]?(?:-\d+)?(?:\s?[a-z]\b)?)")


@dataclass(frozen=True)
class Successor:
    """An old section of the source ``act`` and what holds since the day ``since``: ``section`` of ``source``.

    ``topics`` are the topics to open, best first.
    """

    act: str
    old: str
    source: str
    section: str
    since: date
    topics: tuple[str, ...]
    line: int


def number_of(section: str) -> str:
    """The bare number of a section, as search words have it: ``§ 2-8`` is ``2-8``; empty when there is none."""
    found = _NUMBER.search(section)
    return re.sub(r"\s+", "", found[1]).casefold() if found else ""


def read_sections(record: Record) -> tuple[Successor, ...]:
    """Read ``sections.yml``; raises KnowledgeError."""
    found: list[Successor] = []
    for act in record:
        for entry in record.records(act):
            entry.only("old", "source", "section", "since", "topics")
            if not number_of(entry.text("old")):
                raise entry.error(
                    "old", f"{entry['old']!r} is no section.", "Nobody could search for it.", 'Write "§ 2-8".'
                )
            found.append(
                Successor(
                    act=act,
                    old=entry.text("old"),
                    source=entry.text("source"),
                    section=entry.text("section"),
                    since=entry.day("since"),
                    topics=entry.texts("topics"),
                    line=entry.line,
                )
            )
    return tuple(found)
