"""Texts for parents are short enough to be read on a telephone by somebody who is tired."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import Template
from tools.problems import Problem
from tools.tree import Tree

MAX_WORDS = 90
TOLERANCE = 1.1
"""Languages need different numbers of words for the same sentence; one tenth more is no fault."""
MAX_TITLE = 60


def _words(template: Template) -> int:
    """A placeholder counts as one word: most are an amount or a day."""
    return len("".join(part if isinstance(part, str) else "x" for part in template).replace("- ", "").split())


def check(tree: Tree) -> Iterator[Problem]:
    """Yield parents' texts over the limit, as an error beyond the tolerance, and long titles."""
    for _, text in tree.texts():
        if text.language not in tree.codes:
            continue  # a language that is not offered yet is checked when it is asked for
        sections = {} if text.staff else {"main": text.main, **{f"variant {k}": v for k, v in text.variants.items()}}
        for name, template in sections.items():
            words = _words(template)
            if words > MAX_WORDS:
                yield Problem(
                    text.path,
                    text.lines.get(name, 1),
                    f"the section {name} has {words} words; {MAX_WORDS} are what a parent reads.",
                    "Leave out what the next question can bring.",
                    is_warning=words <= MAX_WORDS * TOLERANCE,
                )
        if len(text.title) > MAX_TITLE:
            yield Problem(
                text.path,
                1,
                f"the title has {len(text.title)} characters; a button holds about {MAX_TITLE}.",
                "Shorten it.",
                is_warning=True,
            )
