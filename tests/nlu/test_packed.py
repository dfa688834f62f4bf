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
    full[:, 6] = 0.0  # a label that nothing speaks for
    return full


def test_scores_are_those_of_the_unpacked_matrix(weights: np.ndarray) -> None:
    packed = Packed.of(weights)
    positions = np.array([0, 5, 5, 17, 39], dtype=np.int32)
    values = np.array([0.5, 1.0, -1.0, 0.25, 2.0], dtype=np.float32)
    found = packed.scores(positions, values)
    assert found.dtype == np.float32
    assert np.allclose(found, values @ packed.full()[positions], atol=1e-5)
    assert np.allclose(found, values @ weights[positions], atol=0.05)


def test_a_text_without_a_known_feature_scores_nothing(weights: np.ndarray) -> None:
    nothing = Packed.of(weights).scores(np.array([], dtype=np.int32), np.array([], dtype=np.float32))
    assert nothing.tolist() == [0.0] * 7


def test_a_weight_is_kept_the_finer_the_smaller_it_is(weights: np.ndarray) -> None:
    error = np.abs(Packed.of(weights).full() - weights)
    most = np.abs(weights).max(axis=0)
    small = (np.abs(weights) >= ALMOST_NOTHING) & (np.abs(weights) < most / 20)
    assert small.any()
    assert error.max() <= most.max() / 127
    assert error[small].max() <= most.max() / 500
    assert (
        np.sign(Packed.of(weights).full())[np.abs(weights) > most / 10] == np.sign(weights)[np.abs(weights) > most / 10]
    ).all()


def test_what_is_almost_nothing_is_left_out(weights: np.ndarray) -> None:
    weights[3, 2] = ALMOST_NOTHING / 2
    packed = Packed.of(weights)
    assert packed.full()[3, 2] == 0
    assert len(packed.roots) == int((np.abs(weights) >= ALMOST_NOTHING).sum())


def test_more_labels_than_a_byte_can_name_are_refused() -> None:
    with pytest.raises(ValueError, match="257 labels"):
        Packed.of(np.ones((2, 257), dtype=np.float32))
