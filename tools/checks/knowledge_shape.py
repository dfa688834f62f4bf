"""Every file of the knowledge base can be read (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield the faults that keep a file from being read."""
    assert tree.knowledge
    for error in tree.knowledge_errors:
        yield Problem(error.path, error.line, f"{error.what} {error.why}", error.remedy)
