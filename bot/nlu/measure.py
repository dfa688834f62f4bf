"""How well messages are understood: scores of a model on test messages, and of the recipe on held-out training data.

    python -m bot.nlu.measure                 train on all training data, score the test messages, list what is wrong
    python -m bot.nlu.measure --held-out      score by cross-validation on the training data alone: set bands here
    python -m bot.nlu.measure --encoder DIR   train with a pretrained encoder (docs/how-to/use-an-encoder.md)

Without Rasa. ``score`` and ``held_out`` are also what the tests and the benchmarks call.
"""

from __future__ import annotations

import argparse
import random
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from bot.guidance.beside import topics_beside
from bot.guidance.model import PERSONAL, Understanding
from bot.nlu.data import Case, all_examples, keyword_examples, other_sentences, read_cases, training_examples
from bot.nlu.encoder import Dense, EncoderError, choice
from bot.nlu.examples import Example
from bot.nlu.model import Model, Options
from bot.settings import ROOT

CHOICES = 3
Reader = Callable[[Case], Understanding]


@dataclass
class Score:
    """Counts for one language. Rates are given as (right, all) pairs, because small test sets make poor percentages."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Case, Understanding]] = field(default_factory=list)

    def rate(self, name: str, of: str) -> float:
        """Share of ``of`` that is ``name``; 1.0 of nothing."""
        return self.counts[name] / self.counts[of] if self.counts[of] else 1.0

    def add(self, case: Case, understood: Understanding) -> None:
        """Count one test message."""
        count = self.counts
        kind, _, rest = case.label.partition("/")
        topics = [topic for topic, _ in understood.topics]
        answered = understood.kind == "ask" and understood.band == "sure"
        offered = understood.kind == "ask" and understood.band == "unsure"
        good = True
        if kind == "ask":
            count["topics"] += 1
            count["first guess"] += topics[:1] == [rest]
            count["to a human"] += understood.kind in PERSONAL
            right = answered and topics[0] == rest
            in_choices = offered and rest in topics[:CHOICES]
            count["answered right"] += right
            in_choices = in_choices or rest in topics_beside(understood)
            count["answered or offered"] += right or in_choices
            good = right or in_choices
        elif kind == "danger":
            count["danger"] += 1
            good = understood.kind == "danger"
            count["danger seen"] += good
            count["danger detail"] += good and understood.detail == rest
        elif kind == "not_danger":
            count["look-alikes"] += 1
            good = understood.kind != "danger"
            count["false alarms"] += not good
        elif kind in ("own_case", "consent"):
            count["personal"] += 1
            good = understood.kind in PERSONAL or understood.kind == "danger"
            count["personal seen"] += understood.kind in PERSONAL
            count["personal offered"] += good
        elif kind == "out_of_scope":
            count["outside"] += 1
            good = not answered
            count["outside not answered"] += good
        else:
            count["other kinds"] += 1
            good = understood.kind == kind
            count["other kinds right"] += good
        if kind != "danger" and kind != "not_danger":
            count["harmless"] += 1
            count["harmless called danger"] += understood.kind == "danger"
        if answered:
            count["answered"] += 1
            if kind != "not_danger":
                count["answered wrong"] += not (kind == "ask" and topics[0] == rest)
        count["messages"] += 1
        count["language right"] += understood.language == case.language
        if not good or understood.language != case.language:
            self.wrong.append((case, understood))


def score(cases: Iterable[Case], read: Reader) -> dict[str, Score]:
    """Scores by language, and of all languages together under ``all``."""
    scores: dict[str, Score] = {"all": Score()}
    for case in cases:
        understood = read(case)
        for name in (case.language, "all"):
            scores.setdefault(name, Score()).add(case, understood)
    return scores


COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("first guess", "first guess", "topics"),
    ("answered or offered", "answered or offered", "topics"),
    ("answered right", "answered right", "topics"),
    ("wrong of answered", "answered wrong", "answered"),
    ("danger seen", "danger seen", "danger"),
    ("false alarms", "false alarms", "look-alikes"),
    ("harmless as danger", "harmless called danger", "harmless"),
    ("own case, consent", "personal seen", "personal"),
    ("own: person offered", "personal offered", "personal"),
    ("question to human", "to a human", "topics"),
    ("outside not answered", "outside not answered", "outside"),
    ("other kinds", "other kinds right", "other kinds"),
    ("language", "language right", "messages"),
)


def table(scores: dict[str, Score]) -> str:
    """A Markdown table, languages across."""
    names = [name for name in scores if name != "all"] + ["all"]
    lines = ["| share, % | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for title, part, whole in COLUMNS:
        cells = [
            f"{100 * scores[name].rate(part, whole):.1f} ({scores[name].counts[whole]})"
            if scores[name].counts[whole]
            else "–"
            for name in names
        ]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def options_from_config(path: Path = ROOT / "config.yml") -> Options:
    """The component's options in config.yml."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    (component,) = [part for part in raw["pipeline"] if part["name"] == "bot.nlu.classifier.Classifier"]
    return Options(**{key: value for key, value in component.items() if key != "name"})


def with_encoder(options: Options, folder: str | None, weight: float | None) -> Options:
    """``options`` with another encoder or weight, where one is given."""
    given = {"folder": folder, "weight": weight}
    wanted = {name: value for name, value in given.items() if value is not None}
    return replace(options, encoder={**(options.encoder or {}), **wanted}) if wanted else options


def load_archive(archive: Path) -> Model:
    """The model inside a trained Rasa archive, without Rasa."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        for member in packed.getmembers():
            if member.isfile() and Path(member.name).name in ("model.json", "weights.npz"):
                source = packed.extractfile(member)
                if source is not None:
                    (Path(folder) / Path(member.name).name).write_bytes(source.read())
        return Model.load(Path(folder))


def reader(model: Model) -> Reader:
    """Reads test messages as written by somebody who has chosen the message's language."""
    return lambda case: model.read(case.text, case.language).understanding


def held_out(examples: Sequence[Example], options: Options, folds: int = 5) -> list[tuple[Case, Model]]:
    """Each training sentence with a model that has not seen it; sentences are dealt by a fixed shuffle.

    The keywords of the articles are always there: they are no sentences that anybody typed.
    """
    order = list(range(len(examples)))
    random.Random(7).shuffle(order)  # noqa: S311 -- the same deal every time is the point
    found: list[tuple[Case, Model]] = []
    for fold in range(folds):
        held = set(order[fold::folds])
        kept = [example for index, example in enumerate(examples) if index not in held]
        model = Model.train([*kept, *keyword_examples()], options)
        found += [
            (Case(examples[i].text, examples[i].label, examples[i].language, f"fold {fold}"), model)
            for i in sorted(held)
        ]
    return found


def main() -> None:
    """Print scores."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.measure")
    parser.add_argument("--held-out", action="store_true", help="cross-validate on the training data")
    parser.add_argument("--model", type=Path, help="a trained model archive instead of training")
    parser.add_argument("--encoder", metavar="FOLDER", help="train with this encoder instead of the one in config.yml")
    parser.add_argument("--encoder-weight", type=float, help="and with this weight")
    parser.add_argument("--wrong", action="store_true", help="list what was not understood")
    chosen = parser.parse_args()
    options = with_encoder(options_from_config(), chosen.encoder, chosen.encoder_weight)
    try:
        Dense.load(None if chosen.model else choice(options.encoder))
    except EncoderError as error:
        parser.exit(2, f"measure: {error}\n")
    if chosen.held_out:
        models = held_out(list(training_examples()), options)
        by_case = {id(case): model for case, model in models}
        scores = score([case for case, _ in models], lambda case: reader(by_case[id(case)])(case))
    else:
        model = load_archive(chosen.model) if chosen.model else Model.train(all_examples(), options, other_sentences())
        scores = score(read_cases(), reader(model))
    print(table(scores))
    if chosen.wrong:
        for case, understood in scores["all"].wrong:
            topics = ", ".join(f"{topic} {p:.2f}" for topic, p in understood.topics[:2])
            print(
                f"{case.language} {case.label} -> {understood.kind} {understood.band} {understood.confidence:.2f}"
                f" [{topics}] {understood.language}: {case.text}"
            )


if __name__ == "__main__":
    main()
