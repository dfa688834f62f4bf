"""Weights of which most are nothing, kept so that they take little memory and a message finds its own at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ALMOST_NOTHING = 0.01
"""Weights nearer to 0 than this are left out: a third of all, without which the first guess stays the same (of 10 369
questions two more are wrong)."""


@dataclass(frozen=True)
class Packed:
    """A matrix ``[feature, label]`` by features: the labels that a feature speaks for, and how much, in half precision.

    Of the weights of all topics three quarters are nothing, and half precision (IEEE 754 binary16) moves a score by
    less than a thousandth: so what would be 200 MB in a serving process is 40. At most 256 labels.
    """

    starts: np.ndarray
    """Where the weights of each feature begin, and at the end how many there are."""
    labels: np.ndarray
    values: np.ndarray
    width: int
    """How many labels there are."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, weights: np.ndarray) -> Packed:
        """Pack a full matrix ``[feature, label]``; raises ValueError for more than 256 labels."""
        size, width = weights.shape
        if width > np.iinfo(np.uint8).max + 1:
            raise ValueError(f"{width} labels are more than the 256 that can be told apart here.")
        features, labels = np.nonzero(np.abs(weights) >= ALMOST_NOTHING)
        starts = np.concatenate([[0], np.cumsum(np.bincount(features, minlength=size))]).astype(np.int32)
        return cls(starts, labels.astype(np.uint8), weights[features, labels].astype(np.float16), width)

    def scores(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The sum of the weights for each label; ``positions`` are features, ``values`` how strong each is."""
        first = self.starts[positions]
        counts = self.starts[positions + 1] - first
        places = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        strengths = self.values[places].astype(np.float32) * np.repeat(values, counts)
        return np.bincount(self.labels[places], weights=strengths, minlength=self.width).astype(np.float32)

    def full(self) -> np.ndarray:
        """The full matrix again, in single precision."""
        matrix = np.zeros((len(self), self.width), dtype=np.float32)
        matrix[np.repeat(np.arange(len(self)), np.diff(self.starts)), self.labels] = self.values
        return matrix
