"""Minimal pairs (tests/conversations/<language>/pairs.yml): a rule is answered, one's own matter goes to a person.

Two sentences differ by a word or two, so nothing but the border itself decides. What is reached today is held by
floors; all of them is the goal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.guidance.model import PERSONAL
from bot.nlu.data import CONVERSATIONS
from bot.nlu.measure import load_archive
from bot.nlu.model import Model

FAMILIES = {
    "Germanic": ("nb", "nn", "en"),
    "Slavic": ("uk", "ru", "pl"),
    "Semitic": ("ar", "ti"),
    "Iranian": ("prs", "ps", "kmr"),
    "Somali": ("so",),
    "Turkish": ("tr",),
    "Swahili": ("sw",),
}
LEAST = 60


@dataclass(frozen=True)
class Pair:
    """A general question with its topic, and the own matter beside it."""

    language: str
    general: str
    own: str
    topic: str


def pairs() -> list[Pair]:
    found = []
    for path in sorted(CONVERSATIONS.glob("*/pairs.yml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [Pair(raw["language"], entry["general"], entry["own"], entry["topic"]) for entry in raw["pairs"]]
    return found


PAIRS = pairs()


@dataclass(frozen=True)
class Found:
    """Shares of one family's pairs: general questions not sent to a person, own matters that are, both of a pair."""

    general: float
    own: float
    both: float


def measure(model: Model, languages: tuple[str, ...]) -> Found:
    count: Counter[str] = Counter()
    for pair in PAIRS:
        if pair.language not in languages:
            continue
        general = model.read(pair.general, pair.language).understanding.kind not in (*PERSONAL, "danger")
        own = model.read(pair.own, pair.language).understanding.kind in (*PERSONAL, "danger")
        count["all"] += 1
        count["general"] += general
        count["own"] += own
        count["both"] += general and own
    return Found(*(count[name] / count["all"] for name in ("general", "own", "both")))


@pytest.fixture(scope="module")
def model(trained_model: Path) -> Model:
    return load_archive(trained_model)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_languages_has_pairs_enough(family: str) -> None:
    own = [pair for pair in PAIRS if pair.language in FAMILIES[family]]
    assert len(own) >= LEAST
    assert len({pair.general for pair in own}) == len(own)


def test_every_language_belongs_to_a_family() -> None:
    assert {pair.language for pair in PAIRS} == {code for codes in FAMILIES.values() for code in codes}


@pytest.mark.model
@pytest.mark.parametrize("family", FAMILIES)
def test_the_border_between_a_rule_and_an_own_matter_is_found(family: str, model: Model) -> None:
    found = measure(model, FAMILIES[family])
    assert found.general >= FLOORS[family][0], found
    assert found.own >= FLOORS[family][1], found


FLOORS = {
    "Germanic": (0.94, 0.75),
    "Slavic": (0.95, 0.83),
    "Semitic": (0.95, 0.68),
    "Iranian": (0.95, 0.75),
    "Somali": (0.93, 0.62),
    "Turkish": (0.91, 0.75),
    "Swahili": (0.94, 0.75),
}
"""A few points under what was measured: guards against getting worse, no goals."""

if __name__ == "__main__":
    import sys

    read = load_archive(Path(sys.argv[1]))
    for name, codes in FAMILIES.items():
        print(name, measure(read, codes))
