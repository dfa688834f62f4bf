"""Variants stand in every text, and can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield variants that a parents' text lacks, that no text has, and conditions that nobody asks for."""
    for article in tree.knowledge.articles.values():
        for variant in article.variants:
            # How a rule was or will be is asked by staff; parents read the rule of today.
            texts = article.staff_texts if variant.when.is_dated else article.parent_texts
            for text in texts.values():
                if variant.id not in text.variants and text.language in tree.codes:
                    yield Problem(
                        text.path,
                        1,
                        f"the variant {variant.id} is missing. Families in that position get another language.",
                        f"Add '## variant {variant.id}'.",
                    )
            when = variant.when
            asked = {"situation": bool(when.situations), "child_age": (when.age_min, when.age_max) != (None, None)}
            for condition, needed in asked.items():
                if needed and condition not in article.asks and article.audience != "staff":
                    yield Problem(
                        article.path,
                        1,
                        f"the variant {variant.id} depends on {condition}, and asks: does not name it. "
                        "Only families who told before would see it.",
                        f"Add {condition} to asks:.",
                        is_warning=True,
                    )
