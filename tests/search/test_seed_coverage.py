"""Every service, scheme, role, right, duty, tool and grant that the project's own sources name is found.

``seed_coverage.yml`` walks their list. A reader finds each by its bare name in the search, and by a question in
other words when asking the trained model: the topic is answered or among the choices offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.guidance.guide import Guide
from bot.nlu.measure import CHOICES, load_archive
from bot.nlu.model import Model

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ON = date(2026, 11, 26)
RAW = yaml.safe_load((HERE / "seed_coverage.yml").read_text(encoding="utf-8"))
GOAL_BY_QUESTION = 1.0
GOAL_IN_OTHER_WORDS = 0.80


@dataclass(frozen=True)
class Item:
    """One thing that a source names: bare terms, a question, and the topics where a reader expects it."""

    item: str
    audience: Any
    topics: tuple[str, ...]
    search: tuple[str, ...]
    question: str


ITEMS = [Item(r["item"], r["audience"], tuple(r["topics"]), tuple(r["search"]), r["question"]) for r in RAW["items"]]


@pytest.fixture(scope="module")
def guide() -> Guide:
    return Guide.load(ROOT / "knowledge")


def test_the_list_is_long_and_every_row_left_out_says_why() -> None:
    assert len(ITEMS) >= 160
    assert all(row["why"] for row in RAW["left_out"])
    assert len(RAW["left_out"]) <= 20


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.item)
def test_an_item_is_found_by_its_name(item: Item, guide: Guide) -> None:
    found = {
        result.topic
        for term in item.search
        for result in guide.search(term, language="nb", audience=item.audience, on=ON)[:3]
    }
    assert found & set(item.topics), (item.search, sorted(found))


def reaches(model: Model, item: Item, question: str) -> bool:
    """Whether a question is answered with a topic of the item, or has one among the choices offered."""
    understood = model.read(question, "nb").understanding
    topics = [topic for topic, _ in understood.topics][:CHOICES]
    right = topics[:1] if understood.band == "sure" else topics
    return understood.kind == "ask" and understood.band != "none" and bool(set(right) & set(item.topics))


def named(item: Item) -> list[str]:
    """What somebody asks who has met the word and nothing more."""
    return [f"hva er {term}?" for term in item.search]


@pytest.mark.model
def test_every_item_is_reached_by_a_question(trained_model: Path) -> None:
    """By its name or in other words; an item that several topics could claim may lead to another of them."""
    model = load_archive(trained_model)
    missed = [i.item for i in ITEMS if not any(reaches(model, i, asked) for asked in [*named(i), i.question])]
    assert len(missed) <= len(ITEMS) * (1 - GOAL_BY_QUESTION), missed


@pytest.mark.model
def test_most_items_are_reached_by_a_question_in_other_words(trained_model: Path) -> None:
    model = load_archive(trained_model)
    missed = [i.question for i in ITEMS if not reaches(model, i, i.question)]
    assert len(missed) <= len(ITEMS) * (1 - GOAL_IN_OTHER_WORDS), "\n".join(missed)
