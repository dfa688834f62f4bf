"""The layer that kinds and topics share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu.examples import Example
from bot.nlu.features import Features, Shape
from bot.nlu.layer import Layer
from bot.nlu.layer_training import Plan, train_dense, train_sparse
from bot.nlu.model import Model, Options
from bot.nlu.steps import Steps

COLOURS = {"red": ("warm", "fire"), "orange": ("warm", "fruit"), "blue": ("cold", "sea"), "grey": ("cold", None)}
"""Words with the kind and the topic that a sentence with them has."""
WORDS = ["the", "a", "is", "today", "very"]
QUICK = Plan(units=16, rounds=30, dropout=0.1, rate=0.1, spread=0.3)


def sentences(count: int, seed: int = 3) -> list[tuple[str, str, str | None]]:
    """Sentences of words that say nothing, and one colour each."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        colour = list(COLOURS)[number % len(COLOURS)]
        words = [*random.choice(WORDS, 3), colour]
        random.shuffle(words)
        found.append((" ".join(words), *COLOURS[colour]))
    return found


@pytest.fixture(scope="module")
def rows() -> tuple[Features, csr_matrix, list[str], list[str | None]]:
    given = sentences(400)
    features, matrix = Features.fit([text for text, _, _ in given], Shape(), 2)
    return features, matrix, [kind for _, kind, _ in given], [topic for _, _, topic in given]


@pytest.fixture(scope="module")
def layer(rows: tuple[Features, csr_matrix, list[str], list[str | None]]) -> Layer:
    _, matrix, kinds, topics = rows
    return train_sparse(matrix, kinds, topics, QUICK, fewest=2)


def test_kinds_and_topics_are_read_from_one_sum(
    layer: Layer, rows: tuple[Features, csr_matrix, list[str], list[str | None]]
) -> None:
    for text, kind, topic in sentences(40, seed=8):
        kinds, topics = layer.probabilities(*rows[0].row(text))
        assert layer.kinds[int(kinds.argmax())] == kind
        assert topic is None or layer.topics[int(topics.argmax())] == topic
        assert kinds.sum() == pytest.approx(1)
        assert topics.sum() == pytest.approx(1)


def test_two_trainings_give_the_same_layer_bit_for_bit(
    layer: Layer, rows: tuple[Features, csr_matrix, list[str], list[str | None]]
) -> None:
    _, matrix, kinds, topics = rows
    again = train_sparse(matrix, kinds, topics, QUICK, fewest=2)
    for name, array in layer.arrays("layer").items():
        assert np.array_equal(array, again.arrays("layer")[name]), name


def test_a_rare_n_gram_gets_no_vector_and_says_nothing(
    rows: tuple[Features, csr_matrix, list[str], list[str | None]],
) -> None:
    _features, matrix, kinds, topics = rows
    common = train_sparse(matrix, kinds, topics, QUICK, fewest=150)
    assert isinstance(common.vectors, Steps)
    assert 0 < len(common.vectors.rows) < matrix.shape[1]
    rare = np.flatnonzero(common.vectors.place < 0)[:1].astype(np.int32)
    silent = np.array([], dtype=np.int32)
    heard = [common.probabilities(part, np.ones(len(part), dtype=np.float32))[0] for part in (rare, silent)]
    assert np.array_equal(*heard)


def test_what_is_stored_reads_as_what_was_trained(layer: Layer, tmp_path: Path) -> None:
    np.savez(tmp_path / "weights.npz", **layer.arrays("layer"))
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as arrays:
        stored = Layer.of("layer", arrays, layer.kinds, layer.topics)
    positions, values = np.array([0, 3], dtype=np.int32), np.array([0.5, 0.5], dtype=np.float32)
    for was, now in zip(layer.probabilities(positions, values), stored.probabilities(positions, values), strict=True):
        assert np.array_equal(was, now)


def test_a_dense_layer_reads_vectors_as_they_are_given() -> None:
    random = np.random.default_rng(2)
    middles = {"warm": np.full(6, 3.0), "cold": np.full(6, -1.0)}
    kinds = [kind for kind in middles for _ in range(200)]
    vectors = np.stack([middles[kind] + random.normal(0, 0.5, 6) for kind in kinds]).astype(np.float32)
    layer = train_dense(vectors, kinds, ["fire" if kind == "warm" else None for kind in kinds], QUICK)
    for kind, middle in middles.items():
        found, topics = layer.probabilities(np.arange(6), middle.astype(np.float32))
        assert layer.kinds[int(found.argmax())] == kind
        assert topics.tolist() == [1.0]


def test_a_model_can_do_without_the_layer(tmp_path: Path) -> None:
    examples = [
        Example(text, f"ask/{topic}" if topic else kind, ("en", "nb")[number % 2])
        for number, (text, kind, topic) in enumerate(sentences(81))
    ]
    for share, has in ((0.0, False), (0.4, True)):
        model = Model.train(examples, Options(layer=share))
        assert (model.layer is not None) is has
        model.save(tmp_path)
        assert (Model.load(tmp_path).layer is not None) is has
