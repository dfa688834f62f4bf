from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.dialogue.answering import keep_answerable, read_context, read_misses, read_understanding
from bot.guidance.model import Understanding
from bot.settings import Settings

SLUGS = frozenset({"fjordvik"})


def test_metadata_that_fits_is_taken(own_settings: Settings) -> None:
    said = {
        "language": "uk-UA",
        "municipality": "fjordvik",
        "audience": "staff",
        "situation": "settled",
        "child_age": 3,
        "on": "2027-01-01",
    }
    context = read_context(said, own_settings, SLUGS)
    assert (context.language, context.municipality, context.audience) == ("uk", "fjordvik", "staff")
    assert (context.situation, context.child_age, context.on) == ("settled", 3, date(2027, 1, 1))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"language": "xx", "municipality": "nowhere", "audience": "king", "situation": "rich", "child_age": 400},
        {
            "language": 7,
            "municipality": ["fjordvik"],
            "audience": None,
            "situation": {},
            "child_age": "3",
            "on": "soon",
        },
        {"child_age": True, "on": "soon", "language": ""},
    ],
)
def test_metadata_that_does_not_fit_becomes_a_safe_default(own_settings: Settings, said: dict[str, Any]) -> None:
    context = read_context(said, own_settings, SLUGS)
    assert (context.language, context.municipality, context.audience) == ("nb", None, "parent")
    assert (context.situation, context.child_age, context.on) == (None, None, own_settings.on())


@pytest.mark.parametrize(("raw", "misses"), [(2, 2), (0, 0), (-1, 0), ("2", 0), (True, 0), (None, 0)])
def test_misses_are_a_positive_number_or_none(raw: object, misses: int) -> None:
    assert read_misses({"misses": raw}) == misses


def test_a_pressed_button_reads_the_slot() -> None:
    understood = read_understanding({"intent": {"name": "ask"}}, {"topic": "sfo.cost"}, "uk")
    assert (understood.kind, understood.topics, understood.band) == ("ask", (("sfo.cost", 1.0),), "sure")
    assert understood.language == "uk"


def test_a_typed_question_never_repeats_the_last_button() -> None:
    typed = Understanding(kind="ask", topics=(("a.b", 0.9),), band="sure", language="nb")
    parsed = {"intent": {"name": "ask"}, "understanding": typed.to_dict()}
    assert read_understanding(parsed, {"topic": "sfo.cost"}, "nb").topics == typed.topics


@pytest.mark.parametrize(
    "parsed", [{}, {"intent": None}, {"intent": {"name": None}}, {"intent": {"name": "nlu_fallback"}}]
)
def test_what_was_not_understood_is_unclear(parsed: dict[str, Any]) -> None:
    assert read_understanding(parsed, {}, "nb").kind == "unclear"


def test_a_sure_topic_without_an_article_is_not_replaced_by_the_next_one() -> None:
    understood = Understanding(kind="ask", topics=(("no.article", 0.9), ("a.b", 0.05)), band="sure")
    kept = keep_answerable(understood, frozenset({"a.b"}))
    assert (kept.kind, kept.band, kept.topics) == ("ask", "unsure", (("a.b", 0.05),))


def test_a_question_whose_topics_have_no_article_is_unclear() -> None:
    understood = Understanding(kind="ask", topics=(("no.article", 0.9),), band="sure")
    kept = keep_answerable(understood, frozenset({"a.b"}))
    assert (kept.kind, kept.band, kept.topics) == ("unclear", "none", ())


def test_danger_stays_danger_without_any_topic() -> None:
    understood = Understanding(kind="danger", detail="child", topics=(("no.article", 0.9),), band="sure")
    assert keep_answerable(understood, frozenset()).kind == "danger"
