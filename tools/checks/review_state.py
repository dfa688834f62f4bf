"""Reviews of interface words and meanings stand for words that are still there and still the same."""

from __future__ import annotations

from collections.abc import Iterator

from bot.languages import languages
from tools.problems import Problem
from tools.review.passages import judgements_path, passages, read_judgements
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Warn of reviews whose words were changed or are gone; they count as machine-written again."""
    path = judgements_path(tree.root)
    for code, judged in read_judgements(tree.root).items():
        known = {p.key: p for p in passages(tree, code)} if code in languages() else {}
        for key, review in judged.items():
            passage = known.get(key)
            if passage is None:
                yield Problem(path, 1, f"{key} in {code} is no passage any more.", "Remove the line.", is_warning=True)
            elif passage.fingerprint != review["of"]:
                yield Problem(
                    path,
                    1,
                    f"{key} in {code} was changed after {review['by']} reviewed it on {review['date']}.",
                    f"Let it be read again: python -m tools review {code} sheet <file>.",
                    is_warning=True,
                )
