"""No test message is training data, nor nearly so: else the figures would praise memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
LEAST = NEAR / (200 - NEAR)
"""Share of a sentence's length that another must have to be so like it: the ratio is twice what two have in common over
both lengths, so no shorter one can reach ``NEAR``."""
TOGETHER = 50
"""Test messages of about one length that are compared at once."""


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
        lengths, known = _by_length(trained[group])
        texts = [sentence.key for sentence in known]
        tests = _by_length(tests)[1]
        for start in range(0, len(tests), TOGETHER):
            part = tests[start : start + TOGETHER]
            first = bisect_left(lengths, len(part[0].key) * LEAST)
            last = bisect_right(lengths, len(part[-1].key) / LEAST)
            keys = texts[first:last]
            if not keys:
                continue
            asked = [test.key for test in part]
            likeness = process.cdist(asked, keys, scorer=fuzz.ratio, score_cutoff=NEAR, workers=-1)
            for test, row in zip(part, likeness, strict=True):
                best = int(row.argmax())
                if row[best] >= NEAR:
                    found[test.language, test.key] = known[first + best]
    return found


def _group(language: str) -> str:
    """Bokmål and Nynorsk are understood together, so a sentence of one can give away a test of the other."""
    return "nb" if language == "nn" else language


def _by_length(sentences: list[Sentence]) -> tuple[list[int], list[Sentence]]:
    """The sentences from the shortest to the longest, and before them their lengths."""
    ordered = sorted(sentences, key=lambda sentence: len(sentence.key))
    return [len(sentence.key) for sentence in ordered], ordered
