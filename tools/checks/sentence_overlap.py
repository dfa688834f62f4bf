"""No test message is training data, nor nearly so: else the figures would praise memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from tools.problems import Problem
from tools.sentences import Sentence
from tools.tree import Tree

NEAR = 92
"""Likeness (0–100, rapidfuzz ratio of the bare letters) from which two sentences count as one."""
SHORT = 12
"""Up to this many characters only equal sentences count: short ones are all alike."""


def check(tree: Tree) -> Iterator[Problem]:
    """Yield test messages that are training sentences, in any language, or nearly so in their own."""
    everywhere = {sentence.key: sentence for sentence in tree.training}
    by_group: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in tree.training:
        by_group[_group(sentence.language)].append(sentence)
    choices = {group: {index: s.key for index, s in enumerate(found)} for group, found in by_group.items()}
    for test in tree.tests:
        if not test.key or (not test.label and len(test.text) <= SHORT):
            continue  # "yes" in a conversation is no leak
        same = everywhere.get(test.key)
        if same is None and len(test.text) > SHORT:
            group = _group(test.language)
            near = process.extractOne(test.key, choices.get(group, {}), scorer=fuzz.ratio, score_cutoff=NEAR)
            same = by_group[group][near[2]] if near else None
        if same:
            where = f"{same.language}/{same.path.name}:{same.line}"
            yield Problem(
                test.path,
                test.line,
                f"{test.text!r} is too near to the training sentence {same.text!r} ({where}). "
                "The test would show what was learnt by heart.",
                "Write the test message in other words.",
            )


def _group(language: str) -> str:
    """Bokmål and Nynorsk are understood together, so a sentence of one can give away a test of the other."""
    return "nb" if language == "nn" else language
