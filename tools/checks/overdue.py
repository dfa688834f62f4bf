"""Facts, sources and articles are looked at again in time, and no day lies in the future that cannot."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield what is overdue and what claims to have been checked tomorrow."""
    knowledge = tree.knowledge
    for fact_id, fact in knowledge.facts.items():
        path = knowledge.fact_paths[fact_id]
        if fact.last_checked > tree.on:
            yield Problem(
                path,
                1,
                f"last_checked {fact.last_checked} lies in the future. Nobody has checked it then.",
                "Correct it.",
            )
        elif (tree.on - fact.last_checked).days > fact.max_age:
            yield Problem(
                path,
                1,
                f"the fact was last checked on {fact.last_checked}, more than {fact.max_age} days ago. "
                "Readers are told so.",
                "Check it with its source and set last_checked.",
                is_warning=True,
            )
        if fact.periods[-1].expected and fact.periods[-1].starts <= tree.on:
            yield Problem(
                path,
                fact.periods[-1].line,
                f"a change was expected on {fact.periods[-1].starts}. Readers still get the old value, with a notice.",
                "Write the new value.",
                is_warning=True,
            )
    for name, source in knowledge.sources.items():
        if source.checked > tree.on:
            path = knowledge.root / "sources.yml"
            yield Problem(path, source.line, f"{name} was checked on {source.checked}, in the future.", "Correct it.")
    for article in knowledge.articles.values():
        if article.review_by < tree.on:
            yield Problem(
                article.path,
                1,
                f"the article was to be reviewed by {article.review_by}. It may describe an old rule.",
                f"Ask its owner ({article.owner or 'nobody is named'}), then set review_by.",
                is_warning=True,
            )
