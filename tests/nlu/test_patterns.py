"""Patterns of words: endings, alternatives, gaps, and what is no pattern."""

from __future__ import annotations

import pytest

from bot.nlu.patterns import Patterns, words


def matches(pattern: str, text: str) -> bool:
    return Patterns([("it", pattern)]).first(words(text)) == "it"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("cut|cuts .. grass|lawn", "Who cuts the long, wet grass?"),
        ("cut|cuts .. grass|lawn", "we cut grass"),
        ("slå* .. gress*", "Hvem SLÅR gresset på lekeplassen?"),
        ("я|ми хоч*", "ми хочемо"),
        ("نفس نمیکشد", "نفس نمی‌کشد"),
        ("ክመውት እደሊ", "ክመውት፡እደሊ"),
        ("dead on my feet", "dead on my feet"),
    ],
)
def test_a_pattern_is_found_in_every_spelling_that_messages_have(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("cut|cuts .. grass", "he cut one two three four grass"),
        ("cut grass", "uncut grass"),
        ("cut grass", "cut grasshoppers"),
        ("cut grass", "cut the grass"),
        ("cut grass", ""),
        ("kill*", "skilled"),
    ],
)
def test_a_pattern_is_not_found_in_parts_of_words_nor_across_more_than_its_gap(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize("pattern", ["", ".. grass", "cut ..", "cut |", "a*b c", "*", "two|"])
def test_what_is_no_pattern_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Patterns([("it", pattern)])


def test_the_first_of_several_patterns_names_what_was_found() -> None:
    patterns = Patterns([("one", "want to die"), ("two", "to die")])
    assert patterns.first(words("I want to die")) == "one"
    assert patterns.first(words("a way to die")) == "two"


def test_every_pattern_is_taken_out_and_the_rest_keeps_its_order() -> None:
    patterns = Patterns([("it", "shot .. goal|goals"), ("it", "cut .. grass")])
    assert patterns.without(words("He shot two goals, then I cut the grass and cried.")) == [
        "he",
        "then",
        "i",
        "and",
        "cried",
    ]


def test_nothing_is_taken_out_of_other_words() -> None:
    said = words("He shot at the neighbour.")
    assert Patterns([("it", "shot .. goal")]).without(said) == said
