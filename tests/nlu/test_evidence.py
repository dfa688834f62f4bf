"""What speaks for danger, all in all: what raises it, what lowers it, and what is no weight."""

from __future__ import annotations

import pytest

from bot.nlu.bands import Bands, choose_kind
from bot.nlu.evidence import Evidence, log_odds, read_evidence
from bot.nlu.measure import options_from_config

SET = read_evidence(options_from_config().evidence)
WITHOUT_TOPIC = [("barnehage.apply", 0.1), ("sfo.what-is", 0.1)]
WITH_TOPIC = [("barnehage.apply", 0.9), ("sfo.what-is", 0.05)]


def test_the_product_weighs_its_evidence() -> None:
    assert SET is not None
    assert SET.danger > 0


@pytest.mark.parametrize("topics", [WITH_TOPIC, WITHOUT_TOPIC, []])
def test_more_danger_is_always_more(topics: list[tuple[str, float]]) -> None:
    assert SET is not None
    found = [SET.weighed({"danger": p, "ask": 1 - p}, topics) for p in (0.0, 0.05, 0.2, 0.7, 1.0)]
    assert found == sorted(found)
    assert len(set(found)) == len(found)
    assert found[0] >= 0
    assert found[-1] <= 1


def test_the_same_doubt_weighs_less_in_a_plain_question_than_in_a_message_about_nothing() -> None:
    assert SET is not None
    doubt = {"danger": 0.06, "ask": 0.9}
    assert SET.weighed(doubt, WITH_TOPIC) < SET.weighed(doubt, WITHOUT_TOPIC)


def test_the_same_doubt_weighs_less_in_a_word_of_thanks() -> None:
    assert SET is not None
    assert SET.weighed({"danger": 0.1, "smalltalk": 0.8}, WITHOUT_TOPIC) < SET.weighed(
        {"danger": 0.1, "own_case": 0.8}, WITHOUT_TOPIC
    )


def test_what_is_weighed_decides_instead_of_the_probability() -> None:
    kinds = [("ask", 0.9), ("danger/child", 0.1)]
    bands = Bands(danger=0.05)
    assert choose_kind(kinds, "sure", bands)[0] == "danger"
    assert choose_kind(kinds, "sure", bands, weighed=0.01)[0] == "ask"
    assert choose_kind([("ask", 0.99), ("danger/child", 0.01)], "sure", bands, weighed=0.06)[0] == "danger"


def test_weights_of_one_leave_the_probability_as_it_is() -> None:
    assert Evidence().weighed({"danger": 0.3, "ask": 0.7}, WITH_TOPIC) == pytest.approx(0.3, abs=0.001)


def test_certainty_stays_finite() -> None:
    assert -10 < log_odds(0.0) < log_odds(1.0) < 10


def test_without_weights_nothing_is_weighed() -> None:
    assert read_evidence({}) is None


@pytest.mark.parametrize("raw", [{"harm": 1.0}, {"danger": "much"}, {"danger": True}])
def test_what_is_no_weight_is_refused_by_its_name(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"evidence: .?(harm|danger)"):
        read_evidence(raw)
