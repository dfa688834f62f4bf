"""Puts together what the steps measured: the systems of the comparison, the disturbed messages, the probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.guidance.model import Understanding
from bot.nlu.bands import Bands, read_bands
from bot.nlu.data import Case, is_validation
from bot.nlu.measure import options_from_config
from tests.benchmarks.nlu.calibration import Bin, certainty, reliability
from tests.benchmarks.nlu.figures import ALL, Cost, Scores, System, count, percentiles
from tests.benchmarks.nlu.judging import best_threshold, flat_labels, judge, judge_hits
from tests.benchmarks.nlu.preparing import DISTURBANCES
from tests.benchmarks.nlu.records import (
    Reply,
    read,
    read_cases_from,
    read_disturbed,
    read_examples_from,
    read_replies,
)
from tests.benchmarks.nlu.robustness import Change, changes

OURS, FULL, DEFAULT, PLAIN, SEARCH = "ours", "ours, all sentences", "Rasa's default", "TF-IDF + LR", "keyword search"


@dataclass(frozen=True)
class Results:
    """Everything that the report tells."""

    counts: dict[str, Any]
    systems: Sequence[System]
    every_message: Scores
    unseen: Scores
    changes: dict[str, dict[str, Change]]
    bins: dict[str, list[Bin]]
    bands: dict[str, Bands]
    search_threshold: float
    languages: Sequence[str]


def understood(reply: Reply) -> Understanding:
    """Our own understanding in a reply; raises ValueError in one of another system."""
    if reply.understanding is None:
        raise ValueError("this reply is not one of ours")
    return reply.understanding


def gather(folder: Path) -> Results:
    """Read what the steps left in ``folder``."""
    sample = read_cases_from(folder / "sample.json")
    threshold = _search_threshold(folder)
    whole = read_cases_from(folder / "all.json")
    ours = [understood(reply) for reply in read_replies(folder / "replies-all.json")]
    unseen = [(case, one) for case, one in zip(whole, ours, strict=True) if not is_validation(case)]
    languages = [name for name in dict.fromkeys(case.language for case in whole) if name]
    bands = read_bands(options_from_config().bands)
    return Results(
        read(folder / "counts.json"),
        systems(folder, sample, threshold),
        count(whole, ours),
        count([case for case, _ in unseen], [one for _, one in unseen]),
        _changes(folder),
        {
            language: reliability(
                found
                for case, one in unseen
                if language in (case.language, ALL) and (found := certainty(case, one)) is not None
            )
            for language in [*languages, ALL]
        },
        {language: bands.get(language, bands["default"]) for language in [*languages, ALL]},
        threshold,
        languages,
    )


def systems(folder: Path, sample: Sequence[Case], threshold: float) -> list[System]:
    """The systems that were measured in this run, on the sample."""
    labels = flat_labels(example.label for example in read_examples_from(folder / "subset.json"))
    found: list[System] = []
    for name, step, archive in (
        (OURS, "ours", folder / "models" / "ours.tar.gz"),
        (FULL, "full", folder / "var" / "models" / "brobygger.tar.gz"),
        (DEFAULT, "default", folder / "models" / "default.tar.gz"),
        (PLAIN, "plain", folder / "models" / "plain.joblib"),
        (SEARCH, "search", None),
    ):
        place = folder / f"replies-{step}.json"
        if not place.is_file() or (archive is not None and not archive.is_file()):
            continue
        replies = read_replies(place)
        scores = count(
            sample,
            [
                _judged(reply, case, labels, None if archive else threshold)
                for case, reply in zip(sample, replies, strict=True)
            ],
        )
        times = percentiles([reply.milliseconds for reply in replies])
        cost = Cost(
            _measured(folder, f"train-{step}", "seconds"),
            archive.stat().st_size if archive else None,
            _measured(folder, f"train-{step}", "peak_mb"),
            _measured(folder, f"read-{step}", "peak_mb"),
            *times,
        )
        found.append(System(name, scores, cost, topics_only=archive is None))
    return found


def _judged(reply: Reply, case: Case, labels: dict[str, str], threshold: float | None) -> Understanding:
    """What a system's reply means; ``threshold`` is that of the keyword search, None for the others."""
    if threshold is not None:
        return judge_hits(reply.ranking, case.language, threshold)
    if reply.understanding is not None:
        return reply.understanding
    ranking = [(labels.get(label, label), probability) for label, probability in reply.ranking]
    return judge(ranking, case.language, is_unsure=reply.is_unsure)


def _search_threshold(folder: Path) -> float:
    cases = read_cases_from(folder / "validation.json")
    return best_threshold(cases, [reply.ranking for reply in read_replies(folder / "replies-validation.json")])


def _changes(folder: Path) -> dict[str, dict[str, Change]]:
    """The disturbed messages were read after the originals that they were made of."""
    given = read_disturbed(folder / "disturbed.json")
    cases = read_cases_from(folder / "disturbed-messages.json")
    replies = [understood(reply) for reply in read_replies(folder / "replies-disturbed.json")]
    originals = len(cases) - len(given)
    before = dict(zip(cases[:originals], replies[:originals], strict=True))
    found = changes(given, replies[originals:], before)
    return {name: found[name] for name in DISTURBANCES if name in found}


def _measured(folder: Path, step: str, what: str) -> float | None:
    place = folder / f"{step}.run.json"
    return float(read(place)[what]) if place.is_file() else None
