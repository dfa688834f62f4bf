from __future__ import annotations

import pytest

from bot.texts import direction_of


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("barnevernet ارسلوا لنا رسالة", "rtl"),
        ("كم سعر barnehage", "rtl"),
        ("barnehage pris و", "ltr"),
        ("barnevernet ደብዳቤ ሰዲዶምልና", "ltr"),
        ("kam se3r el rawda", "ltr"),
        ("د SFO قیمت", "rtl"),
        ("123 🙂", "ltr"),
        ("", "ltr"),
    ],
)
def test_what_somebody_typed_reads_the_way_most_of_its_letters_do(words: str, direction: str) -> None:
    assert direction_of(words) == direction
