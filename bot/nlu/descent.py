"""Stochastic gradient descent over rows of n-grams, of which a sentence holds a few dozen of half a million.

Only the vectors of what a batch holds are read and moved, by row-wise AdaGrad (Duchi, Hazan and Singer 2011, with one
rate a row), on one core and with the same weights on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse._sparsetools import csc_matvecs

BATCH = 256
LAST = 0.02
"""Every rate falls in a straight line to this share of what it was."""
FEWEST = 3
"""Sentences that must hold an n-gram before it gets a vector: the rarest third of all n-grams teaches little here."""
EVENED = 0.2
"""A sentence weighs less, by this power, the more sentences its kind has. At 0 the kinds with few sentences (yes, no,
the second one) drown among 170 000 questions; at 1 a rare kind is seen everywhere."""
_STRENGTH = 3.0
"""Rows of n-grams have length 1.3 at most; they are made so much longer while their vectors are learned."""


class Rows:
    """The vectors of all n-grams that at least ``fewest`` sentences hold, while they are learned."""

    def __init__(self, matrix: csr_matrix, fewest: int) -> None:
        often = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= fewest)
        self.place = np.full(matrix.shape[1], -1, dtype=np.int32)
        self.place[often] = np.arange(len(often), dtype=np.int32)
        self._sentences = matrix[:, often].tocsr().astype(np.float32) * np.float32(_STRENGTH)
        self.vectors = np.zeros((0, 0), dtype=np.float32)
        self._moved = np.zeros((len(often), 1), dtype=np.float32)

    def begin(self, vectors: np.ndarray) -> None:
        """Where the vectors start from, as if rows were ``_STRENGTH`` times as long as they are."""
        self.vectors = np.ascontiguousarray(vectors / _STRENGTH, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._moved)

    def sums(self, batch: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
        """The rows of some sentences, and for each the sum of its vectors."""
        part = self._sentences[batch]
        return part, part @ self.vectors

    def move(self, part: csr_matrix, back: np.ndarray, rate: float) -> None:
        """Move the vectors of ``part`` against ``back``, the gradient of its sums; a row's rate falls as it moves."""
        _add(part, part.data * part.data, (back * back).mean(axis=1, keepdims=True), self._moved)
        rates = np.float32(rate) / (np.sqrt(self._moved[part.indices, 0]) + np.float32(1e-8))
        _add(part, -rates * part.data, back, self.vectors)

    def learned(self) -> np.ndarray:
        """The vectors for rows of their usual length."""
        return np.float32(_STRENGTH) * self.vectors


def batches(random: np.random.Generator, size: int) -> Iterator[np.ndarray]:
    """The sentences of one round, in an order of its own."""
    order = random.permutation(size)
    return (order[start : start + BATCH] for start in range(0, size, BATCH))


def steps(size: int, rounds: int) -> int:
    """How many batches there are in all rounds."""
    return rounds * -(-size // BATCH)


def numbered(labels: Sequence[str | None]) -> tuple[tuple[str, ...], np.ndarray]:
    """The labels in order, and the number of each sentence's own; -1 for one that has none."""
    names = tuple(sorted({label for label in labels if label is not None}))
    place = {label: number for number, label in enumerate(names)}
    return names, np.array([-1 if label is None else place[label] for label in labels])


def evened(numbers: np.ndarray) -> np.ndarray:
    """What each sentence weighs by how many have its label (``EVENED``); 1 on average."""
    counts = np.bincount(numbers)[numbers].astype(np.float64)
    weights = counts**-EVENED
    return np.asarray(weights / weights.mean(), dtype=np.float32)


def _add(part: csr_matrix, data: np.ndarray, factors: np.ndarray, target: np.ndarray) -> None:
    """Add to ``target`` the transpose of ``part``, with other ``data``, times ``factors``; only its rows are touched.

    The routine behind scipy's product of a sparse and a dense matrix, which adds to what is there. The product itself
    would make a dense array of all rows, and these rows alone would have to be found, copied and written back: that
    took twice the time. tests/nlu/test_descent.py holds it to the plain product.
    """
    height, width = target.shape
    flat = np.ascontiguousarray(factors, dtype=np.float32).ravel()
    csc_matvecs(height, part.shape[0], width, part.indptr, part.indices, data, flat, target.reshape(-1))
