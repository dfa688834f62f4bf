"""How much speaks for danger in a message, all in all.

The readers give each kind a probability, and what is left over for danger means different things beside different
things: two in a hundred are much in a message that is about no topic, and little in one that is plainly a question
about the price of a place. So the evidence is weighed once more: a logistic regression over what the readers say, with
four weights and a level (``evidence`` in config.yml), set on the validation half of the test messages by
``python -m bot.nlu.tuning --evidence``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

CONVERSATION = ("smalltalk", "affirm", "deny", "refer")
"""Kinds that only move a conversation on."""
_LEAST = 1e-4
"""What is added to a probability, so that none is so near to 0 or 1 that it decides alone."""
Ranking = Sequence[tuple[str, float]]


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability, bounded to about ±9.2."""
    return math.log((probability + _LEAST) / (1 - probability + _LEAST))


@dataclass(frozen=True)
class Evidence:
    """The weights of the log-odds of danger, of a question, of a word of conversation and of the first topic."""

    danger: float = 1.0
    ask: float = 0.0
    conversation: float = 0.0
    topic: float = 0.0
    level: float = 0.0

    def weighed(self, sums: Mapping[str, float], topics: Ranking) -> float:
        """From 0 to 1: what speaks for danger, by the probabilities of the coarse kinds and the ranking of topics.

        Not a probability that may be compared with those of the readers: thresholds for it are set with it.
        """
        found = self.level + sum(
            weight * log_odds(probability)
            for weight, probability in zip(
                (self.danger, self.ask, self.conversation, self.topic), what_speaks(sums, topics), strict=True
            )
        )
        return 1 / (1 + math.exp(-found))


def what_speaks(sums: Mapping[str, float], topics: Ranking) -> tuple[float, float, float, float]:
    """What is weighed: the probabilities of danger, of a question, of a word of conversation, of the first topic."""
    conversation = sum(sums.get(kind, 0.0) for kind in CONVERSATION)
    return sums.get("danger", 0.0), sums.get("ask", 0.0), min(1.0, conversation), topics[0][1] if topics else 0.0


def read_evidence(raw: Mapping[str, Any]) -> Evidence | None:
    """Read ``evidence`` of config.yml; None when it is empty. Raises ValueError."""
    names = {entry.name for entry in fields(Evidence)}
    for name, value in raw.items():
        if name not in names:
            raise ValueError(f"config.yml: evidence: {name!r} is not one of {', '.join(sorted(names))}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"config.yml: evidence: {name} is a number, not {value!r}")
    return Evidence(**raw) if raw else None
