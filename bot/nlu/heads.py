"""Linear one-against-the-rest classifiers over one set of features, trained side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC


@dataclass(frozen=True)
class Head:
    """Labels with one row of weights for each feature; ``weights[feature, label]``, so that reading adds few rows."""

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    temperature: float

    def probabilities(self, positions: np.ndarray, values: np.ndarray) -> np.ndarray:
        """One number for each label that together make 1: softmax of the margins over the temperature."""
        scores = values @ self.weights[positions] + self.bias
        return softmax(scores / self.temperature)

    def ranking(self, positions: np.ndarray, values: np.ndarray) -> list[tuple[str, float]]:
        """Labels with their probability, best first."""
        found = self.probabilities(positions, values)
        return [(self.labels[index], float(found[index])) for index in np.argsort(-found, kind="stable")]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Positive numbers that make 1 along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def train_heads(
    matrix: csr_matrix,
    targets: Sequence[Sequence[str | None]],
    *,
    strength: float,
    temperature: float,
    balanced: Sequence[bool],
) -> list[Head]:
    """Train one head for each list of labels (None leaves a row out); every label is one task, on all cores.

    ``balanced`` says for which heads rare labels weigh as much as frequent ones. The training releases Python's
    lock, so threads are enough. Weights that are almost nothing are dropped to 0, which packs well.
    """
    heads_rows: list[tuple[csr_matrix, list[str], np.ndarray]] = []
    for labels in targets:
        kept = [index for index, label in enumerate(labels) if label is not None]
        names = sorted({label for label in labels if label is not None})
        place = {name: index for index, name in enumerate(names)}
        wanted = np.array([place[str(labels[index])] for index in kept])
        heads_rows.append((matrix[kept], names, wanted))

    def one(task: tuple[int, int]) -> tuple[np.ndarray, float]:
        head, label = task
        rows, _, wanted = heads_rows[head]
        weight = "balanced" if balanced[head] else None
        model = LinearSVC(C=strength, class_weight=weight, tol=0.1, max_iter=1000, random_state=7)
        model.fit(rows, (wanted == label).astype(np.int8))
        return model.coef_[0].astype(np.float32), float(model.intercept_[0])

    tasks = [(head, label) for head, (_, names, _) in enumerate(heads_rows) for label in range(len(names))]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        learned = list(pool.map(one, tasks))
    heads: list[Head] = []
    at = 0
    for _, names, _ in heads_rows:
        part = learned[at : at + len(names)]
        at += len(names)
        weights = np.ascontiguousarray(np.stack([row for row, _ in part], axis=1)) if part else np.zeros((0, 0))
        weights[np.abs(weights) < 1e-4] = 0.0
        bias = np.array([value for _, value in part], dtype=np.float32)
        heads.append(Head(tuple(names), weights, bias, temperature))
    return heads
