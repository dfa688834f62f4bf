"""Words that a reader can have explained stand in the glossary, and the glossary explains without numbers."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import ArticleText
from tools.checks.readability import plain, sections
from tools.problems import Problem
from tools.tree import Tree

STAFF_LANGUAGES = ("nb", "nn", "en")


def _stands_in(term: str, text: ArticleText) -> bool:
    whole = " ".join([text.title, *(plain(template) for template in sections(text).values())]).casefold()
    # Without its last letter: samtykke/samtykket, nemnd/nemnda, flyktningtjenesten/flyktningtjeneste.
    return term.casefold()[: max(3, len(term) - 2)] in whole


def check(tree: Tree) -> Iterator[Problem]:
    """Yield unknown terms, terms that no text of the article holds, and meanings that are missing or hold a digit."""
    glossary = tree.knowledge.glossary
    path = tree.knowledge.root / "glossary.yml"
    used: set[str] = set()
    for article in tree.knowledge.articles.values():
        texts = [*article.parent_texts.values(), *article.staff_texts.values()]
        for term in article.terms:
            used.add(term)
            if term not in glossary:
                yield Problem(
                    article.path,
                    1,
                    f"the term {term!r} is not in knowledge/glossary.yml. A reader who asks for it would see nothing.",
                    "Add it there, or take it out of terms:.",
                )
            elif texts and not any(_stands_in(term, text) for text in texts):
                yield Problem(
                    article.path,
                    1,
                    f"the term {term!r} stands in no text of this article. It would be explained without being used.",
                    "Use the word, or take it out of terms:.",
                    is_warning=True,
                )
    for term, meanings in glossary.items():
        for language in STAFF_LANGUAGES:
            if language in tree.codes and language not in meanings:
                yield Problem(path, 1, f"{term} has no meaning in {language}.", "Write it in plain words.")
        for language, meaning in meanings.items():
            if any(character.isdigit() for character in meaning):
                yield Problem(
                    path,
                    1,
                    f"{term} has a digit in {language}. It would stay when the rule changes.",
                    "Say it without the number; numbers are facts.",
                )
        if term not in used:
            yield Problem(
                path, 1, f"no article uses the term {term}.", "Use it in terms: or remove it.", is_warning=True
            )
