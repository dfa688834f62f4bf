"""Every kind of danger has words and numbers that exist."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.facts import Fact, Missing, value_on
from bot.guidance.municipalities import CONTACT_KINDS
from tools.problems import Problem
from tools.tree import Tree

DETAILS = (
    "medical",
    "violence",
    "sexual_abuse",
    "harm_others",
    "trafficking",
    "child",
    "parent_anger",
    "missing",
    "youth_out",
    "destitute",
    "self_harm",
    "abroad",
    "fgm",
    "general",
    "child_moved",
)
"""Every row of the crisis table, `general` for danger of no clear kind, and the one own case with numbers."""


def check(tree: Tree) -> Iterator[Problem]:
    """Yield kinds of danger without numbers, numbers without a fact, and labels without a text."""
    knowledge = tree.knowledge
    path = knowledge.root / "crisis.yml"
    source = tree.locales.get("en")
    for detail in DETAILS:
        if not knowledge.crisis.get(detail):
            yield Problem(
                path,
                1,
                f"{detail} has no numbers. Somebody in danger would get words alone.",
                "Add numbers, the first one first.",
            )
    for detail, numbers in knowledge.crisis.items():
        if source and f"crisis.{detail}" not in source.texts:
            yield Problem(path, 1, f"there is no text crisis.{detail}.", "Add it to the locale files.")
        for number in numbers:
            kind = number.removeprefix("contact:")
            name = kind.partition(".")[2] if kind == number else kind
            fact = knowledge.facts.get(number)
            if kind == number and (fact is None or fact.unit != "phone"):
                yield Problem(
                    path,
                    1,
                    f"{detail} names {number}, which is no fact of unit phone. The number would be left out.",
                    f"Write knowledge/facts/{number.replace('.', '/', 1)}.yml.",
                )
            if kind == number and isinstance(fact, Fact) and isinstance(value_on(fact, tree.on), Missing):
                yield Problem(
                    path, 1, f"{number} has no value on {tree.on}. The number would be left out.", "Add its value."
                )
            if kind != number and kind not in CONTACT_KINDS:
                yield Problem(path, 1, f"{number} is no kind of contact.", f"Known kinds: {', '.join(CONTACT_KINDS)}.")
            if source and f"number.{name}" not in source.texts:
                yield Problem(
                    path,
                    1,
                    f"there is no text number.{name} to stand beside the number.",
                    "Add it to the locale files.",
                )
