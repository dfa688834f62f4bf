"""Locale files can be read by python-i18n as they were meant."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield doubled keys, names that the library takes for something else, and groups in the wrong place."""
    for file in tree.locales.values():
        for line, what in file.faults:
            yield Problem(file.path, line, f"{what}. Readers would see another text or none.", "See docs/formats.md.")
