"""One hidden layer that kinds and topics share: a second reader of a message beside the machines of ``heads``.

A support vector machine has weights of its own for every label, so it knows nothing of what labels have in common. Here
every feature has a short vector, the vectors of a message are added up (Joulin et al. 2017, fastText), cut off at 0,
and both questions, which kind and which topic, are answered from that one sum (multi-task learning, Caruana 1997). The
two readers err on different messages, so their mean is better than either (``mixing``; docs/decisions/0025).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.nlu.heads import softmax

_STEPS = 127
"""A vector of a sparse layer is kept in whole numbers from -127 to 127 and the length of one step."""


@dataclass(frozen=True)
class Layer:
    """A trained layer. Reading is pure; ``rows[place[feature]] * scale`` is a feature's vector."""

    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    place: np.ndarray
    """The row of each feature, -1 for one that too few sentences held."""
    rows: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    """Added to the sum before it is cut off at 0."""
    outputs: np.ndarray
    """``[unit, label]``: the kinds, then the topics."""
    bias: np.ndarray

    def probabilities(self, positions: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each kind and of each topic, in the order of ``kinds`` and ``topics``; each array makes 1."""
        places = self.place[positions]
        known = places >= 0
        places = places[known]
        total = (values[known] * self.scale[places]) @ self.rows[places].astype(np.float32)
        scores = np.maximum(total + self.shift, 0) @ self.outputs + self.bias
        return softmax(scores[: len(self.kinds)]), softmax(scores[len(self.kinds) :])

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What is stored, under names that begin with ``name``; the labels are those of the heads."""
        return {
            f"{name}.place": self.place,
            f"{name}.rows": self.rows,
            f"{name}.scale": self.scale,
            f"{name}.shift": self.shift,
            f"{name}.outputs": self.outputs,
            f"{name}.bias": self.bias,
        }

    @classmethod
    def of(cls, name: str, arrays: Mapping[str, np.ndarray], kinds: tuple[str, ...], topics: tuple[str, ...]) -> Layer:
        """Read what ``arrays`` gave."""
        parts = ("place", "rows", "scale", "shift", "outputs", "bias")
        return cls(kinds, topics, *(arrays[f"{name}.{part}"] for part in parts))


def in_steps(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors as whole numbers and the step of each: a quarter of the memory, and no figure moves."""
    scale = np.abs(vectors).max(axis=1, initial=0) / _STEPS
    rows = np.rint(vectors / np.maximum(scale, 1e-12)[:, None]).astype(np.int8)
    return rows, scale.astype(np.float32)
