"""A short message is read in the light of the answer before it, and never against its own words."""

from __future__ import annotations

from bot.nlu.context import PRIOR, REFERRING, SHORT, bare_aspect, kinds_with_prior, resolve, with_prior

TOPICS = [
    ("barnehage.cost", 0.4),
    ("sfo.cost", 0.2),
    ("fastlege.cost", 0.2),
    ("sfo.apply", 0.1),
    ("health.dentist", 0.1),
]


def test_without_an_answer_before_it_nothing_changes() -> None:
    assert with_prior(TOPICS, None, 3) == TOPICS


def test_a_tie_goes_to_the_service_that_was_just_spoken_of() -> None:
    ranked = with_prior(TOPICS, "sfo.what-is", 5)
    assert ranked[0][0] == "sfo.cost"
    assert abs(sum(p for _, p in ranked) - 1) < 1e-9
    assert abs(ranked[0][1] - 0.2 * PRIOR / (0.3 * PRIOR + 0.7)) < 1e-9


def test_a_message_that_names_another_service_means_that_one() -> None:
    clear = [("fastlege.cost", 0.93), ("sfo.cost", 0.02), ("barnehage.cost", 0.05)]
    assert with_prior(clear, "sfo.what-is", 5)[0][0] == "fastlege.cost"


def test_a_long_message_speaks_for_itself() -> None:
    assert with_prior(TOPICS, "sfo.what-is", SHORT + 1) == TOPICS


def test_an_aspect_alone_is_that_aspect_of_the_last_service() -> None:
    band, topics = resolve("cost", TOPICS, "sfo.what-is", 0.8)
    assert band == "sure"
    assert topics[0] == ("sfo.cost", 0.8)


def test_an_aspect_that_the_service_does_not_have_is_asked_about_with_its_own_answer_first() -> None:
    band, topics = resolve("cost", TOPICS, "health.dentist", 0.8)
    assert band == "unsure"
    assert [topic for topic, _ in topics[:2]] == ["health.dentist", "barnehage.cost"]


def test_an_aspect_with_nothing_before_it_is_asked_about() -> None:
    band, topics = resolve("cost", TOPICS, None, 0.8)
    assert band == "unsure"
    assert {topic for topic, _ in topics} == {"barnehage.cost", "sfo.cost", "fastlege.cost"}


KINDS = [("human", 0.5), ("refer/again", 0.3), ("danger/medical", 0.2)]


def test_after_an_answer_a_word_about_it_is_likelier() -> None:
    ranked = kinds_with_prior(KINDS, "sfo.cost")
    assert ranked[0] == ("refer/again", 0.3 * REFERRING / (0.3 * REFERRING + 0.7))
    assert abs(sum(p for _, p in ranked) - 1) < 1e-9


def test_with_nothing_before_it_the_kinds_stay_as_they_are() -> None:
    assert kinds_with_prior(KINDS, None) == KINDS


def test_a_price_with_no_service_named_is_that_of_the_last_one_though_barnehage_is_asked_about_most() -> None:
    kinds = [("ask", 0.6), ("refer/cost", 0.4)]
    assert bare_aspect(kinds, [("barnehage.cost", 0.6), ("sfo.cost", 0.05)], "sfo.what-is") == "cost"
    assert bare_aspect(kinds, [("barnehage.cost", 0.9)], "sfo.what-is") is None  # it names barnehage
    assert bare_aspect(kinds, [("barnehage.cost", 0.6)], None) is None
    assert bare_aspect([("ask", 0.99), ("refer/cost", 0.01)], [("barnehage.cost", 0.3)], "sfo.what-is") is None
