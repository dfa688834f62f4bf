"""``python -m tools preview DAY``: which answers will say something else on another day."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Literal

from bot.guidance.guide import Guide
from bot.guidance.model import Context
from bot.guidance.questions import positions

Audience = Literal["parent", "staff"]
AUDIENCES: tuple[Audience, ...] = ("parent", "staff")


def contexts(guide: Guide, topic: str, audience: Audience, language: str, on: date) -> Iterator[Context]:
    """Every reader whose answer may differ: each municipality, situation and age that the article tells apart."""
    situations, ages = positions(guide.knowledge.articles[topic])
    places = (None, *guide.knowledge.municipalities)
    for place, situation, age in product(places, (None, *situations), (None, *ages)):
        yield Context(language, on, place, audience, situation, age)


def changes(guide: Guide, today: date, day: date, language: str) -> Iterator[tuple[str, str]]:
    """The answers that change between two days: a heading and the lines that differ, each change once."""
    seen: set[str] = set()
    for audience in AUDIENCES:
        for topic in guide.topics(audience):
            for context in contexts(guide, topic, audience, language, today):
                then = Context(language, day, context.municipality, audience, context.situation, context.child_age)
                before, after = guide.answer(topic, context), guide.answer(topic, then)
                if (before.text, before.notices) == (after.text, after.notices):
                    continue
                lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), n=0, lineterm="")
                shown = "\n".join(line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")
                fresh = [notice for notice in after.notices if notice not in before.notices]
                if fresh:
                    shown += f"\n  now with: {', '.join(fresh)}"
                if topic + shown not in seen:
                    seen.add(topic + shown)
                    who = [context.municipality, context.situation, context.child_age]
                    told = ", ".join(str(part) for part in who if part is not None)
                    yield f"{topic} ({audience}{', ' + told if told else ''})", shown.strip("\n")


def preview(root: Path, today: date, day: date, language: str) -> int:
    """Print the answers that change; returns 0."""
    guide = Guide.load(root / "knowledge")
    number = 0
    for heading, shown in changes(guide, today, day, language):
        number += 1
        print(f"{heading}\n{shown}\n")
    print(f"{number} answers change between {today} and {day}.")
    return 0
