"""First step: draws the sentences and messages of this run and writes them, also in Rasa's own format."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.data import Case, is_validation, read_cases, training_examples
from bot.nlu.examples import Example
from bot.settings import ROOT
from tests.benchmarks.nlu.disturbing import SIMPLE, in_latin_letters, in_the_middle, two_questions
from tests.benchmarks.nlu.judging import flat
from tests.benchmarks.nlu.records import Disturbed, write, write_items
from tests.benchmarks.nlu.sampling import SEED, draw, draw_messages, draw_sentences

TOPICS, DANGERS = 70, 30
"""Messages of one language that are disturbed: questions about a topic, and signs of danger."""
QUICK_LANGUAGES = ("ar", "nb", "so", "ti", "uk")
"""Languages of the smoke test: one of each script, and two."""
MIDDLE = "in the middle of small talk"
LATIN = "in Latin letters"
TWO = "two questions"
DISTURBANCES = (*SIMPLE, LATIN, MIDDLE, TWO)
DEFAULT_PIPELINE: tuple[dict[str, Any], ...] = (
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
)
"""Rasa 3.6.21's rasa/engine/recipes/config_files/default_config.yml, which `rasa init` leaves to be used."""


def training_file(examples: Sequence[Example], name: Callable[[str], str]) -> dict[str, Any]:
    """Sentences in Rasa's format; ``name`` gives the intent of a label."""
    ordered = sorted(examples, key=lambda example: (example.label, example.language))
    return {
        "version": "3.1",
        "nlu": [
            {
                "intent": name(label),
                "metadata": {"language": language},
                "examples": "".join(f"- {example.text}\n" for example in block),
            }
            for (label, language), block in groupby(ordered, key=lambda example: (example.label, example.language))
        ],
    }


def default_config(epochs: int) -> dict[str, Any]:
    """Rasa's default pipeline with so many epochs."""
    pipeline = [part | ({"epochs": epochs} if "epochs" in part else {}) for part in DEFAULT_PIPELINE]
    return {"recipe": "default.v1", "assistant_id": "default", "language": "en", "pipeline": pipeline}


def our_config() -> dict[str, Any]:
    """config.yml without our reader of training data, which would add the keywords of all articles."""
    raw: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return {key: value for key, value in raw.items() if key != "importers"}


def disturbed(cases: Iterable[Case], neutral: Iterable[Example], seed: int = SEED) -> Iterator[Disturbed]:
    """The messages of one language, disturbed in every way that does something to them."""
    given, calm = list(cases), [example.text for example in neutral]
    for case in given:
        for name, disturb in SIMPLE.items():
            yield from _one(name, disturb(case.text, seed), case)
        yield from _one(LATIN, in_latin_letters(case.text, case.language, seed), case)
        yield from _one(MIDDLE, in_the_middle(case.text, calm, seed), case)
    asked = [case for case in given if case.label.startswith("ask/")]
    for place, case in enumerate(asked):
        after = asked[place + 1 :] + asked[:place]
        other = next((one for one in after if one.label != case.label), None)
        if other is not None:
            yield Disturbed(TWO, two_questions(case.text, other.text), case, other.label.removeprefix("ask/"))


def _one(name: str, text: str | None, case: Case) -> Iterator[Disturbed]:
    if text is not None:
        yield Disturbed(name, text, case)


def sample_to_disturb(cases: Sequence[Case], topics: int = TOPICS, dangers: int = DANGERS) -> list[Case]:
    """The messages of one language that are disturbed."""
    asked = [case for case in cases if case.label.startswith("ask/")]
    danger = [case for case in cases if case.label.startswith("danger/")]
    return [
        *draw(asked, topics, lambda case: case.label, first=lambda case: case.label),
        *draw(danger, dangers, lambda case: case.label, first=lambda case: case.label),
    ]


def prepare(folder: Path, sentences: int, messages: int, epochs: int, *, is_quick: bool) -> None:
    """Write everything that the other steps read."""
    examples, cases = list(training_examples()), list(read_cases())
    if is_quick:
        examples = [example for example in examples if example.language in QUICK_LANGUAGES]
        cases = [case for case in cases if case.language in QUICK_LANGUAGES]
    subset = draw_sentences(examples, sentences)
    unseen = [case for case in cases if not is_validation(case)]
    write_items(folder / "subset.json", subset)
    write_items(folder / "sample.json", draw_messages(unseen, messages))
    write_items(folder / "validation.json", draw_messages([case for case in cases if is_validation(case)], messages))
    write_items(folder / "all.json", draw_messages(unseen, messages) if is_quick else cases)
    calm = [example for example in examples if example.label.startswith("smalltalk/")]
    share = 10 if is_quick else 1
    found: list[Disturbed] = []
    for language in sorted({case.language for case in cases}):
        own = [case for case in unseen if case.language == language]
        chosen = sample_to_disturb(own, TOPICS // share, DANGERS // share)
        found += disturbed(chosen, (example for example in calm if example.language == language))
    write_items(folder / "disturbed.json", found)
    originals = list(dict.fromkeys(entry.original for entry in found))
    texts = [Case(entry.text, entry.original.label, entry.original.language, entry.disturbance) for entry in found]
    write_items(folder / "disturbed-messages.json", [*originals, *texts])
    labels = {example.label for example in subset}
    write(
        folder / "counts.json",
        {
            "sentences": len(examples),
            "subset": len(subset),
            "labels": len(labels),
            "cells": len({(example.language, example.label) for example in subset}),
            "all cells": len({(example.language, example.label) for example in examples}),
            "missing": sorted({example.label for example in examples} - labels),
            "load": round(os.getloadavg()[0], 1),
            "cases": len(cases),
            "unseen": len(unseen),
        },
    )
    _write_yaml(folder / "nlu-ours.yml", training_file(subset, str))
    _write_yaml(folder / "nlu-default.yml", training_file(subset, flat))
    _write_yaml(folder / "config-ours.yml", our_config())
    _write_yaml(folder / "config-default.yml", default_config(epochs))


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), is_quick="quick" in sys.argv[5:])
