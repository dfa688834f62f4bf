"""Texts keep to the words of the house: nothing that frightens, promises, judges, or names an office that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks.readability import plain, sections
from tools.problems import Problem
from tools.style import read_style
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield words that knowledge/style.yml refuses. Dated variants are left out: they quote how things were."""
    rules = read_style(tree.knowledge.root / "style.yml")
    for article, text in tree.texts():
        area = article.id.partition(".")[0]
        dated = {f"variant {variant.id}" for variant in article.variants if variant.when.is_dated}
        parts = {"title": text.title} | {
            name: plain(template) for name, template in sections(text).items() if name not in dated
        }
        for rule in rules:
            pattern = rule.patterns.get(text.language)
            if pattern is None or not rule.holds_for(area, staff=text.staff):
                continue
            for name, content in parts.items():
                for found in dict.fromkeys(match[0] for match in pattern.finditer(content)):
                    yield Problem(
                        text.path,
                        text.lines.get(name, 1),
                        f"{found!r} in {name} ({rule.id}). {rule.why}",
                        f"Instead: {rule.instead}",
                    )
