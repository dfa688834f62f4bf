"""Answers and values rest on sources that exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield unknown sources, answers without a source, and sources nobody uses."""
    knowledge = tree.knowledge
    used: set[str] = set()

    def unknown(path: Path, line: int, source: str) -> Iterator[Problem]:
        used.add(source)
        if source not in knowledge.sources:
            yield Problem(
                path,
                line,
                f"there is no source {source!r} in knowledge/sources.yml. Nobody could check the text.",
                "Add the source, or correct its name.",
            )

    for article in knowledge.articles.values():
        if not article.sources:
            yield Problem(article.path, 1, "the article has no source. Nobody could check the text.", "Add sources:.")
        for reference in article.sources:
            yield from unknown(article.path, reference.line, reference.source)
    for fact_id, fact in knowledge.facts.items():
        for period in fact.periods:
            if period.source:
                yield from unknown(knowledge.fact_paths[fact_id], period.line, period.source)
    for municipality in knowledge.municipalities.values():
        for override in municipality.overrides.values():
            for period in override.periods:
                if period.source:
                    yield from unknown(municipality.path, period.line, period.source)
    for name, source in knowledge.sources.items():
        if name not in used:
            path = knowledge.root / "sources.yml"
            yield Problem(
                path, source.line, f"nothing rests on the source {name}.", "Use it or remove it.", is_warning=True
            )
