"""Gradient descent over rows of n-grams, and the regression of kinds that learns by it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse import random as sparse

from bot.nlu.descent import Rows, batches, evened, numbered
from bot.nlu.features import Features, Shape
from bot.nlu.regression import train_regression

SIZE, WIDTH, UNITS = 60, 30, 4


def drawn() -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Rows, vectors to start from, and a gradient of the sums of the first eight rows."""
    random = np.random.default_rng(4)
    matrix = sparse(SIZE, WIDTH, 0.3, format="csr", random_state=4, dtype=np.float32)
    return matrix, random.normal(0, 1, (WIDTH, UNITS)), random.normal(0, 1, (8, UNITS)).astype(np.float32)


def test_a_step_is_that_of_row_wise_adagrad_with_plain_products() -> None:
    matrix, start, back = drawn()
    rows = Rows(matrix, 1)
    rows.begin(start)
    batch = np.arange(8)
    for _ in range(3):
        part, sums = rows.sums(batch)
        rows.move(part, back, 0.1)
    assert np.allclose(rows.sums(batch)[1], matrix[batch] @ rows.learned(), atol=1e-4)
    dense = 3.0 * matrix[batch].toarray()
    vectors, moved = start / 3.0, np.zeros(WIDTH)
    for _ in range(3):
        moved += (dense**2).T @ (back**2).mean(axis=1)
        vectors = vectors - 0.1 / (np.sqrt(moved)[:, None] + 1e-8) * (dense.T @ back)
    assert np.allclose(rows.learned(), 3.0 * vectors, atol=1e-4)
    assert sums.shape == (8, UNITS)


def test_vectors_of_what_a_batch_does_not_hold_stay_as_they_are() -> None:
    matrix, start, back = drawn()
    rows = Rows(matrix, 1)
    rows.begin(start)
    before = rows.learned()
    part, _ = rows.sums(np.arange(8))
    rows.move(part, back, 0.1)
    held = np.unique(part.indices)
    others = np.setdiff1d(np.arange(WIDTH), held)
    assert len(others)
    assert np.array_equal(rows.learned()[others], before[others])
    assert not np.array_equal(rows.learned()[held], before[held])


def test_an_n_gram_of_too_few_sentences_has_no_vector() -> None:
    matrix, _, _ = drawn()
    held = np.bincount(matrix.indices, minlength=WIDTH)
    fewest = int(np.median(held))
    rows = Rows(matrix, fewest)
    assert 0 < len(rows) < WIDTH
    assert ((rows.place >= 0) == (held >= fewest)).all()


def test_every_sentence_comes_once_in_a_round() -> None:
    random = np.random.default_rng(0)
    first, second = (np.concatenate(list(batches(random, 700))) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(700))
    assert not np.array_equal(first, second)


def test_labels_are_numbered_in_order_and_none_is_no_label() -> None:
    names, numbers = numbered(["b", None, "a", "b"])
    assert (names, numbers.tolist()) == (("a", "b"), [1, -1, 0, 1])


def test_a_sentence_of_a_rare_kind_weighs_more_but_not_as_much_as_all_of_a_frequent_one() -> None:
    weights = evened(np.array([0] * 1000 + [1] * 10))
    assert np.isclose(weights.mean(), 1)
    rare, frequent = weights[-1], weights[0]
    assert 2 < rare / frequent < 10


def test_kinds_are_told_apart_and_the_same_on_every_run() -> None:
    texts = [f"{word} {number % 7}" for number in range(300) for word in ("fire", "water")]
    labels = [("hot", "wet")[number % 2] for number in range(600)]
    features, matrix = Features.fit(texts, Shape(), 2)
    head = train_regression(matrix, labels, 1.0, rounds=5, fewest=2)
    for word, label in (("fire", "hot"), ("water", "wet")):
        first, probability = head.ranking(*features.row(word))[0]
        assert first == label
        assert probability > 0.7
    again = train_regression(matrix, labels, 1.0, rounds=5, fewest=2)
    for name, array in head.weights.arrays("kind").items():
        assert np.array_equal(array, again.weights.arrays("kind")[name]), name
