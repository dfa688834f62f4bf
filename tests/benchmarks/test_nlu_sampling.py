"""The samples of the benchmark are the same at every run and leave no label out."""

from __future__ import annotations

from collections import Counter

from bot.nlu.data import Case
from bot.nlu.examples import Example
from tests.benchmarks.nlu.sampling import draw, draw_messages, draw_sentences

KINDS = ("danger/medical", "own_case", "human")
TOPICS = tuple(f"ask/a.{number}" for number in range(10))
EXAMPLES = [
    Example(f"{language} {label} {number}", label, language)
    for language, many in (("nb", 20), ("uk", 10))
    for label in (*TOPICS, *KINDS)
    for number in range(many)
]


def test_the_same_seed_gives_the_same_sample() -> None:
    assert draw_sentences(EXAMPLES, 60) == draw_sentences(EXAMPLES, 60)


def test_another_seed_gives_another_sample() -> None:
    samples = [draw(EXAMPLES, 60, lambda e: e.label, first=lambda e: e.label, seed=seed) for seed in (1, 2)]
    assert samples[0] != samples[1]


def test_a_sample_of_everything_is_everything_in_its_order() -> None:
    assert draw_sentences(EXAMPLES, len(EXAMPLES) + 1) == EXAMPLES


def test_every_pair_of_language_and_label_has_a_sentence_when_they_fit() -> None:
    found = draw_sentences(EXAMPLES, 26)
    assert len(found) == 26
    assert len({(example.language, example.label) for example in found}) == 26


def test_what_is_left_is_dealt_in_proportion() -> None:
    sizes = Counter(example.language for example in draw_sentences(EXAMPLES, 195))
    assert 1.7 < sizes["nb"] / sizes["uk"] < 2.3


def test_every_kind_is_there_when_not_every_topic_fits() -> None:
    found = draw_sentences(EXAMPLES, 8)
    assert len(found) == 8
    labels = {example.label for example in found}
    assert set(KINDS) <= labels
    assert len(labels) > len(KINDS)


def test_messages_are_drawn_by_language_and_kind() -> None:
    cases = [Case(example.text, example.label, example.language, "x") for example in EXAMPLES]
    found = draw_messages(cases, 8)
    assert {(case.language, case.label.split("/")[0]) for case in found} == {
        (language, kind) for language in ("nb", "uk") for kind in ("ask", "danger", "own_case", "human")
    }
