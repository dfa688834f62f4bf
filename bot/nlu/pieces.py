"""What the sentences of one message say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.guidance.model import PERSONAL, Band
from bot.nlu.bands import Bands
from bot.nlu.context import ASPECTS

RANKED = 5
"""Topics that are kept of a ranking."""
QUESTIONS = ("ask", *(f"refer/{aspect}" for aspect in ASPECTS))
"""Labels of what asks something: "how much is it" is a question too."""
LIKELY = 0.5
"""Share of the threshold for answering from which a second question in a message counts as one."""
Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Piece:
    """What one sentence, or the whole message, says by itself."""

    kind: str
    confidence: float
    band: Band
    fine: Ranking
    topics: Ranking


def together(whole: Piece, parts: Sequence[Piece], bands: Bands) -> Piece:
    """What several sentences say together: danger anywhere, then the family's own matter, then their questions.

    Two different questions become one unsure piece with both on top, so that both are offered. A question between
    sentences that ask nothing is that question.
    """
    for part in parts:
        if part.kind == "danger":
            return part
    if whole.kind in PERSONAL:
        return whole
    personal = [part for part in parts if part.kind in PERSONAL and part.confidence >= bands.personal]
    if personal:
        first = max(personal, key=lambda part: part.confidence)
        return replace(first, topics=whole.topics, band=whole.band)
    asked = [part for part in parts if part.kind == "ask" and part.band != "none"]
    sure = [part for part in asked if part.band == "sure"]
    if whole.kind == "ask" and whole.band == "sure":
        sure.append(whole)
    likely = [part for part in asked if part.topics[0][1] * part.confidence >= LIKELY * bands.answer]
    tops = {part.topics[0][0] for part in (*sure, *likely)}
    if not asked:
        return whole
    if sure and len(tops) == 1:
        return max(sure, key=lambda part: part.confidence)
    return _several([*sure, *likely] or asked, [*asked, *([whole] if whole.kind == "ask" else [])])


def _several(first: Sequence[Piece], others: Sequence[Piece]) -> Piece:
    """One unsure question with the first topic of each of ``first`` on top, then what the others say."""
    best: dict[str, float] = {}
    for piece in others:
        for topic, probability in piece.topics[:RANKED]:
            best[topic] = max(probability, best.get(topic, 0.0))
    tops = {piece.topics[0][0]: piece.topics[0][1] for piece in first}
    ranked = sorted(tops.items(), key=lambda item: -item[1])
    ranked += sorted(((topic, p) for topic, p in best.items() if topic not in tops), key=lambda item: -item[1])
    surest = max(first, key=lambda piece: piece.confidence)
    return replace(surest, band="unsure", topics=ranked)


def beside(found: Piece, parts: Sequence[Piece], bands: Bands) -> tuple[Piece, bool]:
    """A piece of danger with the topics to show beside it, and whether a question may be meant.

    What the message asks in a sentence of its own comes first; else a question is likely from ``bands.beside`` on.
    """
    asked = [part for part in parts if part.kind == "ask" and part.band == "sure"]
    if asked:
        tops = dict.fromkeys(part.topics[0] for part in asked)
        return replace(found, topics=[*tops, *(entry for entry in found.topics if entry not in tops)]), True
    return found, sum(probability for label, probability in found.fine if label in QUESTIONS) >= bands.beside
