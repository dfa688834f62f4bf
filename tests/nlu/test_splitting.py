from __future__ import annotations

import pytest

from bot.nlu.splitting import MOST_SENTENCES, WINDOW, sentences, windows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("hva koster barnehage", ["hva koster barnehage"]),
        ("Vi er nye her. Hva koster barnehage?", ["Vi er nye her.", "Hva koster barnehage?"]),
        ("نحن جدد هنا. كم سعر الروضة؟هل هي مجانية؟", ["نحن جدد هنا.", "كم سعر الروضة؟", "هل هي مجانية؟"]),
        ("ሓድሽ ኢና። ክንደይ ዋግኡ፧", ["ሓድሽ ኢና።", "ክንደይ ዋግኡ፧"]),
        ("første linje her\nandre linje her", ["første linje her", "andre linje her"]),
        ("Vi møtes kl. 10 på skolen.", ["Vi møtes kl. 10 på skolen."]),
        ("Hei. Hva koster barnehage?", ["Hei.", "Hva koster barnehage?"]),
        ("Hva koster barnehage? Takk", ["Hva koster barnehage? Takk"]),
    ],
)
def test_a_message_is_cut_where_its_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_work_for_a_long_message_is_bounded() -> None:
    assert len(sentences("en to. " * 1000)) == MOST_SENTENCES
    assert len(windows("ord " * 5000)) <= MOST_SENTENCES * 2


def test_a_text_without_marks_is_read_in_stretches_that_overlap() -> None:
    words = [f"ord{number}" for number in range(40)]
    found = windows(" ".join(words))
    assert all(len(stretch.split()) <= WINDOW for stretch in found)
    assert set(" ".join(found).split()) == set(words)
    assert set(found[0].split()) & set(found[1].split())


def test_a_short_text_has_no_stretches() -> None:
    assert windows("hva koster barnehage") == []
