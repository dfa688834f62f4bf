from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.features import WORD, Features, Shape, character_grams, word_grams
from bot.nlu.heads import train_heads

TEXTS = ["hva koster barnehage", "hva koster sfo, sfo?", "", "barnehage", "zz"]


def test_character_grams_stay_inside_a_word_and_hold_its_ends() -> None:
    assert sorted(character_grams("ab", 2, shortest=1)) == [" a", "a", "ab", "b", "b "]
    assert character_grams("ab", 3) == [" ab", "ab "]
    assert sorted(character_grams("ab", 3, shortest=2)) == [" a", " ab", "ab", "ab ", "b "]
    assert sorted(character_grams("ሕጂ", 3)) == [" ሕ", " ሕጂ", "ሕጂ", "ሕጂ ", "ጂ "]
    assert character_grams("ab", 0) == character_grams("ab", 0, shortest=1) == []


def test_words_lose_the_signs_around_them() -> None:
    assert word_grams(["sfo,", "pris?"], 2) == [WORD + "sfo", WORD + "pris", WORD + "sfo pris"]
    assert word_grams(["sfo"], 0) == []


@pytest.mark.parametrize("shape", [Shape(), Shape(characters=3, words=1, word_weight=0.8), Shape(4, 0, 0.5)])
def test_the_rows_learned_from_are_those_that_reading_gives(shape: Shape) -> None:
    features, matrix = Features.fit(TEXTS, shape, fewest=2)
    read = features.matrix(TEXTS)
    assert matrix.shape == read.shape
    assert abs(matrix - read).max() < 1e-6
    norms = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    assert norms[2] == norms[4] == 0  # nothing, and nothing that two texts hold


def test_the_rarest_n_grams_are_dropped() -> None:
    features, _ = Features.fit(TEXTS, Shape(), fewest=2)
    assert WORD + "barnehage" in features.vocabulary
    assert WORD + "zz" not in features.vocabulary


def test_many_labels_are_learned_from_working_sets_and_still_told_apart() -> None:
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnr"][:80]
    texts = [f"{words[(number * 7 + label) % 40 + 40]} {words[label]}" for label in range(30) for number in range(8)]
    labels = [f"label {label}" for label in range(30) for _ in range(8)]
    features, matrix = Features.fit(texts, Shape())
    (head,) = train_heads(matrix, [labels], strengths=[1.0], temperature=0.3, balanced=[False])
    found = [head.ranking(*features.row(text))[0][0] for text in texts]
    assert found == labels
