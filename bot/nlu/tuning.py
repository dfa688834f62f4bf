"""Sets temperatures and bands on validation messages, never on those that figures are reported for.

    python -m bot.nlu.tuning                 the temperatures and the thresholds of all languages
    python -m bot.nlu.tuning --languages     where a language wants other thresholds than all together
    python -m bot.nlu.tuning --evidence      the weights of what speaks for danger; then set its thresholds anew

The test messages are parted by a hash of their words: one half validates, the other half is what ``measure`` and the
benchmark report. (Cross-validation on the training data misleads here: its sentences are written to differ from each
other, so a sentence left out is harder than what people send.) The temperatures and the thresholds of config.yml are
swept, and what serves best is printed: as many questions answered right as possible while no more than
``MOST_WRONG`` of the answered are wrong, as many signs of danger seen as possible while no more than ``MOST_ALARMS``
of all other sentences raise an alarm, and the same for a family's own matter.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.guidance.model import PERSONAL
from bot.nlu.bands import Bands, choose_kind, coarse, danger_threshold, read_bands, topic_band
from bot.nlu.data import Case, all_examples, is_validation, other_sentences, read_cases
from bot.nlu.evidence import Evidence, log_odds, read_evidence, what_speaks
from bot.nlu.heads import softmax
from bot.nlu.measure import CHOICES, load_archive, options_from_config
from bot.nlu.mixing import Opinion, pooled, ranking
from bot.nlu.model import Model
from bot.nlu.normalising import normalise
from bot.nlu.pieces import RANKED

MOST_WRONG = 0.025
"""Share of the answered that may be wrong; a little under the design's 3 %, because another half is reported."""
MOST_ALARMS = 0.06
"""Share of harmless sentences that may be taken for danger: recall wins."""
MOST_TO_A_PERSON = 0.045
"""Share of general questions that may be sent to a person."""
DANGERS = (0.06, 0.05, 0.04, 0.03)
PERSONALS = (0.3, 0.25, 0.2, 0.16, 0.13, 0.1)
ALL_DANGERS = (0.04, 0.05, 0.06, 0.08, 0.1, 0.12)
ALL_PERSONALS = (0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.35)
ANSWERS = (0.24, 0.28, 0.32, 0.36, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
MARGINS = (0.1, 0.15, 0.2, 0.3)
WORTH = 0.005
"""How many more of the questions must be answered right before a language gets thresholds of its own."""
TOPIC_TEMPERATURES = (0.1, 0.13, 0.16, 0.2, 0.25, 0.3)
KIND_TEMPERATURES = (0.8, 1.0, 1.25)


@dataclass(frozen=True)
class Margins:
    """What was read of one validation message, before any temperature."""

    case: Case
    words: int
    kind_labels: Sequence[str]
    kinds: np.ndarray
    topic_labels: Sequence[str]
    topics: np.ndarray
    share: float
    others: Sequence[Opinion]
    """What the readers beside the heads say, which have no temperature."""

    def rankings(self, kind: float, topic: float) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """Kinds and the first topics, as ``Model.rankings`` makes them, under two temperatures of the heads."""
        heads = Opinion(self.share, softmax(self.kinds / kind), softmax(self.topics / topic))
        kinds, topics = pooled([heads, *self.others])
        return ranking(self.kind_labels, kinds), ranking(self.topic_labels, topics)[:RANKED]


def margins(pairs: Iterable[tuple[Case, Model]]) -> list[Margins]:
    """Score each case with its model."""
    found = []
    for case, model in pairs:
        folded = normalise(case.text)
        positions, values = model.features.row(folded)
        found.append(
            Margins(
                case,
                len(case.text.split()),
                model.kind.labels,
                model.kind.margins(*model.kind_row(folded, positions, values)),
                model.topic.labels,
                model.topic.margins(positions, values),
                1 - model.options.layer,
                model.others(case.text, positions, values),
            )
        )
    return found


@dataclass(frozen=True)
class Read:
    """One sentence under one pair of temperatures."""

    case: Case
    words: int
    kinds: list[tuple[str, float]]
    topics: list[tuple[str, float]]
    weighed: float | None = None
    """What speaks for danger, where evidence is weighed."""


def read(found: Sequence[Margins], kind: float, topic: float, weights: Evidence | None = None) -> list[Read]:
    """Apply temperatures, and weigh what speaks for danger."""
    entries = []
    for one in found:
        kinds, topics = one.rankings(kind, topic)
        weighed = weights.weighed(dict(coarse(kinds)), topics) if weights else None
        entries.append(Read(one.case, one.words, kinds, topics, weighed))
    return entries


def rates(found: Sequence[Read], bands: Bands) -> dict[str, float]:
    """The shares that matter, under one set of bands."""
    count: Counter[str] = Counter()
    for entry in found:
        kind, _, rest = entry.case.label.partition("/")
        understood, confidence = choose_kind(
            entry.kinds,
            topic_band(entry.topics, bands),
            bands,
            danger=danger_threshold(entry.words, bands),
            weighed=entry.weighed,
        )
        band = topic_band(entry.topics, bands, confidence if understood == "ask" else 1.0)
        answered = understood == "ask" and band == "sure"
        right = answered and kind == "ask" and entry.topics[0][0] == rest
        count["answered"] += answered
        count["wrong"] += answered and not right and kind != "not_danger"
        if kind == "ask":
            count["ask"] += 1
            count["first"] += entry.topics[0][0] == rest
            count["right"] += right
            among = rest in [topic for topic, _ in entry.topics[:CHOICES]]
            count["offered"] += right or (understood == "ask" and band == "unsure" and among)
            count["asks to person"] += understood in PERSONAL
        if kind == "danger":
            count["danger"] += 1
            count["seen"] += understood == "danger"
        elif kind == "not_danger":
            count["look-alikes"] += 1
            count["false alarms"] += understood == "danger"
        else:
            count["other"] += 1
            count["alarms"] += understood == "danger"
        if kind in ("own_case", "consent"):
            count["personal"] += 1
            count["to person"] += understood in PERSONAL or understood == "danger"
        if kind == "out_of_scope":
            count["outside"] += 1
            count["outside answered"] += answered

    def share(part: str, whole: str) -> float:
        return count[part] / max(1, count[whole])

    return {
        "first guess": share("first", "ask"),
        "answered right": share("right", "ask"),
        "answered or offered": share("offered", "ask"),
        "wrong of answered": share("wrong", "answered"),
        "danger seen": share("seen", "danger"),
        "false alarms": share("false alarms", "look-alikes"),
        "harmless as danger": share("alarms", "other"),
        "own case, consent": share("to person", "personal"),
        "question to a person": share("asks to person", "ask"),
        "outside answered": share("outside answered", "outside"),
    }


def _shown(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {100 * value:.1f}" for name, value in found.items())


def for_language(found: Sequence[Read], default: Bands) -> Bands:
    """The thresholds that serve one language best, near those of all languages.

    Danger first: of the thresholds that see the most, the highest, as long as no more than ``MOST_ALARMS`` of harmless
    messages raise an alarm. Then a family's own matter, then answers, each within its limit. A language has few
    validation messages, so a threshold moves only when that wins something.
    """
    bands = default
    seen = rates(found, bands)["danger seen"]
    for danger in DANGERS:
        got = rates(found, replace(bands, danger=danger))
        if got["danger seen"] > seen and got["harmless as danger"] <= MOST_ALARMS:
            bands, seen = replace(bands, danger=danger), got["danger seen"]
    reached = rates(found, bands)["own case, consent"]
    for personal in PERSONALS:
        got = rates(found, replace(bands, personal=personal))
        if got["own case, consent"] > reached and got["question to a person"] <= MOST_TO_A_PERSON:
            bands, reached = replace(bands, personal=personal), got["own case, consent"]
    start = rates(found, bands)
    right = start["answered right"] if start["wrong of answered"] <= MOST_WRONG else -1.0
    for answer, margin in itertools.product(ANSWERS, MARGINS):
        got = rates(found, replace(bands, answer=answer, margin=margin))
        if got["wrong of answered"] <= MOST_WRONG and got["answered right"] > right + WORTH:
            bands, right = replace(bands, answer=answer, margin=margin), got["answered right"]
    return bands


def changed(bands: Bands, default: Bands) -> dict[str, float]:
    """What differs from the default, for config.yml."""
    names = [entry.name for entry in fields(Bands)]
    return {name: getattr(bands, name) for name in names if getattr(bands, name) != getattr(default, name)}


def evidence(found: Sequence[Read]) -> Evidence:
    """The weights by which what was read tells danger from all else best (logistic regression)."""
    rows = [[log_odds(p) for p in what_speaks(dict(coarse(entry.kinds)), entry.topics)] for entry in found]
    fitted = LogisticRegression(max_iter=3000).fit(rows, [entry.case.label.startswith("danger/") for entry in found])
    return Evidence(*(round(float(weight), 2) for weight in (*fitted.coef_[0], fitted.intercept_[0])))


def by_language(found: Sequence[Read], default: Bands) -> dict[str, dict[str, float]]:
    """The thresholds of every language that differ from the default."""
    languages = sorted({entry.case.language for entry in found})
    tuned = {
        code: changed(for_language([entry for entry in found if entry.case.language == code], default), default)
        for code in languages
    }
    return {code: values for code, values in tuned.items() if values}


def main() -> None:
    """Print what serves best, in steps: temperatures, then danger, then own matters, then topics."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.tuning")
    parser.add_argument("--model", type=Path, help="a trained model archive instead of training")
    parser.add_argument("--languages", action="store_true", help="keep the default and tune each language")
    parser.add_argument("--evidence", action="store_true", help="only the weights of what speaks for danger")
    chosen = parser.parse_args()
    options = options_from_config()
    if chosen.model is None:
        print("training", flush=True)
    model = load_archive(chosen.model) if chosen.model else Model.train(all_examples(), options, other_sentences())
    start = read_bands(options.encoder_bands or options.bands if model.dense else options.bands)["default"]
    found = margins((case, model) for case in read_cases() if is_validation(case))
    weights = None if model.dense else read_evidence(options.evidence)
    now = read(found, options.kind_temperature, options.topic_temperature, weights)
    print(f"{len(found)} sentences; as it is: {_shown(rates(now, start))}", flush=True)
    if chosen.evidence:
        print(f"    evidence: {asdict(evidence(now))}")
        return
    if chosen.languages:
        for code, values in by_language(now, start).items():
            print(f"      {code}: {{{', '.join(f'{name}: {value:g}' for name, value in values.items())}}}")
        return

    best = (-1.0, options.topic_temperature, start)
    for temperature in TOPIC_TEMPERATURES:
        entries = read(found, options.kind_temperature, temperature, weights)
        for answer, margin, choose in itertools.product((0.3, 0.4, 0.5, 0.6), (0.05, 0.1, 0.2, 0.3), (0.03, 0.06, 0.1)):
            bands = replace(start, answer=answer, margin=margin, choose=choose)
            got = rates(entries, bands)
            worth = got["answered right"] + got["answered or offered"]
            if got["wrong of answered"] <= MOST_WRONG and worth > best[0]:
                best = (worth, temperature, bands)
                print(f"topic temperature {temperature} {bands}: {_shown(got)}", flush=True)
    _, topic_temperature, bands = best

    safest = (-1.0, options.kind_temperature, bands)
    for temperature in KIND_TEMPERATURES:
        entries = read(found, temperature, topic_temperature, weights)
        for danger, personal in itertools.product(ALL_DANGERS, ALL_PERSONALS):
            tried = replace(bands, danger=danger, personal=personal)
            got = rates(entries, tried)
            worth = 2 * got["danger seen"] + got["own case, consent"] + got["answered right"]
            allowed = (
                got["harmless as danger"] <= MOST_ALARMS
                and got["question to a person"] <= MOST_TO_A_PERSON
                and got["wrong of answered"] <= MOST_WRONG
            )
            if allowed and worth > safest[0]:
                safest = (worth, temperature, tried)
                print(f"kind temperature {temperature} {tried}: {_shown(got)}", flush=True)


if __name__ == "__main__":
    main()
