"""What people ask next is a topic that exists."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield related topics that are unknown or the article itself."""
    for article in tree.knowledge.articles.values():
        for related in article.related:
            if related not in tree.knowledge.topics or related == article.id:
                yield Problem(
                    article.path,
                    1,
                    f"the related topic {related} {'is this article' if related == article.id else 'does not exist'}. "
                    "Its button would never be shown.",
                    "Take an id of knowledge/topics.yml.",
                )
        topic = tree.knowledge.topics[article.id]
        if topic.audience != article.audience:
            yield Problem(
                article.path,
                1,
                f"audience is {article.audience}, topics.yml says {topic.audience}. One of them misleads.",
                "Write the same in both.",
            )
