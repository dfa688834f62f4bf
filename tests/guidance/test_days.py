from __future__ import annotations

from datetime import date

import pytest

from bot.guidance.days import day_in

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("what was the rule on 1 March 2023", date(2023, 3, 1)),
        ("hva var makspris 1. mars 2023?", date(2023, 3, 1)),
        ("kva galdt 15. august 2024", date(2024, 8, 15)),
        ("on March 3rd, 2024", date(2024, 3, 3)),
        ("prisen den 01.03.2023", date(2023, 3, 1)),
        ("regelen 2025-08-01 takk", date(2025, 8, 1)),
        ("hva kostet det i 2022", date(2022, 1, 1)),
    ],
)
def test_a_day_with_its_year_is_that_day(question: str, day: date) -> None:
    assert day_in(question, TODAY) == day


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("what will it be on 1 August", date(2027, 8, 1)),
        ("hva blir prisen 1. desember", date(2026, 12, 1)),
        ("hva var regelen 1. desember", date(2025, 12, 1)),
        ("kva galdt 1. august", date(2026, 8, 1)),
    ],
)
def test_a_day_without_a_year_is_the_next_one_or_the_last_one_of_a_question_about_the_past(question, day) -> None:
    assert day_in(question, TODAY) == day


@pytest.mark.parametrize(
    "question",
    [
        "barn på 2 år",
        "12 timer gratis sfo",
        "opplæringslova § 2-8",
        "ring 116 117",
        "31. februar 2024",
        "may my child be alone at home",
        "in mars there is life",
        "i 1850",
        "",
    ],
)
def test_ages_hours_sections_and_numbers_are_no_days(question: str) -> None:
    assert day_in(question, TODAY) is None
