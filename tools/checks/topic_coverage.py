"""Topics that must be answered have an article."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield one line with the topics that still wait for an article."""
    missing = [
        topic.id for topic in tree.knowledge.topics.values() if topic.must and topic.id not in tree.knowledge.articles
    ]
    if missing:
        yield Problem(
            tree.knowledge.root / "topics.yml",
            1,
            f"{len(missing)} topics that must be answered have no article yet: {', '.join(missing[:5])}"
            f"{' …' if len(missing) > 5 else ''}",
            "Write knowledge/articles/<area>/<topic>/.",
            is_warning=True,
        )
