"""What the report counts: coverage, age, what is due, certainty, orphans, readability. No drawing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.guidance.articles import ArticleText
from bot.guidance.facts import CERTAINTIES
from bot.guidance.loading import Knowledge
from tools.checks.readability import lix, plain, sections
from tools.facts import due
from tools.municipality.completeness import gaps
from tools.tree import Tree

NORWEGIAN = ("nb", "nn")


@dataclass(frozen=True)
class Due:
    """Something to look at: the day, what, why, and whether the day has passed."""

    day: date
    what: str
    why: str
    overdue: bool


def _state(text: ArticleText | None, revision: int) -> str:
    """``missing``, ``outdated``, or the text's own status."""
    if text is None:
        return "missing"
    return "outdated" if text.revision < revision else text.status


def coverage(tree: Tree) -> dict[str, dict[str, str]]:
    """The state of every parents' text by topic and language, and of every staff text under ``staff <language>``.

    ``-`` where the topic is not for that audience.
    """
    rows: dict[str, dict[str, str]] = {}
    for topic in tree.knowledge.topics.values():
        article = tree.knowledge.articles.get(topic.id)
        revision = article.revision if article else 0
        row = {}
        for language in tree.languages:
            texts = article.parent_texts if article else {}
            row[language.code] = _state(texts.get(language.code), revision) if topic.is_for("parent") else "-"
        for language in tree.languages:
            if language.staff:
                texts = article.staff_texts if article else {}
                state = _state(texts.get(language.code), revision) if topic.is_for("staff") else "-"
                row[f"staff {language.code}"] = state
        rows[topic.id] = row
    return rows


def shares(rows: Mapping[str, Mapping[str, str]]) -> dict[str, Counter[str]]:
    """How many texts of each column are in which state."""
    found: dict[str, Counter[str]] = {}
    for row in rows.values():
        for column, state in row.items():
            if state != "-":
                found.setdefault(column, Counter())[state] += 1
    return found


def ages(knowledge: Knowledge, on: date) -> list[int]:
    """Days since each fact was last checked."""
    return [(on - fact.last_checked).days for fact in knowledge.facts.values()]


def certainties(knowledge: Knowledge) -> dict[str, dict[str, int]]:
    """Facts by certainty grade, and sources by the same."""
    facts = Counter(fact.certainty for fact in knowledge.facts.values())
    sources = Counter(source.certainty for source in knowledge.sources.values())
    return {grade: {"facts": facts[grade], "sources": sources[grade]} for grade in CERTAINTIES}


def month_ends(on: date) -> tuple[date, date]:
    """The last day of this month and of the next."""
    first = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    second = (first + timedelta(days=32)).replace(day=1)
    return first - timedelta(days=1), second - timedelta(days=1)


def due_until(knowledge: Knowledge, on: date, until: date) -> list[Due]:
    """Facts and articles that must be looked at by a day, soonest first."""
    found = []
    for fact_id, fact in knowledge.facts.items():
        day, why = due(fact, on)
        if day <= until:
            found.append(Due(day, f"fact {fact_id}", why, day < on))
    for article in knowledge.articles.values():
        if article.review_by <= until:
            owner = f"review by {article.owner or 'nobody named'}"
            found.append(Due(article.review_by, f"article {article.id}", owner, article.review_by < on))
    return sorted(found, key=lambda entry: (entry.day, entry.what))


def orphans(knowledge: Knowledge) -> list[str]:
    """Facts that no article and no list of emergency numbers uses."""
    used = {fact for article in knowledge.articles.values() for fact in article.facts}
    used |= {name for numbers in knowledge.crisis.values() for name in numbers}
    return sorted(set(knowledge.facts) - used)


def reading_ease(tree: Tree) -> dict[str, list[float]]:
    """LIX of the main text of every Norwegian article, for ``parents`` and for ``staff``."""
    found: dict[str, list[float]] = {"parents": [], "staff": []}
    for _, text in tree.texts():
        if text.language in NORWEGIAN:
            found["staff" if text.staff else "parents"].append(lix(plain(text.main)))
    return found


def longest(tree: Tree, number: int = 12) -> list[tuple[float, str]]:
    """The hardest parents' sections in Norwegian: (LIX, where)."""
    found = [
        (lix(plain(template)), f"{text.path.relative_to(tree.root)} ({name})")
        for _, text in tree.texts()
        if text.language in NORWEGIAN and not text.staff
        for name, template in sections(text).items()
        if name != "brief"
    ]
    return sorted(found, reverse=True)[:number]


def municipalities(knowledge: Knowledge) -> list[tuple[str, str, int]]:
    """(name, stage, number of missing values) of every municipality."""
    return [
        (entry.name, entry.stage, len(list(gaps(knowledge, entry))))
        for entry in sorted(knowledge.municipalities.values(), key=lambda entry: entry.name)
    ]
