"""The one rule for systems without bands, and the threshold of the keyword search."""

from __future__ import annotations

import pytest

from bot.nlu.data import Case
from tests.benchmarks.nlu.judging import best_threshold, flat_labels, judge, judge_hits


def test_a_sure_question_is_answered_and_an_unsure_one_gets_choices() -> None:
    assert judge([("ask/a.b", 0.4), ("human", 0.3)], "nb").band == "sure"
    assert judge([("ask/a.b", 0.39), ("human", 0.3)], "nb").band == "unsure"


def test_a_fallback_turns_an_answer_into_choices_but_hides_no_danger() -> None:
    assert judge([("ask/a.b", 0.9)], "nb", is_unsure=True).band == "unsure"
    found = judge([("danger/child", 0.1), ("ask/a.b", 0.09)], "nb", is_unsure=True)
    assert (found.kind, found.detail, found.topics) == ("danger", "child", (("a.b", 0.09),))


def test_nothing_found_is_unclear() -> None:
    assert judge([], "nb").kind == "unclear"
    assert judge_hits([], "nb", 0.5).kind == "unclear"


def test_the_first_hit_is_the_answer_from_the_threshold_on() -> None:
    hits = [("a.b", 0.5), ("a.c", 0.4)]
    assert judge_hits(hits, "nb", 0.5).band == "sure"
    assert judge_hits(hits, "nb", 0.55).band == "unsure"


def test_the_threshold_leaves_out_what_is_mostly_wrong() -> None:
    cases = [Case("", label, "nb", "x") for label in ("ask/a.b", "ask/a.b", "own_case", "not_danger")]
    hits = [[("a.b", 0.9)], [("a.b", 0.62)], [("a.b", 0.58)], [("a.b", 0.3)]]
    assert best_threshold(cases, hits) == pytest.approx(0.6)


def test_flat_labels_lead_back_and_may_not_meet() -> None:
    assert flat_labels(["ask/a.b", "own_case"]) == {"ask_a.b": "ask/a.b", "own_case": "own_case"}
    with pytest.raises(ValueError, match="same"):
        flat_labels(["a/b", "a_b"])
