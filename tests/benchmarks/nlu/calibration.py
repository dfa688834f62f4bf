"""Whether probabilities keep their word: of the messages that are read as one topic with 0.8, are 80 % right?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.guidance.model import Understanding
from bot.nlu.data import Case

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Messages whose probability lies between two tenths: how many, their mean probability, the share that is right."""

    low: float
    number: int
    mean: float
    right: float


def certainty(case: Case, understood: Understanding) -> tuple[float, bool] | None:
    """The number that is held against the threshold for an answer, and whether that answer would be right.

    It is the probability of the first topic times that of a question. None for messages that are not taken for a
    question, and for look-alikes of danger, which have no right topic.
    """
    if understood.kind != "ask" or not understood.topics or case.label == "not_danger":
        return None
    topic, probability = understood.topics[0]
    return probability * understood.confidence, case.label == f"ask/{topic}"


def reliability(found: Iterable[tuple[float, bool]], bins: int = BINS) -> list[Bin]:
    """The messages by their probability in bins of the same width; empty bins are left out."""
    places: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, is_right in found:
        places[min(bins - 1, int(probability * bins))].append((probability, is_right))
    return [
        Bin(place / bins, len(inside), sum(p for p, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside))
        for place, inside in enumerate(places)
        if inside
    ]


def expected_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: the mean distance of probability and share that is right; None of no messages."""
    number = sum(one.number for one in bins)
    return sum(one.number * abs(one.mean - one.right) for one in bins) / number if number else None


def bias(bins: Sequence[Bin]) -> float | None:
    """Mean of right minus probability: above 0 the system is better than it believes; None of no messages."""
    number = sum(one.number for one in bins)
    return sum(one.number * (one.right - one.mean) for one in bins) / number if number else None
