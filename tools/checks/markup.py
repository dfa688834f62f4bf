"""Texts are plain paragraphs and lists; other marks would be shown as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree

_MARKS = {
    "a link": re.compile(r"\]\(|https?://|www\."),
    "HTML": re.compile(r"</?[a-zA-Z][^>]*>|&[a-z]+;"),
    "emphasis": re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|`"),
    "a table or quotation": re.compile(r"^\s*[|>]"),
    "a list with other signs than '- '": re.compile(r"^\s*[*+•]\s"),
}


def check(tree: Tree) -> Iterator[Problem]:
    """Yield lines with other marks than paragraphs, lists and the sections of docs/formats.md."""
    for path in sorted((tree.root / "knowledge/articles").glob("*/*/*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            for what, pattern in _MARKS.items():
                if pattern.search(line):
                    yield Problem(
                        path,
                        number,
                        f"there is {what} in the text. The reader would see the signs.",
                        "Write plain sentences.",
                    )
