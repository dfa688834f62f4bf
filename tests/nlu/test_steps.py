"""Vectors in half a byte a number."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.steps import Steps


@pytest.mark.parametrize("width", [8, 7])
def test_a_vector_is_kept_to_half_a_step(width: int) -> None:
    vectors = np.random.default_rng(1).normal(0, 1, (20, width)).astype(np.float32)
    vectors[4] = 0
    packed = Steps.of(vectors, np.arange(20, dtype=np.int32))
    assert (packed.rows.dtype, packed.rows.shape) == (np.uint8, (20, 4))
    one = np.ones(1, dtype=np.float32)
    for row, vector in enumerate(vectors):
        found = packed.scores(np.array([row]), one)
        assert found.shape == (width,)
        assert np.abs(found - vector).max() <= np.abs(vector).max() / 14 + 1e-5
    assert not packed.scores(np.array([4]), one).any()


def test_a_sum_counts_each_feature_as_often_as_its_value_says() -> None:
    vectors = np.array([[7.0, 1.0], [-7.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    packed = Steps.of(vectors, np.array([2, -1, 0, 1], dtype=np.int32))  # the second feature has no vector
    found = packed.scores(np.array([0, 1, 2, 3]), np.array([1.0, 9.0, 2.0, 0.5], dtype=np.float32))
    assert np.allclose(found, [0 + 14 - 3.5, 3 + 2 + 0])


def test_nothing_known_is_nothing() -> None:
    packed = Steps.of(np.ones((1, 3), dtype=np.float32), np.array([0, -1], dtype=np.int32))
    assert packed.scores(np.array([1]), np.ones(1, dtype=np.float32)).tolist() == [0, 0, 0]
    assert packed.scores(np.array([], dtype=np.int32), np.array([], dtype=np.float32)).tolist() == [0, 0, 0]
