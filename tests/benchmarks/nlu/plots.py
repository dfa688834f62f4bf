"""The pictures of the report: small SVG files that come out the same for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from tests.benchmarks.nlu.calibration import Bin
from tests.benchmarks.nlu.figures import ALL, FIGURES, System, share
from tests.benchmarks.nlu.robustness import MEASURES, Change

COLOURS = ("#1b5e8c", "#2a9d8f", "#c1440e", "#e0a526", "#8a8a8a")
BEFORE = "#c9d3da"
STYLE = {
    "font.size": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",  # letters as letters: a tenth of the size, and they can be searched
    "svg.hashsalt": "brobygger",
}
COLUMNS = 5


def first_guess(systems: Sequence[System], languages: Sequence[str], path: Path) -> None:
    """Bars: the first guess that is right, by language and system."""
    with pyplot.rc_context(STYLE):
        picture, axes = pyplot.subplots(figsize=(9, 3.2))
        names = [*languages, ALL]
        width = 0.85 / len(systems)
        for place, system in enumerate(systems):
            values = [share(system.scores.get(name), FIGURES[0]) or 0.0 for name in names]
            left = [index + (place - (len(systems) - 1) / 2) * width for index in range(len(names))]
            axes.bar(left, values, width, label=system.name, color=COLOURS[place % len(COLOURS)])
        _per_cent(axes)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylabel(f"{FIGURES[0].title}, %")
        _save(picture, axes, path)


def reliability(found: Mapping[str, Sequence[Bin]], thresholds: Mapping[str, float], path: Path) -> None:
    """One small field a language: the share that is right over the probability, and the threshold as a dotted line."""
    with pyplot.rc_context(STYLE):
        rows = -(-len(found) // COLUMNS)
        picture, grid = pyplot.subplots(rows, COLUMNS, figsize=(9, 1.9 * rows), sharex=True, sharey=True, squeeze=False)
        for axes in grid.flat[len(found) :]:
            axes.set_axis_off()
        for axes, (language, bins) in zip(grid.flat, found.items(), strict=False):
            axes.plot([0, 1], [0, 1], color=BEFORE, linewidth=1)
            axes.axvline(thresholds[language], color=COLOURS[2], linewidth=0.8, linestyle=":")
            found_there = [one.mean for one in bins], [one.right for one in bins]
            axes.plot(*found_there, color=COLOURS[0], linewidth=1, marker="o", markersize=3)
            axes.set_title(language)
        picture.supxlabel("probability of the first topic × of a question")
        picture.supylabel("share that is right")
        picture.tight_layout()
        picture.savefig(path, metadata={"Date": None})
        pyplot.close(picture)


def robustness(found: Mapping[str, Mapping[str, Change]], path: Path) -> None:
    """Bars: each figure of all languages before and after each disturbance, on the same messages."""
    with pyplot.rc_context(STYLE):
        picture, fields = pyplot.subplots(1, len(MEASURES), figsize=(9, 3.2), sharey=True)
        names = list(found)
        for axes, measure in zip(fields, MEASURES, strict=True):
            for is_after, colour, shift in ((False, BEFORE, -0.2), (True, COLOURS[0], 0.2)):
                values = [found[name][ALL].share(measure, is_after=is_after) or 0.0 for name in names]
                label = "after" if is_after else "before"
                axes.barh([index + shift for index in range(len(names))], values, 0.38, label=label, color=colour)
            axes.set_yticks(range(len(names)), names)
            axes.set_xlim(0, 100)
            axes.set_xlabel(f"{measure}, %")
        fields[0].invert_yaxis()
        _save(picture, fields[-1], path)


def _per_cent(axes: Axes) -> None:
    axes.set_ylim(0, 100)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


def _save(picture: Picture, legend_of: Axes, path: Path) -> None:
    handles, labels = legend_of.get_legend_handles_labels()
    picture.legend(handles, labels, loc="upper center", ncol=len(labels), frameon=False)
    picture.tight_layout(rect=(0, 0, 1, 0.93))
    picture.savefig(path, metadata={"Date": None})
    pyplot.close(picture)
