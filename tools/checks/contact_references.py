"""Texts ask only for contact kinds that exist and have a general phrase."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import Placeholder
from bot.guidance.municipalities import CONTACT_KINDS
from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield contact kinds that no municipality can have."""
    for _, text in tree.texts():
        sections = {
            "main": text.main,
            "brief": text.brief or (),
            **{f"variant {k}": v for k, v in text.variants.items()},
        }
        for name, template in sections.items():
            for part in template:
                if isinstance(part, Placeholder) and part.kind == "contact" and part.name not in CONTACT_KINDS:
                    yield Problem(
                        text.path,
                        text.lines.get(name, 1),
                        f"{{contact:{part.name}}} is no kind of contact. The answer would fail.",
                        f"Known kinds: {', '.join(CONTACT_KINDS)}.",
                    )
