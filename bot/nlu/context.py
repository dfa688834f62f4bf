"""What a message means after the one before it: "and how much does it cost?" is about what was just answered.

Two things, both without memory of their own (the caller says which topic was answered last):

* A short message weighs the topics of the last answer's area more, as a prior in the sense of Bayes: it turns a tie,
  and changes nothing where the message itself names another service.
* A message that only names an aspect (``refer/cost``, ``refer/apply``) is about that aspect of the last answer's area,
  and without a last answer about any of the topics that have it, so that the reader is asked which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.guidance.model import Band

ASPECTS: Final = ("cost", "apply")
"""Details of ``refer`` that are names of topics in several areas."""
PRIOR: Final = 6.0
"""How much likelier a topic of the last answer's area is, before the message is read."""
REFERRING: Final = 5.0
"""How much likelier a word about the last answer (``refer/…``) is after an answer."""
LEANING: Final = 0.15
"""Probability from which a message after an answer may ask for an aspect alone."""
NAMED: Final = 0.8
"""Probability of the first topic from which the message itself names the service. Prices are asked of barnehage most,
so a bare "how much is it" already makes its price probable, up to two thirds."""
PLAIN: Final = 0.9
"""Probability from which a message names an aspect and no service, however probable a topic is."""
SHORT: Final = 8
"""Words up to which a message may lean on the one before."""
Ranking = Sequence[tuple[str, float]]


def with_prior(topics: Ranking, last: str | None, words: int) -> list[tuple[str, float]]:
    """The ranking after the prior for the area of ``last``; as it was for long messages and without a last answer."""
    if last is None or words > SHORT:
        return list(topics)
    area = last.partition(".")[0] + "."
    weighed = [(topic, p * (PRIOR if topic.startswith(area) else 1.0)) for topic, p in topics]
    total = sum(p for _, p in weighed) or 1.0
    return sorted(((topic, p / total) for topic, p in weighed), key=lambda item: -item[1])


def kinds_with_prior(kinds: Ranking, last: str | None) -> list[tuple[str, float]]:
    """The ranking of kinds where ``refer/…`` is likelier after an answer.

    With none before it nothing changes: "the second one" may mean a choice that was offered instead of an answer.
    """
    if last is None:
        return list(kinds)
    weighed = [(label, p * (REFERRING if label.startswith("refer/") else 1.0)) for label, p in kinds]
    total = sum(p for _, p in weighed) or 1.0
    return sorted(((label, p / total) for label, p in weighed), key=lambda item: -item[1])


def bare_aspect(kinds: Ranking, topics: Ranking, last: str | None) -> str | None:
    """The aspect that a message after an answer asks for without naming a service; None where it asks for a topic.

    ``kinds`` are those after ``kinds_with_prior``, ``topics`` those before ``with_prior``.
    """
    if last is None:
        return None
    probability = {aspect: dict(kinds).get(f"refer/{aspect}", 0.0) for aspect in ASPECTS}
    likeliest = max(probability, key=lambda aspect: probability[aspect])
    is_named = bool(topics) and topics[0][1] >= NAMED
    return likeliest if probability[likeliest] >= (PLAIN if is_named else LEANING) else None


def resolve(aspect: str, topics: Ranking, last: str | None, confidence: float) -> tuple[Band, list[tuple[str, float]]]:
    """The topics that an aspect alone means: sure when the last answer's area has it, else some to choose from.

    Where the area of ``last`` has no such topic, its own answer stands first among the choices: it may hold the price.
    """
    names = {topic for topic, _ in topics}
    having = [(topic, p) for topic, p in topics if topic.partition(".")[2] == aspect]
    if last is not None:
        wanted = f"{last.partition('.')[0]}.{aspect}"
        if wanted in names:
            return "sure", [(wanted, confidence), *(entry for entry in having if entry[0] != wanted)]
        if last in names:
            having = [(last, confidence), *having]
    return ("unsure" if having else "none"), having
