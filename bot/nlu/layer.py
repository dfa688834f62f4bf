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

_STEPS = 7
"""A vector of a sparse layer is kept in whole numbers from -7 to 7 and the length of one step."""
_MIDDLE = 8
"""What stands for 0 in half a byte."""


@dataclass(frozen=True)
class Layer:
    """A trained layer. Reading is pure; ``rows[place[feature]] * scale`` is a feature's vector.

    The rows of a sparse layer hold two units in a byte, those of a dense one are plain numbers.
    """

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
        total = self.hidden(positions, values) + self.shift
        scores = np.maximum(total, 0) @ self.outputs + self.bias
        return softmax(scores[: len(self.kinds)]), softmax(scores[len(self.kinds) :])

    def hidden(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The sum of the features' vectors, before it is shifted and cut off."""
        places = self.place[positions]
        known = places >= 0
        places = places[known]
        return _weighed(values[known] * self.scale[places], self.rows[places])

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
    """Vectors ``[feature, unit]``, of an even number of units, as halves of bytes, and the step of each vector.

    An eighth of the memory. A sum adds up some seventy of them, so their errors cancel out, and no figure moves.
    """
    scale = np.abs(vectors).max(axis=1, initial=0) / _STEPS
    steps = (np.rint(vectors / np.maximum(scale, 1e-12)[:, None]) + _MIDDLE).astype(np.uint8)
    half = steps.shape[1] // 2
    return steps[:, :half] | (steps[:, half:] << 4), scale.astype(np.float32)


def _weighed(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The sum of the rows, each as often as its weight says."""
    if rows.dtype != np.uint8:
        return np.asarray(weights @ rows)
    both = [weights @ (rows & 15).astype(np.float32), weights @ (rows >> 4).astype(np.float32)]
    return np.concatenate(both) - np.float32(_MIDDLE) * weights.sum()
