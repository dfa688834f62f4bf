"""No training sentence stands under two labels, and none twice."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.sentences import Sentence
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield sentences that stand twice in a language, as an error when the labels differ."""
    seen: dict[tuple[str, str], Sentence] = {}
    for sentence in tree.training:
        first = seen.setdefault((sentence.language, sentence.key), sentence)
        if first is sentence or not sentence.key:
            continue
        where = f"{first.path.name}:{first.line}"
        if first.label != sentence.label:
            yield Problem(
                sentence.path,
                sentence.line,
                f"{sentence.text!r} is {sentence.label} here and {first.label} in {where}. No model learns both.",
                "Decide with docs/labelling.md and remove one.",
            )
        else:
            yield Problem(
                sentence.path,
                sentence.line,
                f"{sentence.text!r} stands in {where} too. It teaches nothing twice.",
                "Remove one.",
                is_warning=True,
            )
