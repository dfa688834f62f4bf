"""Vectors of n-grams, kept in half a byte a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_MOST = 7
"""A number is kept as a whole one from -7 to 7, and the length of one step is that of its vector."""
_MIDDLE = 8
"""What stands for 0 in half a byte."""


@dataclass(frozen=True)
class Steps:
    """The vectors of features; those of one that is not kept are nothing.

    An eighth of the memory of plain numbers. A message adds up some seventy vectors, so their errors cancel out, and no
    figure moves.
    """

    place: np.ndarray
    """The row of each feature, -1 for one that is not kept."""
    rows: np.ndarray
    """Two numbers in a byte: the first half of a vector's in the low bits, the second half in the high ones."""
    scale: np.ndarray
    """The length of one step of each row."""
    width: int
    """How many numbers a vector has."""

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def of(cls, vectors: np.ndarray, place: np.ndarray) -> Steps:
        """Pack vectors ``[row, number]``; ``place`` says which row is a feature's."""
        width = vectors.shape[1]
        half = -(-width // 2)
        scale = np.abs(vectors).max(axis=1, initial=0) / _MOST
        steps = np.full((len(vectors), 2 * half), _MIDDLE, dtype=np.uint8)
        steps[:, :width] = np.rint(vectors / np.maximum(scale, 1e-12)[:, None]) + _MIDDLE
        return cls(place, steps[:, :half] | (steps[:, half:] << 4), scale.astype(np.float32), width)

    def scores(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The sum of the features' vectors; ``positions`` are features, ``values`` how strong each is."""
        places = self.place[positions]
        known = places >= 0
        places = places[known]
        weights = values[known] * self.scale[places]
        rows = self.rows[places]
        both = [weights @ (rows & 15).astype(np.float32), weights @ (rows >> 4).astype(np.float32)]
        sums = np.concatenate(both)[: self.width] - np.float32(_MIDDLE) * weights.sum()
        return np.asarray(sums, dtype=np.float32)

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What is stored, under names that begin with ``name``."""
        return {f"{name}.place": self.place, f"{name}.rows": self.rows, f"{name}.scale": self.scale}

    @classmethod
    def read(cls, name: str, arrays: Mapping[str, np.ndarray], width: int) -> Steps:
        """Read what ``arrays`` gave."""
        return cls(arrays[f"{name}.place"], arrays[f"{name}.rows"], arrays[f"{name}.scale"], width)


@dataclass(frozen=True)
class Plain:
    """Vectors as they are: of the few hundred numbers that an encoder says of a message."""

    rows: np.ndarray

    def scores(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The sum of the vectors at ``positions``, each as often as ``values`` says."""
        return np.asarray(values @ self.rows[positions])

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What is stored, under a name that begins with ``name``."""
        return {f"{name}.rows": self.rows}
