"""Last step: writes docs/benchmarks-nlu.md and its pictures from what the other steps measured.

python -m tests.benchmarks.nlu.report <folder> <out> <epochs> full|quick
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.benchmarks.nlu import plots
from tests.benchmarks.nlu.calibration import bias, expected_error
from tests.benchmarks.nlu.explaining import BANDLESS, CALIBRATION, COMPARED, LIMITS, ROBUSTNESS, SYSTEMS
from tests.benchmarks.nlu.figures import ALL, FIGURES, Cost, Figure, Scores, System, share
from tests.benchmarks.nlu.results import DEFAULT, FULL, Results, gather
from tests.benchmarks.nlu.robustness import MEASURES
from tests.benchmarks.nlu.sampling import SEED

PICTURES = ("nlu-first-guess.svg", "nlu-robustness.svg", "nlu-reliability.svg")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and an empty line."""
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def number(value: float | None, digits: int = 1) -> str:
    """A number, or a dash for nothing."""
    return "–" if value is None else f"{value:.{digits}f}"


def _cell(scores: Scores, language: str, figure: Figure, system: System | None) -> str:
    if system is not None and system.topics_only and not figure.topics_only:
        return "–"
    return number(share(scores.get(language), figure))


def head(results: Results, epochs: int, *, is_quick: bool) -> list[str]:
    """What was run, when, on what."""
    has_default = DEFAULT in {system.name for system in results.systems}
    trained = f", {epochs} epochs for Rasa's default pipeline" if has_default else ""
    memory = psutil.virtual_memory().total / 1e9
    lines = [
        "# Benchmarks of understanding",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC by `make benchmark-nlu` (`python -m tests.benchmarks.nlu`), "
        f"seed {SEED}: {os.cpu_count()} cores, {memory:.0f} GB memory, Python {platform.python_version()}, "
        f"Rasa {version('rasa')}{trained}. One run; load {results.counts['load']} when it began.",
        "",
    ]
    if is_quick:
        lines += ['**A smoke test (`--quick`): its figures mean nothing; "ours, all sentences" was not trained.**', ""]
    elif has_default and epochs != 100:
        lines += [f"**Rasa's default pipeline was trained with {epochs} epochs instead of its 100.**", ""]
    elif not has_default:
        lines += ["Rasa's default pipeline was left out of this run.", ""]
    return lines


def compared(results: Results) -> list[str]:
    """The four systems and the rules they were judged by."""
    counts = results.counts
    sample = results.systems[0].scores[ALL].counts["messages"]
    missing = ", ".join(f"`{label}`" for label in counts["missing"])
    return [
        "## What was compared",
        "",
        SYSTEMS,
        f"The subset holds {counts['subset']} of {counts['sentences']} training sentences: {counts['labels']} labels, "
        f"{counts['cells']} of the {counts['all cells']} pairs of language and label that have any sentence.",
        f"Without a sentence in it, and so not learnable from it: {missing}."
        if missing
        else "Every kind and every topic has a sentence in it; a topic whose pair with a language has none can be "
        "learned from other languages only.",
        "",
        COMPARED,
        f"The sample holds {sample} test messages, drawn by language and kind from the {counts['unseen']} (of "
        f"{counts['cases']}) that no threshold was set on.",
        BANDLESS.rstrip(),
        f"The keyword search answers from a score of {results.search_threshold:.2f}.",
        "",
    ]


def totals(results: Results) -> list[str]:
    """All languages together, quality and cost."""
    systems = results.systems
    names = [system.name for system in systems]
    rows = [
        [
            f"{figure.title} – {figure.explained}",
            *(_cell(system.scores, ALL, figure, system) for system in systems),
            _cell(results.every_message, ALL, figure, None),
            _cell(results.unseen, ALL, figure, None),
        ]
        for figure in FIGURES
    ]
    counts = [str(scores[ALL].counts["messages"]) for scores in (s.scores for s in systems)]
    counts += [str(scores[ALL].counts["messages"]) for scores in (results.every_message, results.unseen)]
    return [
        "## All languages together",
        "",
        *table(
            ["per cent", *names, "ours, all sentences: all messages", "… of these, no threshold set on"],
            [["messages", *counts], *rows],
        ),
        *against_default(systems),
        *costs(systems),
    ]


def against_default(systems: Sequence[System]) -> list[str]:
    """The differences in quality from the default pipeline, when it was measured."""
    default = next((system for system in systems if system.name == DEFAULT), None)
    if default is None:
        return []
    others = [system for system in systems if system is not default]

    def difference(system: System, figure: Figure) -> str:
        own, its = (share(one.scores[ALL], figure) for one in (system, default))
        able = figure.topics_only or not system.topics_only
        return f"{own - its:+.1f}" if able and own is not None and its is not None else "–"

    return [
        f"The same as a difference from {DEFAULT}, in percentage points:",
        "",
        *table(
            ["points", *(system.name for system in others)],
            [[figure.title, *(difference(system, figure) for system in others)] for figure in FIGURES],
        ),
    ]


def costs(systems: Sequence[System]) -> list[str]:
    """What each system takes, and how that compares with the default pipeline."""
    columns: tuple[tuple[str, Callable[[Cost], float | None], int], ...] = (
        ("training, s", lambda cost: cost.training_seconds, 1),
        ("model, MB", lambda cost: None if cost.model_bytes is None else cost.model_bytes / 1e6, 1),
        ("peak memory training, MB", lambda cost: cost.training_mb, 0),
        ("peak memory serving, MB", lambda cost: cost.serving_mb, 0),
        ("a message p50, ms", lambda cost: cost.p50, 1),
        ("a message p95, ms", lambda cost: cost.p95, 1),
    )
    default = next((system for system in systems if system.name == DEFAULT), None)
    lines = [
        "Times and memory are those of a process of its own for each training and each reading, its start included; a "
        "message is read in process, one after the other.",
        "",
        *table(
            ["system", *(title for title, _, _ in columns)],
            [[s.name, *(number(take(s.cost), digits) for _, take, digits in columns)] for s in systems],
        ),
    ]
    if default is None:
        return lines
    rows = []
    for system in systems:
        ratios = [_ratio(take(system.cost), take(default.cost)) for _, take, _ in columns]
        rows.append([system.name, *ratios])
    return [
        *lines,
        f"As a share of {DEFAULT} (below 1 is less; 0.050 is a twentieth):",
        "",
        *table(["system", *(title.split(",")[0] for title, _, _ in columns)], rows),
    ]


def _ratio(own: float | None, other: float | None) -> str:
    return "–" if own is None or not other else f"{own / other:.3f}"


def by_language(results: Results) -> list[str]:
    """One table a figure, languages across."""
    languages = [*results.languages, ALL]
    lines = ["## By language", "", f"![First guess right, by language and system](images/{PICTURES[0]})", ""]
    for figure in FIGURES:
        able = [system for system in results.systems if figure.topics_only or not system.topics_only]
        scored = [*((s.name, s.scores) for s in able), (f"{FULL}: all messages", results.every_message)]
        # What a system answered is its own; of everything else there are as many messages for each system.
        own = figure.whole == "answered"
        rows = [[name, *(_counted(scores, code, figure, own=own) for code in languages)] for name, scores in scored]
        if not own:
            rows.insert(0, ["messages of the sample", *(_size(able[0].scores, code, figure) for code in languages)])
        lines += [
            f"### {figure.title[0].upper()}{figure.title[1:]}",
            "",
            f"Per cent{' ' if figure.explained.startswith('of ') else ': '}{figure.explained}"
            + (", and how many those are." if own else "."),
            "",
            *table(["system", *languages], rows),
        ]
    return lines


def _size(scores: Scores, language: str, figure: Figure) -> str:
    return str(scores[language].counts[figure.whole]) if language in scores else "0"


def _counted(scores: Scores, language: str, figure: Figure, *, own: bool) -> str:
    found = number(share(scores.get(language), figure))
    return f"{found} ({_size(scores, language, figure)})" if own and found != "–" else found


def robustness(results: Results) -> list[str]:
    """What disturbances cost."""
    lines = ["## Disturbed messages", "", ROBUSTNESS, f"![Before and after](images/{PICTURES[1]})", ""]
    rows = []
    for name, found in results.changes.items():
        total = found[ALL]
        pairs = [(total.share(m, is_after=False), total.share(m, is_after=True)) for m in MEASURES]
        rows.append([name, str(max(total.messages.values())), *(_step(b, a, 1) for b, a in pairs)])
    lines += table(["all languages, per cent before → after", "messages", *MEASURES], rows)
    languages = list(results.languages)
    for measure in MEASURES:
        lines += [f"### {measure[0].upper()}{measure[1:]}, by language", "", "Per cent before → after.", ""]
        rows = []
        for name, found in results.changes.items():
            cells = []
            for language in languages:
                change = found.get(language)
                before, after = (change.share(measure, is_after=late) if change else None for late in (False, True))
                cells.append(_step(before, after, 0))
            rows.append([name, *cells])
        lines += table(["", *languages], rows)
    return lines


def _step(before: float | None, after: float | None, digits: int) -> str:
    return "–" if after is None else f"{number(before, digits)} → {number(after, digits)}"


def calibration(results: Results) -> list[str]:
    """Whether the probabilities keep their word, and the thresholds in force."""
    lines = ["## Probabilities and thresholds", "", CALIBRATION]
    lines += [f"![Reliability by language](images/{PICTURES[2]})", ""]
    rows = []
    for language, bins in results.bins.items():
        bands = results.bands[language]
        shares = ["–"] * 10
        for one in bins:
            shares[round(one.low * 10)] = f"{100 * one.right:.0f} ({one.number})"
        error, lean = expected_error(bins), bias(bins)
        rows.append([language, number(error, 3), "–" if lean is None else f"{lean:+.3f}", str(bands.answer), *shares])
    edges = [f"{place / 10:.1f}–{(place + 1) / 10:.1f}" for place in range(10)]
    lines += table(["", "ECE", "right − probability", "`answer`", *edges], rows)
    names = ("danger", "word", "part", "personal", "kind", "answer", "margin", "choose", "near")
    lines += ["The thresholds in force (`config.yml`; what they mean: `bot/nlu/bands.py`):", ""]
    return lines + table(
        ["", *(f"`{name}`" for name in names)],
        [[code, *(str(getattr(results.bands[code], name)) for name in names)] for code in results.languages],
    )


def write(folder: Path, out: Path, epochs: int, *, is_quick: bool) -> None:
    """Write the report and its pictures below ``out``."""
    results = gather(folder)
    images = out / "images"
    images.mkdir(parents=True, exist_ok=True)
    plots.first_guess(results.systems, results.languages, images / PICTURES[0])
    plots.robustness(results.changes, images / PICTURES[1])
    answer = {language: bands.answer for language, bands in results.bands.items()}
    plots.reliability(results.bins, answer, images / PICTURES[2])
    lines = [
        *head(results, epochs, is_quick=is_quick),
        *compared(results),
        *totals(results),
        *by_language(results),
        *robustness(results),
        *calibration(results),
        "## Limits",
        "",
        LIMITS,
    ]
    (out / "benchmarks-nlu.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "report.done").write_text("", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), is_quick=sys.argv[4] == "quick")
