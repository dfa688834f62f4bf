from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.guidance.facts import Fact, Missing, Value, read_fact, read_override, value_on
from bot.guidance.reading import KnowledgeError, parse_yaml

HEAD = """description: x
label: {nb: X}
unit: %s
decided_by: municipality
certainty: %s
last_checked: "2026-01-01"
values:
"""
VALUES = """  "2024-08-01": {value: 2000, source: s}
  "2025-08-01": {value: 1200, source: s, section: "§ 1"}
  "2027-01-01": expected
  "2027-08-01": null
  "2028-01-01": {value: 5, source: s}
"""


def fact(values: str = VALUES, unit: str = "nok", certainty: str = "A") -> Fact:
    return read_fact(parse_yaml(HEAD % (unit, certainty) + values, Path("f.yml")), "a.f")


def read(on: str) -> Value | Missing:
    return value_on(fact(), date.fromisoformat(on))


def test_before_the_first_start_the_fact_is_missing() -> None:
    assert read("2024-07-31") == Missing("a.f")


def test_a_value_holds_from_the_day_it_starts() -> None:
    before, after = read("2025-07-31"), read("2025-08-01")
    assert isinstance(before, Value)
    assert isinstance(after, Value)
    assert (before.value, after.value, after.section) == (2000, 1200, "§ 1")


def test_from_the_day_of_an_expected_change_the_older_value_carries_a_notice() -> None:
    value = read("2027-01-01")
    assert isinstance(value, Value)
    assert value.value == 1200
    assert "change_expected" in value.notices


def test_a_value_ends_on_the_day_null_starts() -> None:
    assert read("2027-08-01") == Missing("a.f")
    assert isinstance(read("2028-01-01"), Value)


def test_a_fact_that_is_only_expected_has_no_value() -> None:
    assert value_on(fact('  "2026-01-01": expected\n'), date(2026, 6, 1)) == Missing("a.f")


def test_a_fact_is_old_on_the_first_day_after_its_age() -> None:
    fresh, old = value_on(fact(), date(2027, 1, 2)), value_on(fact(), date(2027, 1, 3))
    assert isinstance(fresh, Value)
    assert isinstance(old, Value)
    assert ("fact_old" in fresh.notices, "fact_old" in old.notices) == (False, True)


def test_an_unverified_fact_says_so() -> None:
    value = value_on(fact(certainty="C"), date(2026, 1, 1))
    assert isinstance(value, Value)
    assert value.notices == ("unconfirmed",)


def test_a_municipality_has_its_own_value_from_its_own_start_on() -> None:
    raw = parse_yaml('last_checked: "2026-02-01"\nvalues: {"2026-02-01": {value: 900, source: s}}\n', Path("m.yml"))
    override = read_override(raw, "nok")
    before = value_on(fact(), date(2026, 1, 31), override)
    after = value_on(fact(), date(2026, 2, 1), override)
    assert isinstance(before, Value)
    assert isinstance(after, Value)
    assert (before.value, before.is_local, after.value, after.is_local) == (1200, False, 900, True)
    assert after.last_checked == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("unit", "values", "words"),
    [
        ("nok", '  "2025-08-01": {value: "12", source: s}\n', "must be a number"),
        ("nok", '  "2025-08-01": 12\n', "without a source"),
        ("nok", '  "2025-08-01": {value: 12}\n', "'source' is missing"),
        ("nok", '  "august": {value: 12, source: s}\n', "is not a day"),
        ("nok", '  "2025-08-01": {value: 1, source: s}\n  "2024-01-01": null\n', "must ascend"),
        ("nok", "  {}\n", "there are no values"),
        ("phone", '  "2025-08-01": {value: "call 113", source: s}\n', "telephone number"),
        ("month_day", '  "2025-08-01": {value: "31 August", source: s}\n', "month and day"),
        ("date", '  "2025-08-01": {value: "08-31", source: s}\n', "quoted day"),
        ("text", '  "2025-08-01": {value: 3, source: s}\n', "a text"),
        ("euro", '  "2025-08-01": {value: 3, source: s}\n', "must be one of"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(unit: str, values: str, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        fact(values, unit=unit)


def test_29_february_is_a_day_of_the_year() -> None:
    assert fact('  "2025-08-01": {value: "02-29", source: s}\n', unit="month_day").periods[0].value == "02-29"
