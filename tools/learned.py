"""Writes the sentences that leads have read and labelled into the training data, and forgets them in the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import yaml

from bot.handoff.engine import make_engine
from bot.handoff.learning import Learned, Learning
from bot.settings import Settings

FILE = "from-use.yml"


def write(root: Path, settings: Settings, language: str | None = None) -> dict[str, int]:
    """Add every waiting sentence to ``bot/data/nlu/<language>/from-use.yml``; returns how many by language.

    A sentence that stands in the file already is not written twice. Only what is written is forgotten, and only after
    the file is on the disk. The validator then says which sentences are too near a test message.
    """
    learning = Learning(make_engine(settings.database_url))
    written: dict[str, int] = {}
    for code, rows in groupby(learning.learned(language), key=lambda sentence: sentence.language):
        sentences = list(rows)
        path = root / "bot" / "data" / "nlu" / code / FILE
        _add(path, code, sentences)
        learning.forget(sentence.id for sentence in sentences)
        written[code] = len(sentences)
    return written


def _add(path: Path, language: str, sentences: Iterable[Learned]) -> None:
    blocks: dict[str, list[str]] = {}
    if path.exists():
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", ()):
            blocks[block["intent"]] = [line[2:] for line in block["examples"].splitlines() if line.startswith("- ")]
    for sentence in sentences:
        known = blocks.setdefault(sentence.label, [])
        if sentence.text not in known:
            known.append(sentence.text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_rendered(language, blocks), encoding="utf-8")


def _rendered(language: str, blocks: Mapping[str, Iterable[str]]) -> str:
    source = "# From use: read and labelled by a person in the console (docs/how-to/learn-from-use.md)."
    lines = [source, 'version: "3.1"', "nlu:"]
    for label, texts in sorted(blocks.items()):
        lines += [f"- intent: {label}", f"  metadata: {{language: {language}}}", "  examples: |"]
        lines += [f"    - {text}" for text in texts]
    return "\n".join(lines) + "\n"
