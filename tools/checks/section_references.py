"""Renumbered sections of law lead to acts and topics that exist."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield unknown acts and topics in knowledge/sections.yml, and sections that stand twice."""
    knowledge = tree.knowledge
    path = knowledge.root / "sections.yml"
    seen: set[tuple[str, str]] = set()
    for entry in knowledge.sections:
        for source in (entry.act, entry.source):
            if source not in knowledge.sources:
                yield Problem(
                    path,
                    entry.line,
                    f"there is no source {source!r} in knowledge/sources.yml. A reader could not open the act.",
                    "Add the source, or correct its name.",
                )
        for topic in entry.topics:
            if topic not in knowledge.topics:
                yield Problem(
                    path,
                    entry.line,
                    f"there is no topic {topic!r}. Whoever looks for {entry.old} would find nothing.",
                    "Take an id of knowledge/topics.yml.",
                )
        if (entry.act, entry.old) in seen:
            yield Problem(
                path, entry.line, f"{entry.old} of {entry.act} stands twice. One of them misleads.", "Remove one."
            )
        seen.add((entry.act, entry.old))
