"""Hours of coordinators in a municipality's file: read, or refused with a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.guidance.coordinators import Coordinators, read_coordinators
from bot.guidance.reading import KnowledgeError, parse_yaml

CONTACTS = {"barnevernvakt": object(), "krisesenter": object()}


def read(words: str, contacts: dict[str, object] = CONTACTS) -> Coordinators | None:
    return read_coordinators(parse_yaml(words, Path("solvik.yml")), contacts)


def test_a_municipality_may_tell_its_hours_and_when_it_is_closed():
    found = read(
        "coordinators:\n  hours: mon-thu 09:00-15:00; fri 09:00-14:00\n  half_days: closed\n"
        '  closed: ["2026-12-28", "2027-07-05/2027-07-16"]\n  outside: [krisesenter]\n'
    )
    assert found is not None
    assert str(found.week) == "mon-thu 09:00-15:00; fri 09:00-14:00"
    assert found.half_days_end is None
    assert found.closed == ((date(2026, 12, 28),) * 2, (date(2027, 7, 5), date(2027, 7, 16)))
    assert found.outside == ("krisesenter",)


def test_what_is_not_told_has_a_sensible_value():
    found = read('coordinators: {hours: "09:00-15:00"}\n')
    assert found is not None
    assert (found.half_days_end, found.closed, found.outside) == (720, (), ("barnevernvakt",))
    assert (alone := read('coordinators: {hours: "09:00-15:00"}\n', {})) is not None
    assert alone.outside == ()
    assert read("name: Solvik\n") is None


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("hours: soon", "'soon' cannot be read"),
        ('hours: "mon-fri 09:00-15:00; fri 09:00-14:00"', "overlap"),
        ('hours: "15:30-08:00"', "ends before it begins"),
        ('hours: "09:00-15:00"\n  half_days: noon', "'half_days' is 'noon'"),
        ('hours: "09:00-15:00"\n  closed: [christmas]', "no day and no period"),
        ('hours: "09:00-15:00"\n  closed: ["2026-12-30/2026-12-28"]', "ends before it begins"),
        ('hours: "09:00-15:00"\n  outside: [nav]', "no contact 'nav'"),
        ('hours: "09:00-15:00"\n  open: "yes"', "not known"),
        ('closed: ["2026-12-28"]', "'hours' is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(words: str, what: str):
    with pytest.raises(KnowledgeError) as caught:
        read(f"coordinators:\n  {words}\n")
    assert what in caught.value.what
    assert caught.value.why
    assert caught.value.remedy
