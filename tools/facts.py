"""``python -m tools facts``: which facts must be checked again, soonest first."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bot.guidance.facts import Fact
from bot.guidance.loading import Knowledge, read_knowledge


def due(fact: Fact, on: date) -> tuple[date, str]:
    """The day a fact must be looked at, and why."""
    aged = fact.last_checked + timedelta(days=fact.max_age)
    coming = [period.starts for period in fact.periods if period.expected]
    if coming and coming[0] < aged:
        return coming[0], "a change is expected"
    return aged, f"last checked {fact.last_checked}"


def overview(knowledge: Knowledge, on: date, days: int) -> list[str]:
    """A line for each fact that is due within ``days``."""
    found = sorted((*due(fact, on), fact_id) for fact_id, fact in knowledge.facts.items())
    return [
        f"{day}  {'OVERDUE' if day < on else 'due    '}  {fact_id}  ({why})"
        for day, why, fact_id in found
        if day <= on + timedelta(days=days)
    ]


def facts(root: Path, on: date, days: int) -> int:
    """Print the facts that are due; returns 0."""
    lines = overview(read_knowledge(root / "knowledge"), on, days)
    print("\n".join(lines) if lines else f"No fact is due within {days} days.")
    return 0
