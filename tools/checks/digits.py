"""No number is typed into a text: numbers are facts, with a source and a day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree

# A section of law (§ 2-1, §§ 4 og 5, § 17-7 d, § 9 A-4), the one kind of number that is a name.
_ONE = r"\d+(?:\s?[A-Z])?(?:[-–]\d+)?(?:\s?[a-z]\b)?"
_SECTION = re.compile(rf"§+\s*{_ONE}(?:(?:,| og| and|–| to| til)\s*{_ONE})*")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def check(tree: Tree) -> Iterator[Problem]:
    """Yield lines of Markdown with a digit outside placeholders and sections of law."""
    for path in sorted((tree.root / "knowledge/articles").glob("*/*/*.md")):
        fences = 0
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if line.strip() == "---" and fences < 2:
                fences += 1
                continue
            rest = _SECTION.sub("", _PLACEHOLDER.sub("", line))
            if fences < 2 or line.startswith("## variant"):
                continue
            found = next((character for character in rest if character.isdigit()), None)
            if found:
                yield Problem(
                    path,
                    number,
                    f"there is a digit in the text ({rest.strip()[:60]!r}). It would stay when the rule changes.",
                    "Make it a fact and write {fact:<id>}.",
                )
