"""Trains the layers of ``layer``: plain stochastic gradient descent in numpy, the same weights on every run.

Two kinds of input: rows of n-grams (``descent``), and the vectors of a pretrained encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.descent import FEWEST, LAST, Rows, batches, evened, numbered, steps
from bot.nlu.heads import SEED, softmax
from bot.nlu.layer import Layer
from bot.nlu.steps import Plain, Steps

OUTPUT_RATE = 2e-3
"""How far the outputs move at first."""


@dataclass(frozen=True)
class Plan:
    """How a layer is trained: its units, the rounds over all sentences, how many of its units are left out by chance
    (dropout, Srivastava et al. 2014), how far vectors move at first, and how wide they are drawn."""

    units: int
    rounds: int
    dropout: float
    rate: float
    spread: float


SPARSE = Plan(units=160, rounds=2, dropout=0.3, rate=0.13, spread=0.3)
DENSE = Plan(units=1024, rounds=10, dropout=0.1, rate=2e-3, spread=0.05)


class _Adam:
    """One array that is learned (Kingma and Ba 2015)."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self._mean = np.zeros_like(array)
        self._square = np.zeros_like(array)

    def move(self, gradient: np.ndarray, rate: float, step: int) -> None:
        self._mean += np.float32(0.1) * (gradient - self._mean)
        self._square += np.float32(0.001) * (gradient * gradient - self._square)
        length = np.float32(rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
        self.array -= length * self._mean / (np.sqrt(self._square) + np.float32(1e-8))


class _Answers:
    """Labels as numbers, and the outputs that are learned: what follows the hidden sum, for both kinds of input."""

    def __init__(self, kinds: Sequence[str], topics: Sequence[str | None], plan: Plan, size: int) -> None:
        self.kinds, self._kind = numbered(kinds)
        self.topics, self._topic = numbered(topics)
        self._weights = evened(self._kind)
        self.random = np.random.default_rng(SEED)
        labels = len(self.kinds) + len(self.topics)
        edge = 1 / np.sqrt(plan.units)
        self.outputs = _Adam(self.random.uniform(-edge, edge, (plan.units, labels)).astype(np.float32))
        self.bias = _Adam(np.zeros(labels, dtype=np.float32))
        self.shift = _Adam(np.zeros(plan.units, dtype=np.float32))
        self._plan = plan
        self._steps = steps(size, plan.rounds)
        self.step = 0
        self.size = size

    def rounds(self) -> Iterator[np.ndarray]:
        """The batches of all rounds."""
        for _ in range(self._plan.rounds):
            yield from batches(self.random, self.size)

    def pull(self, sums: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, float]:
        """Learn the outputs from hidden sums; how the sums should move, and what share of the first rate is left."""
        self.step += 1
        left = 1 - (1 - LAST) * self.step / self._steps
        kept = (sums > -self.shift.array) & (self.random.random(sums.shape, dtype=np.float32) >= self._plan.dropout)
        grown = np.float32(1 / (1 - self._plan.dropout))
        hidden = np.where(kept, (sums + self.shift.array) * grown, np.float32(0))
        scores = hidden @ self.outputs.array + self.bias.array
        error = np.concatenate(
            [self._error(scores[:, : len(self.kinds)], self._kind[rows]) * self._weights[rows][:, None],
             self._error(scores[:, len(self.kinds) :], self._topic[rows])], axis=1
        )  # fmt: skip
        back = np.where(kept, error @ self.outputs.array.T * grown, np.float32(0))
        rate = OUTPUT_RATE * left
        self.outputs.move(hidden.T @ error, rate, self.step)
        self.bias.move(error.sum(axis=0), rate, self.step)
        self.shift.move(back.sum(axis=0), rate, self.step)
        return back, left

    @staticmethod
    def _error(scores: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The gradient of the mean cross-entropy over the rows that have a label (not -1)."""
        labelled = np.flatnonzero(wanted >= 0)
        error = np.zeros_like(scores)
        if scores.shape[1] and len(labelled):
            error[labelled] = softmax(scores[labelled])
            error[labelled, wanted[labelled]] -= 1
            error /= np.float32(len(labelled))
        return error


def train_sparse(
    matrix: csr_matrix, kinds: Sequence[str], topics: Sequence[str | None], plan: Plan = SPARSE, fewest: int = FEWEST
) -> Layer:
    """A layer over rows of n-grams; None among ``topics`` for a sentence that has none. On one core."""
    answers = _Answers(kinds, topics, plan, matrix.shape[0])
    rows = Rows(matrix, fewest)
    rows.begin(answers.random.normal(0, plan.spread, (len(rows), plan.units)))
    # Its products are small, and other readers learn on the same cores at the same time.
    with threadpool_limits(1, "blas"):
        for batch in answers.rounds():
            part, sums = rows.sums(batch)
            back, left = answers.pull(sums, batch)
            rows.move(part, back, plan.rate * left)
    return _finished(answers, Steps.of(rows.learned(), rows.place), answers.shift.array)


def train_dense(vectors: np.ndarray, kinds: Sequence[str], topics: Sequence[str | None], plan: Plan = DENSE) -> Layer:
    """A layer over an encoder's vectors ``[sentence, number]``.

    They are brought to mean 0 and spread 1 while it learns, which the stored layer undoes.
    """
    answers = _Answers(kinds, topics, plan, len(vectors))
    middle = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = np.maximum(vectors.std(axis=0, dtype=np.float64), 1e-6).astype(np.float32)
    width = vectors.shape[1]
    weights = _Adam(answers.random.normal(0, plan.spread, (width, plan.units)).astype(np.float32))
    for batch in answers.rounds():
        given = (vectors[batch].astype(np.float32) - middle) / spread
        given *= answers.random.random(given.shape, dtype=np.float32) >= plan.dropout
        back, left = answers.pull(given @ weights.array, batch)
        weights.move(given.T @ back, plan.rate * left, answers.step)
    rows = weights.array / spread[:, None]
    return _finished(answers, Plain(rows), answers.shift.array - middle @ rows)


def _finished(answers: _Answers, vectors: Steps | Plain, shift: np.ndarray) -> Layer:
    return Layer(answers.kinds, answers.topics, vectors, shift, answers.outputs.array, answers.bias.array)
