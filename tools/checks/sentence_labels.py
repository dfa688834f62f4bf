"""Sentences stand under labels that exist (docs/labelling.md), in files that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.replies import REFERENCES
from tools.checks.crisis_numbers import DETAILS
from tools.problems import Problem
from tools.tree import Tree

KINDS = ("own_case", "own_case/child_moved", "consent", "human", "affirm", "deny", "out_of_scope")
SMALLTALK = tuple(f"smalltalk/{detail}" for detail in ("greet", "thanks", "bye", "bot"))
REFER = tuple(f"refer/{detail}" for detail in (*REFERENCES, "cost", "apply"))
DANGER = tuple(f"danger/{detail}" for detail in DETAILS if detail not in ("general", "child_moved"))
LABELS = {*KINDS, *SMALLTALK, *REFER, *DANGER}
LOOK_ALIKE = "not_danger"


def check(tree: Tree) -> Iterator[Problem]:
    """Yield files that cannot be read and labels that nothing knows."""
    sentences = (*tree.training, *tree.tests)
    for error in tree.sentence_errors:
        yield Problem(error.path, error.line, f"{error.what}. None of its sentences counts.", "See docs/formats.md.")
    tests = {id(sentence) for sentence in tree.tests}
    reported: set[tuple[object, str]] = set()
    for sentence in sentences:
        label = sentence.label
        topic = label.removeprefix("ask/")
        known = label in LABELS or (topic != label and topic in tree.knowledge.topics)
        known = known or (id(sentence) in tests and label in ("", LOOK_ALIKE))
        if not known and (sentence.path, label) not in reported:
            reported.add((sentence.path, label))
            yield Problem(
                sentence.path,
                sentence.line,
                f"the label {label!r} is not known. The model would learn something that nothing answers.",
                "Take a label of docs/labelling.md, or ask/<topic id>.",
            )
