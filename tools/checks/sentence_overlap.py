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
    everywhere = {sentence.key: sentence for sentence in (*tree.keywords, *tree.training)}
    near = _near(tree)
    for test in tree.tests:
        if not test.key or (not test.label and len(test.text) <= SHORT):
            continue  # "yes" in a conversation is no leak
        same = everywhere.get(test.key) or near.get((test.language, test.key))
        if same:
            where = f"{same.language}/{same.path.name}:{same.line}"
            yield Problem(
                test.path,
                test.line,
                f"{test.text!r} is too near to the training sentence {same.text!r} ({where}). "
                "The test would show what was learnt by heart.",
                "Write the test message in other words.",
            )


def _near(tree: Tree) -> dict[tuple[str, str], Sentence]:
    """The training sentence nearest to each test, where one is near enough; all pairs of a language at once."""
    trained: dict[str, list[Sentence]] = defaultdict(list)
    tested: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in (*tree.training, *tree.keywords):
        trained[_group(sentence.language)].append(sentence)
    for sentence in tree.tests:
        if len(sentence.text) > SHORT:
            tested[_group(sentence.language)].append(sentence)
    found: dict[tuple[str, str], Sentence] = {}
    for group, tests in tested.items():
        if not trained[group]:
            continue
        keys = [sentence.key for sentence in trained[group]]
        likeness = process.cdist([test.key for test in tests], keys, scorer=fuzz.ratio, score_cutoff=NEAR, workers=-1)
        for row, test in enumerate(tests):
            best = int(likeness[row].argmax())
            if likeness[row][best] >= NEAR:
                found[test.language, test.key] = trained[group][best]
    return found


def _group(language: str) -> str:
    """Bokmål and Nynorsk are understood together, so a sentence of one can give away a test of the other."""
    return "nb" if language == "nn" else language
