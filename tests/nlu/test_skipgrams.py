"""Pairs of words that stand apart."""

from __future__ import annotations

import numpy as np

from bot.nlu.skipgrams import SkipGrams

TEXTS = [
    "mannen min slår meg hver kveld",
    "mannen min slår gresset hver lørdag",
    "naboen slår meg i sjakk",
    "mannen min slår på lyset",
    "hvem slår meg",
    "nei",
    "",
]


def test_a_text_read_alone_has_the_row_that_it_had_in_training():
    skipgrams, matrix = SkipGrams.fit(TEXTS, 0.4, fewest=1)
    for number, text in enumerate(TEXTS):
        positions, values = skipgrams.row(text)
        row = matrix[number]
        assert positions.tolist() == row.indices.tolist()
        np.testing.assert_allclose(values, row.data, rtol=1e-5)


def test_only_pairs_of_enough_texts_are_kept():
    skipgrams, matrix = SkipGrams.fit(TEXTS, 0.4, fewest=3)
    assert len(skipgrams) == 1  # "mannen … slår"
    assert np.flatnonzero(np.diff(matrix.indptr)).tolist() == [0, 1, 3]


def test_words_side_by_side_or_far_apart_are_no_pair():
    skipgrams, _ = SkipGrams.fit(["a b", "a b c d e f"], 0.4, fewest=1)
    assert len(skipgrams.row("a b")[0]) == 0
    far = skipgrams.row("a x x x f")[0]
    assert len(far) == 0
    assert len(skipgrams.row("a x c")[0]) == 1


def test_endings_do_not_part_a_pair_and_rows_have_their_weight():
    skipgrams, _ = SkipGrams.fit(["mannen min slår meg og barna"] * 2, 0.4, fewest=2)
    once, values = skipgrams.row("mannen din slår")
    assert once.tolist() == skipgrams.row("mannens din slår!")[0].tolist()
    assert len(once) == 1
    np.testing.assert_allclose(np.linalg.norm(values), 0.4, rtol=1e-6)


def test_nothing_learned_reads_nothing():
    skipgrams, matrix = SkipGrams.fit([], 0.4)
    assert matrix.shape == (0, 0)
    assert len(skipgrams.row("mannen min slår")[0]) == 0
