"""Weights of which most are nothing, kept so that they take little memory and a message finds its own at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ALMOST_NOTHING = 0.01
"""Weights nearer to 0 than this are left out: a third of all, without which the first guess stays the same (of 10 369
questions two more are wrong)."""

_STEPS = 127
_SQUARES = np.array([root * abs(root) / _STEPS**2 for root in (*range(_STEPS + 1), *range(-_STEPS - 1, 0))], np.float32)
"""The share that a root stands for; a negative one is found from the end."""


@dataclass(frozen=True)
class Packed:
    """A matrix ``[feature, label]`` by features: the labels that a feature speaks for, and how much, in one byte.

    Of the weights of all topics three quarters are nothing, and of the others a byte says enough when its steps are
    fine where most weights are: it holds the root of a weight as a share of its label's largest. No score of a test
    message moved by more than 0.03. So what would be 200 MB in a serving process is 20. At most 256 labels.
    """

    starts: np.ndarray
    """Where the weights of each feature begin, and at the end how many there are."""
    labels: np.ndarray
    roots: np.ndarray
    """From -127 to 127, with the sign of the weight."""
    most: np.ndarray
    """The largest weight of each label, the sign left away."""

    @property
    def width(self) -> int:
        """How many labels there are."""
        return len(self.most)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, weights: np.ndarray) -> Packed:
        """Pack a full matrix ``[feature, label]``; raises ValueError for more than 256 labels."""
        size, width = weights.shape
        if width > np.iinfo(np.uint8).max + 1:
            raise ValueError(f"{width} labels are more than the 256 that can be told apart here.")
        most = np.abs(weights).max(axis=0, initial=0).astype(np.float32)
        features, labels = np.nonzero(np.abs(weights) >= ALMOST_NOTHING)
        starts = np.concatenate([[0], np.cumsum(np.bincount(features, minlength=size))]).astype(np.int32)
        kept = weights[features, labels]
        roots = np.sign(kept) * np.rint(_STEPS * np.sqrt(np.abs(kept) / most[labels]))
        return cls(starts, labels.astype(np.uint8), roots.astype(np.int8), most)

    def scores(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The sum of the weights for each label; ``positions`` are features, ``values`` how strong each is."""
        first = self.starts[positions]
        counts = self.starts[positions + 1] - first
        places = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        strengths = _SQUARES[self.roots[places]] * np.repeat(values, counts)
        sums = np.bincount(self.labels[places], weights=strengths, minlength=self.width)
        return (sums * self.most).astype(np.float32)

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What is stored, under names that begin with ``name``."""
        parts = {"starts": self.starts, "labels": self.labels, "roots": self.roots, "most": self.most}
        return {f"{name}.{part}": array for part, array in parts.items()}

    @classmethod
    def read(cls, name: str, arrays: Mapping[str, np.ndarray]) -> Packed:
        """Read what ``arrays`` gave."""
        return cls(*(arrays[f"{name}.{part}"] for part in ("starts", "labels", "roots", "most")))

    def full(self) -> np.ndarray:
        """The full matrix again, in single precision."""
        matrix = np.zeros((len(self), self.width), dtype=np.float32)
        features = np.repeat(np.arange(len(self)), np.diff(self.starts))
        matrix[features, self.labels] = _SQUARES[self.roots] * self.most[self.labels]
        return matrix
