"""The figures of one system on some messages: shares by language, and what it costs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.guidance.model import Understanding
from bot.nlu.data import Case
from bot.nlu.measure import Score

ALL = "all"


@dataclass(frozen=True)
class Figure:
    """A share: counted as ``part``, of all counted as ``whole``; for ``topics_only`` systems too or not."""

    title: str
    part: str
    whole: str
    explained: str
    topics_only: bool = True


FIGURES: tuple[Figure, ...] = (
    Figure(
        "first guess right", "first guess", "topics", "of questions about a topic; the first topic, whether answered"
    ),
    Figure("answered", "topics answered", "topics", "of questions about a topic, rightly or wrongly"),
    Figure("wrong among the answered", "answered wrong", "answered", "of all messages that got an answer"),
    Figure(
        "right in answer or choices",
        "answered or offered",
        "topics",
        "the answer, one of three choices, or beside another",
    ),
    Figure("danger recognised", "danger seen", "danger", "of messages with signs of danger", False),
    Figure("false alarms", "false alarms", "look-alikes", "of harmless messages that look like danger", False),
    Figure("own case or consent recognised", "personal seen", "personal", "of messages about one's own matter", False),
    Figure(
        "own case or consent: a person offered",
        "personal offered",
        "personal",
        "the same, danger included: it ends so",
        False,
    ),
    Figure("question sent to a human", "to a human", "topics", "of questions about a topic: too careful", False),
    Figure("outside the field, not answered", "outside not answered", "outside", "of messages about something else"),
)


class FullScore(Score):
    """A score that also counts which questions about a topic were answered at all."""

    def add(self, case: Case, understood: Understanding) -> None:
        """Count one test message."""
        super().add(case, understood)
        if case.label.startswith("ask/"):
            self.counts["topics answered"] += understood.kind == "ask" and understood.band == "sure"


Scores = Mapping[str, FullScore]


def count(cases: Iterable[Case], understood: Iterable[Understanding]) -> Scores:
    """Scores by language, and of all languages together under ``all``."""
    scores: dict[str, FullScore] = {}
    for case, one in zip(cases, understood, strict=True):
        for name in (case.language, ALL):
            scores.setdefault(name, FullScore()).add(case, one)
    return scores


def share(score: FullScore | None, figure: Figure) -> float | None:
    """The figure in per cent; None of nothing."""
    if score is None or not score.counts[figure.whole]:
        return None
    return 100 * score.counts[figure.part] / score.counts[figure.whole]


@dataclass(frozen=True)
class Cost:
    """What a system takes; None where there is nothing to measure."""

    training_seconds: float | None
    model_bytes: int | None
    training_mb: float | None
    serving_mb: float | None
    p50: float
    p95: float


@dataclass(frozen=True)
class System:
    """A system of the comparison and all that was measured of it on the same messages."""

    name: str
    scores: Scores
    cost: Cost
    topics_only: bool = False


def percentiles(milliseconds: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 95th percentile; of at least two values."""
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return cuts[49], cuts[94]
