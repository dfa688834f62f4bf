"""A translation says which revision it translates, never one that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield translations that lag behind or run ahead of their article."""
    for article, text in tree.texts():
        if text.revision > article.revision:
            yield Problem(
                text.path,
                1,
                f"the text says revision {text.revision}, the article is at {article.revision}. "
                "It would count as new for ever.",
                "Raise revision in article.yml if the meaning changed, else lower it here.",
            )
        elif text.revision < article.revision:
            yield Problem(
                text.path,
                1,
                f"translates revision {text.revision}, the article is at {article.revision}. "
                "Readers are told that it may be old.",
                "Compare it with nb.md, update it and set revision; lower the article's if the meaning did not change.",
                is_warning=True,
            )
