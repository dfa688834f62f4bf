"""Reads training sentences and test messages from their files, without Rasa (docs/formats.md)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.examples import Example
from bot.settings import ROOT

TRAINING = ROOT / "bot" / "data" / "nlu"
ARTICLES = ROOT / "knowledge" / "articles"
OTHERS = ROOT / "bot" / "data" / "other"
FROZEN = ("frozen.yml", "held-out.yml")
"""Names of files under tests/conversations that no sentence, threshold or temperature is chosen by."""
CONVERSATIONS = ROOT / "tests" / "conversations"


@dataclass(frozen=True)
class Case:
    """A test message with the label it should get; ``not_danger`` is a look-alike: any kind but danger."""

    text: str
    label: str
    language: str
    source: str


def _load(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506 -- both are safe loaders


def training_examples(folder: Path = TRAINING) -> Iterator[Example]:
    """Every training sentence under ``folder/<language>/``, in the order of the files."""
    for path in sorted(folder.glob("*/*.yml")):
        for block in (_load(path) or {}).get("nlu", ()):
            language = block["metadata"]["language"]
            for line in block["examples"].splitlines():
                if line.startswith("- ") and line[2:].strip():
                    yield Example(line[2:].strip(), block["intent"], language)


def other_sentences(folder: Path = OTHERS) -> Iterator[tuple[str, str]]:
    """(sentence, code) of languages that we do not speak, which only the language identifier learns from."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.strip(), path.stem


def keyword_examples(folder: Path = ARTICLES) -> Iterator[Example]:
    """The keywords of every article as short questions about its topic, in the order of the files.

    What people type into a search box they also type into the chat. A keyword that two topics share teaches neither,
    and neither does a section of law.
    """
    keywords = [
        (f"ask/{path.parent.parent.name}.{path.parent.name}", language, str(word))
        for path in sorted(folder.glob("*/*/article.yml"))
        for language, words in (_load(path).get("keywords") or {}).items()
        for word in words
        if "§" not in str(word)
    ]
    owners: dict[str, set[str]] = {}
    for label, _, word in keywords:
        owners.setdefault(word.casefold(), set()).add(label)
    seen: set[tuple[str, str]] = set()
    for label, language, word in keywords:
        # nb, nn and en often share a word: one copy of it is enough.
        if len(owners[word.casefold()]) == 1 and (label, word.casefold()) not in seen:
            seen.add((label, word.casefold()))
            yield Example(word, label, language)


def all_examples(training: Path = TRAINING, articles: Path = ARTICLES) -> Iterator[Example]:
    """Everything that the model learns from: the training sentences, then the keywords."""
    yield from training_examples(training)
    yield from keyword_examples(articles)


def is_frozen(case: Case) -> bool:
    """Whether a test message was written without sight of the training data and is kept out of every choice."""
    return case.source.endswith(FROZEN)


def is_validation(case: Case) -> bool:
    """Whether a test message validates (thresholds may be set on it) rather than being reported: half of them do.

    None of a frozen set does.
    """
    return not is_frozen(case) and zlib.crc32(case.text.encode()) % 2 == 0


def read_cases(folder: Path = CONVERSATIONS) -> Iterator[Case]:
    """Every single test message under ``folder/<language>/``."""
    for path in sorted(folder.glob("*/*.yml")):
        raw = _load(path) or {}
        for block in raw.get("tests", ()):
            for text in block["messages"]:
                yield Case(text, block["label"], raw["language"], f"{path.parent.name}/{path.name}")
