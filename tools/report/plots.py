"""The plots of the report, as SVG that stands in the page itself. Colours differ in lightness too."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

STATES = {
    "reviewed": "#0b4f4a",
    "draft": "#3f8f86",
    "machine": "#9fc9bf",
    "outdated": "#d9a441",
    "missing": "#e6e6e6",
}


def _svg(figure: Figure, alt: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    drawn = out.getvalue()
    start = drawn.index("<svg")
    return drawn[start:].replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)


def _axes(width: float = 8, height: float = 3) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def coverage(shares: Mapping[str, Counter[str]]) -> str:
    """Texts by column (language and audience) and state."""
    figure, axes = _axes(height=0.45 * len(shares) + 1)
    columns = list(shares)[::-1]
    left = [0] * len(columns)
    for state, colour in STATES.items():
        numbers = [shares[column][state] for column in columns]
        axes.barh(columns, numbers, left=left, color=colour, label=state)
        left = [before + number for before, number in zip(left, numbers, strict=True)]
    axes.set_xlabel("texts")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=len(STATES), frameon=False)
    return _svg(figure, "Texts by language and state")


def ages(days: Sequence[int]) -> str:
    """How long ago facts were checked."""
    figure, axes = _axes()
    axes.hist(days, bins=range(0, max([*days, 30]) + 31, 30), color="#3f8f86", edgecolor="white")
    axes.set_xlabel("days since a fact was last checked")
    axes.set_ylabel("facts")
    return _svg(figure, "Age of facts in days")


def certainties(grades: Mapping[str, Mapping[str, int]]) -> str:
    """Facts and sources by certainty grade."""
    figure, axes = _axes()
    places = range(len(grades))
    axes.bar([at - 0.2 for at in places], [grades[g]["facts"] for g in grades], 0.4, color="#0b4f4a", label="facts")
    axes.bar([at + 0.2 for at in places], [grades[g]["sources"] for g in grades], 0.4, color="#9fc9bf", label="sources")
    axes.set_xticks(list(places), list(grades))
    axes.legend(frameon=False)
    return _svg(figure, "Facts and sources by certainty grade")


def reading_ease(values: Mapping[str, Sequence[float]]) -> str:
    """LIX of Norwegian texts."""
    figure, axes = _axes()
    bins = list(range(10, 66, 4))
    axes.hist(list(values.values()), bins=bins, label=list(values), color=["#3f8f86", "#c9b27c"])
    axes.set_xlabel("LIX (under 30 very easy, 30–40 easy, 40–50 medium)")
    axes.set_ylabel("texts")
    axes.legend(frameon=False)
    return _svg(figure, "Readability of Norwegian texts")


def workload(days: Mapping[str, int]) -> str:
    """What is due by month."""
    figure, axes = _axes()
    axes.bar(list(days), list(days.values()), color="#0b4f4a")
    axes.set_ylabel("facts and articles due")
    axes.tick_params(axis="x", rotation=45)
    return _svg(figure, "Facts and articles due by month")
