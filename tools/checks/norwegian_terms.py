"""The Norwegian word that a family will meet stands in every translation, beside its meaning."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import ArticleText
from tools.checks.readability import plain, sections
from tools.problems import Problem
from tools.tree import Tree

WRITTEN_BY_US = ("nb", "nn", "en")


def _whole(text: ArticleText) -> str:
    return " ".join([text.title, *map(plain, sections(text).values())]).casefold()


def check(tree: Tree) -> Iterator[Problem]:
    """Warn of words of the glossary that stand in the Norwegian text and not in a translation that explains them.

    A word may stand in another form ("busett" for "bosatt"), so this is for whoever reads the text, and no fault. A
    language that grows gets one line.
    """
    missing = list(_missing(tree))
    for code in tree.growing:
        own = [(text, terms) for text, terms in missing if text.language == code]
        if own:
            number = sum(len(terms) for _, terms in own)
            first = f"{own[0][1][0]!r} in {own[0][0].path.parent.name}"
            yield Problem(
                tree.root / "knowledge/articles",
                1,
                f"{code} lacks {number} Norwegian words that readers will meet, such as {first}.",
                f"Run `python -m tools validate --language {code}` for the whole list.",
                is_warning=True,
            )
    for text, terms in missing:
        if text.language in tree.codes and text.language not in tree.growing:
            yield Problem(
                text.path,
                1,
                f"Norwegian words are missing: {', '.join(terms)}. The reader will not know them later.",
                "Write each in brackets after its meaning the first time.",
                is_warning=True,
            )


def _missing(tree: Tree) -> Iterator[tuple[ArticleText, list[str]]]:
    for article in tree.knowledge.articles.values():
        original = article.parent_texts.get("nb")
        if original is None:
            continue
        norwegian = _whole(original)
        wanted = [term for term in article.terms if term.casefold() in norwegian]
        for text in article.parent_texts.values():
            own = _whole(text)
            lacking = [term for term in wanted if term.casefold() not in own]
            if lacking and text.language not in WRITTEN_BY_US and text.revision >= original.revision:
                yield text, lacking
