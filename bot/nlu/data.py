"""Reads training sentences and test messages from their files, without Rasa (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.model import Example
from bot.settings import ROOT

TRAINING = ROOT / "bot" / "data" / "nlu"
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


def read_cases(folder: Path = CONVERSATIONS) -> Iterator[Case]:
    """Every single test message under ``folder/<language>/``."""
    for path in sorted(folder.glob("*/*.yml")):
        raw = _load(path) or {}
        for block in raw.get("tests", ()):
            for text in block["messages"]:
                yield Case(text, block["label"], raw["language"], f"{path.parent.name}/{path.name}")
