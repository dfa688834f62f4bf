"""What several readers say together."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.mixing import Opinion, pooled, ranking

SURE = np.array([0.9, 0.05, 0.05])
EVEN = np.array([0.4, 0.3, 0.3])
OTHER = np.array([0.05, 0.9, 0.05])
TOPICS = np.array([0.5, 0.5])


def test_one_opinion_alone_stays_as_it_is() -> None:
    kinds, topics = pooled([Opinion(0.3, SURE, TOPICS)])
    assert np.array_equal(kinds, SURE)
    assert np.array_equal(topics, TOPICS)


def test_the_pool_is_the_weighted_geometric_mean_and_makes_one() -> None:
    kinds, _ = pooled([Opinion(0.6, SURE, TOPICS), Opinion(0.4, EVEN, TOPICS)])
    expected = SURE**0.6 * EVEN**0.4
    assert kinds == pytest.approx(expected / expected.sum(), abs=1e-4)
    assert kinds.sum() == pytest.approx(1)


def test_only_the_relation_of_shares_counts() -> None:
    once = pooled([Opinion(0.6, SURE, TOPICS), Opinion(0.4, OTHER, TOPICS)])[0]
    more = pooled([Opinion(6.0, SURE, TOPICS), Opinion(4.0, OTHER, TOPICS)])[0]
    assert once == pytest.approx(more)
    assert once.argmax() == 0


def test_who_rules_something_out_does_not_rule_it_out_for_all() -> None:
    never = np.array([0.0, 0.5, 0.5])
    kinds, _ = pooled([Opinion(0.5, never, TOPICS), Opinion(0.5, SURE, TOPICS)])
    assert kinds[0] > 0


def test_a_ranking_is_best_first_and_ties_keep_their_order() -> None:
    assert ranking(["a", "b", "c"], np.array([0.2, 0.6, 0.2])) == [("b", 0.6), ("a", 0.2), ("c", 0.2)]
