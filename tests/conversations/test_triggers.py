"""The situations that must reach a person, and the signs of danger, are all tested: by number, row and language.

``handoff.yml`` holds the 32 handoff triggers, ``crisis.yml`` the rows of the crisis table. What a message is taken for
is measured here by trigger and row; single messages about danger stand in tests/nlu/test_understanding.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.nlu.data import Case
from bot.nlu.measure import load_archive, reader
from bot.nlu.model import Model

HERE = Path(__file__).resolve().parent
LANGUAGES = ("nb", "nn", "en")
TRIGGERS = range(1, 33)
LEAST = 6
PERSON = ("own_case", "consent", "human", "danger")
"""Kinds whose answer offers a person."""


def blocks(language: str, name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((HERE / language / name).read_text(encoding="utf-8"))["tests"])


@pytest.fixture(scope="module")
def model(trained_model: Path) -> Model:
    return load_archive(trained_model)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_handoff_trigger_has_test_messages(language: str) -> None:
    counted: Counter[int] = Counter()
    for block in blocks(language, "handoff.yml"):
        counted[block["trigger"]] += len(block["messages"])
    assert {number: counted[number] for number in TRIGGERS if counted[number] < LEAST} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_crisis_table_has_test_messages(language: str) -> None:
    rows = {block["row"] for block in blocks(language, "crisis.yml") if "row" in block}
    assert len(rows) == 16
    counted: Counter[str] = Counter()
    for block in blocks(language, "crisis.yml"):
        counted[block.get("row", "look-alikes")] += len(block["messages"])
    assert min(counted.values()) >= LEAST
    assert counted["look-alikes"] >= 40


def reached(model: Model, language: str) -> dict[int, tuple[int, int]]:
    """Of the messages of each trigger, how many lead to the offer of a person, and how many there are."""
    read = reader(model)
    found: dict[int, list[bool]] = defaultdict(list)
    for block in blocks(language, "handoff.yml"):
        for words in block["messages"]:
            understood = read(Case(words, block["label"], language, "handoff"))
            found[block["trigger"]].append(understood.kind in PERSON)
    return {number: (sum(hits), len(hits)) for number, hits in sorted(found.items())}


@pytest.mark.model
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_triggers_lead_to_a_person(language: str, model: Model) -> None:
    found = reached(model, language)
    hits, asked = (sum(part) for part in zip(*found.values(), strict=True))
    assert hits / asked >= 0.70, found
    assert all(part for part, _ in found.values()), found


@pytest.mark.model
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_the_right_row_are_shown_and_seldom_the_words_of_another(language: str, model: Model) -> None:
    read = reader(model)
    right = misled = seen = 0
    for block in blocks(language, "crisis.yml"):
        kind, _, detail = block["label"].partition("/")
        if kind != "danger":
            continue
        for words in block["messages"]:
            understood = read(Case(words, block["label"], language, "crisis"))
            if understood.kind == "danger":
                seen += 1
                right += detail in (understood.detail, understood.also)
                misled += understood.also is None and understood.detail != detail
    assert right / max(1, seen) >= 0.70, (right, seen)
    assert misled / max(1, seen) <= 0.20, (misled, seen)
