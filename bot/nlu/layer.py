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
from bot.nlu.steps import Plain, Steps


@dataclass(frozen=True)
class Layer:
    """A trained layer. Reading is pure."""

    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    vectors: Steps | Plain
    """Of n-grams, or of the numbers that an encoder gives."""
    shift: np.ndarray
    """Added to the sum before it is cut off at 0."""
    outputs: np.ndarray
    """``[unit, label]``: the kinds, then the topics."""
    bias: np.ndarray

    def probabilities(self, positions: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each kind and of each topic, in the order of ``kinds`` and ``topics``; each array makes 1."""
        total = self.vectors.scores(positions, values) + self.shift
        scores = np.maximum(total, 0) @ self.outputs + self.bias
        return softmax(scores[: len(self.kinds)]), softmax(scores[len(self.kinds) :])

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What is stored, under names that begin with ``name``; the labels are those of the heads."""
        rest = {f"{name}.shift": self.shift, f"{name}.outputs": self.outputs, f"{name}.bias": self.bias}
        return self.vectors.arrays(name) | rest

    @classmethod
    def of(cls, name: str, arrays: Mapping[str, np.ndarray], kinds: tuple[str, ...], topics: tuple[str, ...]) -> Layer:
        """Read what ``arrays`` gave."""
        shift, outputs, bias = (arrays[f"{name}.{part}"] for part in ("shift", "outputs", "bias"))
        is_sparse = f"{name}.place" in arrays
        vectors = Steps.read(name, arrays, len(outputs)) if is_sparse else Plain(arrays[f"{name}.rows"])
        return cls(kinds, topics, vectors, shift, outputs, bias)
