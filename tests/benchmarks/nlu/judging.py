"""What a system that has no bands would do: one rule for all of them, and the words it is explained in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.guidance.model import Understanding
from bot.nlu.data import Case

ANSWER = 0.4
"""From this probability of the label on top, a system without bands answers; below, it offers three topics."""
RANKED = 10
"""Labels of a ranking that are looked at; Rasa's DIET gives no more."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 21))
"""Scores from which the keyword search might answer."""
Ranking = Sequence[tuple[str, float]]


def flat(label: str) -> str:
    """A label as one intent of Rasa, where a slash would make it a retrieval intent."""
    return label.replace("/", "_")


def flat_labels(labels: Iterable[str]) -> dict[str, str]:
    """The labels by their flat form; raises ValueError when two have the same one."""
    found: dict[str, str] = {}
    for label in labels:
        if found.setdefault(flat(label), label) != label:
            raise ValueError(f"{label} and {found[flat(label)]} are the same as flat intents")
    return found


def judge(ranking: Ranking, language: str, *, is_unsure: bool = False) -> Understanding:
    """What a message is, by one ranking of all labels, best first.

    The kind is that of the label on top, whatever its probability, so that no sign of danger is lost to a threshold.
    A question is answered from ``ANSWER`` on; ``is_unsure`` (the system's own fallback) turns an answer into choices,
    and nothing else. The topics are the labels of topics in the ranking, also when another label stands above them.
    """
    ranking = ranking[:RANKED]
    if not ranking:
        return Understanding(kind="unclear", language=language)
    label, probability = ranking[0]
    kind, _, detail = label.partition("/")
    is_question = kind == "ask"
    return Understanding(
        kind=kind,
        detail=None if is_question else detail or None,
        topics=tuple((name[4:], p) for name, p in ranking if name.startswith("ask/")),
        band=("sure" if probability >= ANSWER and not is_unsure else "unsure") if is_question else "none",
        language=language,
        confidence=probability,
    )


def judge_hits(hits: Ranking, language: str, threshold: float) -> Understanding:
    """What the keyword search makes of a message: its first hit is the answer from ``threshold`` on."""
    if not hits:
        return Understanding(kind="unclear", language=language)
    band = "sure" if hits[0][1] >= threshold else "unsure"
    return Understanding(kind="ask", topics=tuple(hits), band=band, language=language, confidence=hits[0][1])


def best_threshold(cases: Sequence[Case], hits: Sequence[Ranking]) -> float:
    """The score from which the most messages are answered right after those answered wrong are taken off.

    Look-alikes of danger have no right answer and no wrong one, and are left out.
    """
    worth: Mapping[float, int] = {
        threshold: sum(
            1 if f"ask/{found[0][0]}" == case.label else -1
            for case, found in zip(cases, hits, strict=True)
            if case.label != "not_danger" and found and found[0][1] >= threshold
        )
        for threshold in THRESHOLDS
    }
    return max(THRESHOLDS, key=lambda threshold: (worth[threshold], threshold))
