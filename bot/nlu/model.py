"""Everything that understands a message, without Rasa: trained from labelled sentences, stored as plain arrays."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.guidance.model import Understanding
from bot.nlu.bands import PERSONAL, Bands, choose_kind, coarse, detail_of, read_bands, topic_band
from bot.nlu.features import Features, Shape
from bot.nlu.heads import Head, train_heads
from bot.nlu.languages import LanguageIdentifier
from bot.nlu.normalising import has_letters, normalise
from bot.nlu.splitting import sentences, windows
from bot.nlu.transliteration import SPELLINGS, latin_copy

LONGEST = 5000
"""Characters that are read of one message; ``web`` refuses longer ones."""
RANKED = 5
"""Topics that are kept of a ranking."""
Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Example:
    """A training sentence: ``label`` is ``ask/<topic>``, ``danger/<what>``, ``smalltalk/<what>`` or a bare kind."""

    text: str
    label: str
    language: str


@dataclass(frozen=True)
class Options:
    """How to train and how to decide; the keys of the component in config.yml."""

    characters: int = 4
    words: int = 2
    word_weight: float = 0.5
    fewest: int = 2
    strength: float = 1.0
    kind_temperature: float = 0.3
    topic_temperature: float = 0.3
    copies: int = 1
    """Latin-letter copies of each sentence in another script: 0, 1 (spellings take turns) or 2 (every spelling)."""
    bands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What was understood, with the two full rankings (kinds coarse, best first) for Rasa's own reports."""

    understanding: Understanding
    kinds: Ranking
    fine: Ranking


class Model:
    """The trained heads and the language identifier. Reading is pure: the same text gives the same result."""

    def __init__(
        self, options: Options, features: Features, kind: Head, topic: Head, identifier: LanguageIdentifier
    ) -> None:
        self.options = options
        self.features = features
        self.kind = kind
        self.topic = topic
        self.identifier = identifier
        self._bands = read_bands(options.bands)

    @classmethod
    def train(cls, examples: Iterable[Example], options: Options) -> Model:
        """Train from sentences; raises ValueError when there are not two kinds and two topics to tell apart."""
        given = list(with_copies(examples, options.copies))
        kinds: list[str | None] = ["ask" if e.label.startswith("ask/") else e.label for e in given]
        topics: list[str | None] = [e.label[4:] if e.label.startswith("ask/") else None for e in given]
        if len(set(kinds)) < 2 or len(set(topics) - {None}) < 2:
            raise ValueError("Training needs sentences of at least two kinds and two topics (bot/data/nlu).")
        shape = Shape(options.characters, options.words, options.word_weight)
        features, matrix = Features.fit((normalise(e.text) for e in given), shape, options.fewest)
        kind, topic = train_heads(
            matrix,
            [kinds, topics],
            strength=options.strength,
            temperature=1.0,
            balanced=[True, False],
        )
        identifier = LanguageIdentifier.train([e.text for e in given], [e.language for e in given])
        return cls(
            options,
            features,
            Head(kind.labels, kind.weights, kind.bias, options.kind_temperature),
            Head(topic.labels, topic.weights, topic.bias, options.topic_temperature),
            identifier,
        )

    def bands(self, language: str) -> Bands:
        """The thresholds of a language."""
        return self._bands.get(language) or self._bands["default"]

    def rankings(self, text: str) -> tuple[Ranking, Ranking]:
        """Both heads' rankings of one piece of text: (fine kinds, topics)."""
        positions, values = self.features.row(normalise(text))
        return self.kind.ranking(positions, values), self.topic.ranking(positions, values)

    def read(self, text: str, chosen: str | None = None, allowed: Collection[str] | None = None) -> Reading:
        """Understand a message written by somebody who chose the language ``chosen``.

        ``allowed`` are the languages that may be answered in (default: the offered ones). Text without a letter
        is ``unclear`` with confidence 0.
        """
        text = text[:LONGEST]
        if not has_letters(text):
            return Reading(Understanding(kind="unclear", language=chosen or "nb"), [], [])
        language, switched = self.identifier.identify(text, chosen, allowed)
        bands = self.bands(language)
        fine, topics = self.rankings(text)
        band = topic_band(topics, bands)
        kind, confidence = choose_kind(fine, band, bands)
        detail = detail_of(kind, fine)
        parts = sentences(text)
        if kind != "danger" and len(parts) > 1:
            kind, detail, confidence, topics, band = self._of_parts(
                parts, bands, (kind, detail, confidence, topics, band)
            )
        if kind != "danger":
            for part in (piece for sentence in parts for piece in windows(sentence)):
                found, _ = self.rankings(part)
                part_kind, probability = choose_kind(found, "none", bands, danger=bands.part)
                if part_kind == "danger":
                    kind, detail, confidence = "danger", detail_of("danger", found), probability
                    break
        understanding = Understanding(
            kind=kind,
            detail=detail,
            topics=tuple(topics[:RANKED]),
            band=band,
            language=language,
            switched=switched,
            confidence=confidence,
        )
        return Reading(understanding, coarse(fine), fine)

    def _of_parts(
        self, parts: Sequence[str], bands: Bands, whole: tuple[str, str | None, float, Ranking, Any]
    ) -> tuple[str, str | None, float, Ranking, Any]:
        """What several sentences say together: danger anywhere, then the family's own matter, then their questions."""
        read = []
        for part in parts:
            if not has_letters(part):
                continue
            fine, topics = self.rankings(part)
            band = topic_band(topics, bands)
            kind, confidence = choose_kind(fine, band, bands, danger=bands.part)
            read.append((kind, detail_of(kind, fine), confidence, topics, band))
        for found in read:
            if found[0] == "danger":
                return found
        whole_topics, whole_band = whole[3], whole[4]
        personal = [found for found in read if found[0] in PERSONAL and found[2] >= bands.personal]
        if whole[0] in PERSONAL:
            return whole
        if personal:
            first = max(personal, key=lambda found: found[2])
            return (first[0], first[1], first[2], whole_topics, whole_band)
        asked = [found for found in read if found[0] == "ask" and found[4] == "sure"]
        sure: dict[str, float] = {}
        for found in asked:
            topic, probability = found[3][0]
            sure[topic] = max(probability, sure.get(topic, 0.0))
        if whole[0] == "ask" and whole_band == "sure" and not sure:
            return whole
        if not sure:
            return whole
        if len(sure) == 1:
            topic = next(iter(sure))
            if whole[0] == "ask" and whole_band == "sure" and whole_topics[0][0] != topic:
                sure[whole_topics[0][0]] = whole_topics[0][1]
            else:
                found = asked[0]
                return ("ask", None, max(found[2], whole[2] if whole[0] == "ask" else 0.0), found[3], "sure")
        first = sorted(sure.items(), key=lambda item: -item[1])
        rest = [(topic, p) for topic, p in whole_topics if topic not in sure]
        return ("ask", None, max((f[2] for f in asked), default=whole[2]), first + rest, "unsure")

    def save(self, folder: Path) -> None:
        """Write the model as two files of plain text and arrays; nothing in them is code."""
        parts = {"main": self.features, "language": self.identifier.features}
        heads = {"kind": self.kind, "topic": self.topic, "language": self.identifier.head}
        arrays: dict[str, np.ndarray] = {f"rarity.{name}": part.rarity for name, part in parts.items()}
        for name, head in heads.items():
            arrays[f"weights.{name}"] = head.weights.astype(np.float16)
            arrays[f"bias.{name}"] = head.bias
        np.savez(folder / "weights.npz", **arrays)
        description = {
            "options": asdict(self.options),
            "shapes": {name: asdict(part.shape) for name, part in parts.items()},
            "vocabulary": {name: part.vocabulary for name, part in parts.items()},
            "labels": {name: head.labels for name, head in heads.items()},
            "temperature": {name: head.temperature for name, head in heads.items()},
        }
        (folder / "model.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, bands: Mapping[str, Mapping[str, float]] | None = None) -> Model:
        """Read what ``save`` wrote; ``bands`` replaces the stored thresholds."""
        raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            features = {
                name: Features(Shape(**raw["shapes"][name]), raw["vocabulary"][name], arrays[f"rarity.{name}"])
                for name in ("main", "language")
            }
            heads = {
                name: Head(
                    tuple(raw["labels"][name]),
                    np.ascontiguousarray(arrays[f"weights.{name}"].astype(np.float32)),
                    arrays[f"bias.{name}"],
                    float(raw["temperature"][name]),
                )
                for name in ("kind", "topic", "language")
            }
        options = Options(**(raw["options"] | ({"bands": bands} if bands is not None else {})))
        identifier = LanguageIdentifier(features["language"], heads["language"])
        return cls(options, features["main"], heads["kind"], heads["topic"], identifier)


def with_copies(examples: Iterable[Example], copies: int) -> Iterable[Example]:
    """The sentences, and after each one in another script its copies in Latin letters."""
    for number, example in enumerate(examples):
        yield example
        spellings = range(SPELLINGS) if copies >= SPELLINGS else [number % SPELLINGS] if copies else []
        for spelling in spellings:
            copy = latin_copy(example.text, example.language, spelling)
            if copy is not None:
                yield Example(copy, example.label, example.language)
