"""Every answer can be found by the words people look for, not only by the words we chose."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree

STAFF_LANGUAGES = ("nb", "nn", "en")
LEAST = 3


def check(tree: Tree) -> Iterator[Problem]:
    """Yield articles with too few keywords in a language that the project writes itself."""
    for article in tree.knowledge.articles.values():
        for language in STAFF_LANGUAGES:
            if language in tree.codes and len(article.keywords.get(language, ())) < LEAST:
                yield Problem(
                    article.path,
                    1,
                    f"there are {len(article.keywords.get(language, ()))} keywords in {language}; {LEAST} are the "
                    "least. Whoever uses another word than ours would not find the answer.",
                    f"Add everyday words, official terms and abbreviations to keywords: {language}.",
                )
