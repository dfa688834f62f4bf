"""Puts the report together: figures, plots and lists in one page without any file beside it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.languages import languages
from tools.report import figures, plots
from tools.report.by_language import STATES, language_states
from tools.tree import Tree

HERE = Path(__file__).parent
MONTHS_AHEAD = 14


def _months(tree: Tree) -> dict[str, int]:
    """What is due in each month to come; what is overdue stands under the current one."""
    first = tree.on.replace(day=1)
    months = [(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(MONTHS_AHEAD)]
    until = date(months[-1][0], months[-1][1], 28)
    counted: Counter[str] = Counter()
    for entry in figures.due_until(tree.knowledge, tree.on, until):
        counted[max(entry.day, tree.on).strftime("%Y-%m")] += 1
    return {name: counted[name] for name in (f"{year}-{month:02}" for year, month in months)}


def write(tree: Tree) -> str:
    """The page."""
    knowledge = tree.knowledge
    this_month, next_month = figures.month_ends(tree.on)
    rows = figures.coverage(tree)
    entries = figures.due_until(knowledge, tree.on, next_month)
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    drawn = {
        "coverage": plots.coverage(figures.shares(rows)),
        "ages": plots.ages(figures.ages(knowledge, tree.on)),
        "certainties": plots.certainties(figures.certainties(knowledge)),
        "reading": plots.reading_ease(figures.reading_ease(tree)),
        "workload": plots.workload(_months(tree)),
    }
    return environment.get_template("report.html").render(
        on=tree.on,
        revision=knowledge.revision,
        counts={
            "topics": len(knowledge.topics),
            "articles": len(knowledge.articles),
            "facts": len(knowledge.facts),
            "sources": len(knowledge.sources),
            "words explained": len(knowledge.glossary),
        },
        drawn={name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - drawn by matplotlib from numbers
        rows=rows,
        states=STATES,
        spoken=language_states(tree),
        columns=list(next(iter(rows.values()))) if rows else [],
        this_month=[entry for entry in entries if entry.day <= this_month],
        next_month=[entry for entry in entries if entry.day > this_month],
        orphans=figures.orphans(knowledge),
        unsure=sorted(name for name, fact in knowledge.facts.items() if fact.certainty in ("INF", "C")),
        hardest=figures.longest(tree),
        municipalities=figures.municipalities(knowledge),
    )


def report(root: Path, on: date, target: Path) -> int:
    """Write the report; returns 0."""
    tree = Tree(root, on, tuple(entry.code for entry in languages().offered()))
    target.write_text(write(tree), encoding="utf-8")
    for error in tree.knowledge_errors:
        print(f"Left out: {error}")
    print(f"Wrote {target}.")
    return 0
