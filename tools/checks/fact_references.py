"""Texts use the facts that their article names, and only facts that exist."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import ArticleText, Placeholder
from tools.problems import Problem
from tools.tree import Tree


def _used(text: ArticleText) -> dict[str, str]:
    """Fact ids with the section they stand in."""
    sections = {"main": text.main, **{f"variant {name}": body for name, body in text.variants.items()}}
    if text.brief:
        sections["brief"] = text.brief
    return {
        part.name: name
        for name, template in sections.items()
        for part in template
        if isinstance(part, Placeholder) and part.kind == "fact"
    }


def check(tree: Tree) -> Iterator[Problem]:
    """Yield facts that are used and not named, named and not used, unknown, or of no use to anybody."""
    knowledge = tree.knowledge
    broken = {error.path for error in tree.knowledge_errors}
    useful = {name for numbers in knowledge.crisis.values() for name in numbers}
    for article in knowledge.articles.values():
        used: set[str] = set()
        for text in (*article.parent_texts.values(), *article.staff_texts.values()):
            for fact, section in _used(text).items():
                used.add(fact)
                if fact not in article.facts:
                    yield Problem(
                        text.path,
                        text.lines.get(section, 1),
                        f"the text uses the fact {fact}, which article.yml does not name. "
                        "Nobody who changes the fact would find this text.",
                        "Add it to facts: in article.yml.",
                    )
        for fact in article.facts:
            useful.add(fact)
            if fact not in knowledge.facts and not any(path.stem == fact.partition(".")[2] for path in broken):
                yield Problem(
                    article.path,
                    1,
                    f"there is no fact {fact}. Readers would be told that it is not known.",
                    f"Write knowledge/facts/{fact.replace('.', '/', 1)}.yml, or correct the id.",
                )
            elif fact not in used and not any(
                error.path.parent == article.path.parent for error in tree.knowledge_errors
            ):
                yield Problem(
                    article.path,
                    1,
                    f"the fact {fact} is named and no text uses it. Its source would stand under a text without it.",
                    "Use it in a text or take it out of facts:.",
                )
    for fact, path in knowledge.fact_paths.items():
        if fact not in useful:
            yield Problem(
                path, 1, f"nothing uses the fact {fact}.", "Use it in an article or remove it.", is_warning=True
            )
