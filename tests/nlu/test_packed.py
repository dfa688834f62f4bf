"""Packed weights give the scores of the full matrix."""

import numpy as np
import pytest

from bot.nlu.packed import ALMOST_NOTHING, Packed


@pytest.fixture
def weights() -> np.ndarray:
    drawn = np.random.default_rng(3)
    full = drawn.normal(size=(40, 7)).astype(np.float32)
    full[drawn.random(full.shape) < 0.7] = 0.0
    full[5] = 0.0  # a feature that speaks for nothing
    return full.astype(np.float16).astype(np.float32)


def test_scores_are_those_of_the_full_matrix(weights: np.ndarray) -> None:
    packed = Packed.of(weights)
    positions = np.array([0, 5, 5, 17, 39], dtype=np.int32)
    values = np.array([0.5, 1.0, -1.0, 0.25, 2.0], dtype=np.float32)
    found = packed.scores(positions, values)
    assert found.dtype == np.float32
    assert np.allclose(found, values @ weights[positions], atol=1e-5)


def test_a_text_without_a_known_feature_scores_nothing(weights: np.ndarray) -> None:
    nothing = Packed.of(weights).scores(np.array([], dtype=np.int32), np.array([], dtype=np.float32))
    assert nothing.tolist() == [0.0] * 7


def test_packing_and_unpacking_loses_only_what_is_almost_nothing(weights: np.ndarray) -> None:
    weights[3, 2] = ALMOST_NOTHING / 2
    unpacked = Packed.of(weights).full()
    assert unpacked[3, 2] == 0
    weights[np.abs(weights) < ALMOST_NOTHING] = 0
    assert (unpacked == weights).all()


def test_more_labels_than_a_byte_can_name_are_refused() -> None:
    with pytest.raises(ValueError, match="257 labels"):
        Packed.of(np.ones((2, 257), dtype=np.float32))
