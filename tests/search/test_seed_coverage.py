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
GOAL_BY_QUESTION = 0.90


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


def unreached(model: Model) -> list[tuple[Item, str, list[str]]]:
    """The items whose question leads nowhere: with what was understood instead."""
    found = []
    for item in ITEMS:
        understood = model.read(item.question, "nb").understanding
        topics = [topic for topic, _ in understood.topics][:CHOICES]
        reached = understood.kind == "ask" and (
            topics[0] in item.topics if understood.band == "sure" else bool(set(topics) & set(item.topics))
        )
        if not (reached and understood.band != "none"):
            found.append((item, f"{understood.kind} {understood.band}", topics))
    return found


@pytest.mark.model
def test_the_items_are_reached_by_a_question_in_other_words(trained_model: Path) -> None:
    missed = unreached(load_archive(trained_model))
    assert len(missed) <= len(ITEMS) * (1 - GOAL_BY_QUESTION), "\n".join(
        f"{item.question!r}: {kind} {topics}, not {item.topics}" for item, kind, topics in missed
    )
