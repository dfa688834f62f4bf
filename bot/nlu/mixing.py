"""What several readers of one message say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_FLOOR = 1e-6
"""A reader that rules something out has only never seen it."""


@dataclass(frozen=True)
class Opinion:
    """What one reader says: the probability of each kind, with its details, and of each topic; and what that counts."""

    share: float
    kinds: np.ndarray
    topics: np.ndarray


def pooled(opinions: Sequence[Opinion]) -> tuple[np.ndarray, np.ndarray]:
    """Kinds and topics after all readers: the weighted geometric mean (a logarithmic opinion pool, Heskes 1998).

    Each array makes 1 again. One opinion alone stays as it is.
    """
    if len(opinions) == 1:
        return opinions[0].kinds, opinions[0].topics
    return _pool([(one.share, one.kinds) for one in opinions]), _pool([(one.share, one.topics) for one in opinions])


def _pool(parts: Sequence[tuple[float, np.ndarray]]) -> np.ndarray:
    total = sum(share for share, _ in parts)
    logarithm = sum(share / total * np.log(np.asarray(found) + _FLOOR) for share, found in parts)
    grown = np.exp(np.asarray(logarithm))
    return np.asarray(grown / grown.sum())


def ranking(labels: Sequence[str], probabilities: np.ndarray) -> list[tuple[str, float]]:
    """Labels with their probability, best first."""
    return [(labels[index], float(probabilities[index])) for index in np.argsort(-probabilities, kind="stable")]
