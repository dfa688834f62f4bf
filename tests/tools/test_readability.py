from __future__ import annotations

import pytest

from tools.checks.readability import lix, sentences, words


def test_lix_is_words_per_sentence_plus_per_cent_of_long_words() -> None:
    # Seven words in two sentences, two of them longer than six letters: 7/2 + 100*2/7.
    assert lix("Barnet ditt går i barnehagen. Søk kommunen.") == pytest.approx(3.5 + 200 / 7)


def test_a_colon_and_a_line_of_a_list_end_a_sentence() -> None:
    assert sentences("Neste steg: Søk nå.\n- Ring oss\n- Skriv") == ["Neste steg:", "Søk nå.", "- Ring oss", "- Skriv"]


def test_ethiopic_and_arabic_sentences_end_too() -> None:
    assert len(sentences("ሓደ እዩ። ክልተ እዩ።")) == 2
    assert len(sentences("هل هذا؟ نعم.")) == 2


def test_a_text_without_words_has_no_index() -> None:
    assert lix("") == 0.0
    assert words("— … 12") == ["12"]
