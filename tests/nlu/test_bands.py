from __future__ import annotations

import pytest

from bot.nlu.bands import (
    Bands,
    choose_kind,
    coarse,
    danger_threshold,
    detail_of,
    read_bands,
    second_detail,
    topic_band,
)

BANDS = Bands(danger=0.3, personal=0.5, kind=0.3, answer=0.5, margin=0.15, choose=0.15)


def test_details_are_summed_into_their_kind() -> None:
    assert coarse([("danger/medical", 0.3), ("ask", 0.4), ("danger/child", 0.25)]) == [
        ("danger", pytest.approx(0.55)),
        ("ask", 0.4),
    ]


def test_danger_wins_over_what_is_more_probable() -> None:
    kinds = [("ask", 0.6), ("danger/medical", 0.2), ("danger/child", 0.15)]
    assert choose_kind(kinds, "sure", BANDS)[0] == "danger"
    assert detail_of("danger", kinds) == "medical"


@pytest.mark.parametrize(("words", "threshold"), [(0, 0.6), (1, 0.6), (2, 0.5), (4, 0.3), (40, 0.3)])
def test_few_words_need_more_to_be_danger(words: int, threshold: float) -> None:
    assert danger_threshold(words, Bands(danger=0.3, word=0.6)) == pytest.approx(threshold)


def test_little_danger_is_not_danger() -> None:
    assert choose_kind([("ask", 0.8), ("danger/child", 0.1)], "sure", BANDS)[0] == "ask"


def test_own_case_and_consent_together_reach_a_person() -> None:
    kinds = [("ask", 0.4), ("own_case", 0.3), ("consent", 0.25)]
    assert choose_kind(kinds, "sure", BANDS)[0] == "own_case"


def test_a_question_without_a_topic_is_unclear() -> None:
    assert choose_kind([("ask", 0.9)], "none", BANDS)[0] == "unclear"


def test_a_kind_that_is_not_believed_gives_way_to_a_sure_topic() -> None:
    kinds = [("smalltalk/bye", 0.25), ("ask", 0.2), ("deny", 0.15)]
    assert choose_kind(kinds, "sure", BANDS)[0] == "ask"
    assert choose_kind(kinds, "unsure", BANDS)[0] == "unclear"


@pytest.mark.parametrize(
    ("topics", "question", "band"),
    [
        ([("a", 0.9), ("b", 0.05)], 1.0, "sure"),
        ([("a", 0.9), ("b", 0.05)], 0.5, "unsure"),
        ([("a", 0.5), ("b", 0.4)], 1.0, "unsure"),
        ([("a", 0.1), ("b", 0.1)], 1.0, "none"),
        ([], 1.0, "none"),
    ],
)
def test_a_topic_is_answered_offered_or_neither(topics: list[tuple[str, float]], question: float, band: str) -> None:
    assert topic_band(topics, BANDS, question) == band


def test_a_language_differs_only_where_it_says_so() -> None:
    bands = read_bands({"default": {"answer": 0.6}, "ti": {"danger": 0.2}})
    assert bands["ti"].answer == 0.6
    assert bands["ti"].danger == 0.2
    assert bands["default"].danger == Bands().danger


@pytest.mark.parametrize("values", [{"anwser": 0.5}, {"answer": 1.5}, {"answer": "high"}])
def test_a_threshold_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"config\.yml"):
        read_bands({"default": values})


def test_a_detail_is_that_of_the_most_probable_label_of_its_kind() -> None:
    assert detail_of("danger", [("ask", 0.5), ("danger/child", 0.3), ("danger/medical", 0.2)]) == "child"
    assert detail_of("own_case", [("own_case", 0.6), ("own_case/child_moved", 0.3)]) is None
    assert detail_of("own_case", [("own_case/child_moved", 0.6), ("own_case", 0.3)]) == "child_moved"
    assert detail_of("human", [("human", 0.9)]) is None
    assert detail_of("consent", [("human", 0.9)]) is None


def test_a_second_detail_counts_when_it_is_nearly_as_probable() -> None:
    kinds = [("danger/child", 0.3), ("ask", 0.29), ("danger/violence", 0.2), ("danger/missing", 0.01)]
    assert second_detail("danger", kinds, 0.5) == "violence"
    assert second_detail("danger", kinds, 0.7) is None
    assert second_detail("own_case", kinds, 0.5) is None
    assert second_detail("human", [("human", 0.9)], 0.5) is None


def test_a_clear_word_of_conversation_is_no_danger_and_no_own_matter() -> None:
    bands = Bands(danger=0.06, personal=0.06)
    thanks = [("smalltalk/thanks", 0.8), ("danger/self_harm", 0.1), ("consent", 0.1)]
    assert choose_kind(thanks, "none", bands)[0] == "smalltalk"
    torn = [("smalltalk/bye", 0.6), ("danger/self_harm", 0.3), ("consent", 0.1)]
    assert choose_kind(torn, "none", bands)[0] == "danger"
