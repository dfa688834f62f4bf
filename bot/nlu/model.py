"""Everything that understands a message, without Rasa: trained from labelled sentences, stored as plain arrays."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import hstack

from bot.guidance.beside import DOUBTED
from bot.guidance.model import Understanding
from bot.nlu.bands import (
    Bands,
    choose_kind,
    coarse,
    danger_threshold,
    detail_of,
    read_bands,
    second_detail,
    topic_band,
)
from bot.nlu.context import ASPECTS, PLAIN, bare_aspect, kinds_with_prior, resolve, with_prior
from bot.nlu.encoder import Choice, Dense, choice
from bot.nlu.evidence import read_evidence
from bot.nlu.examples import Example, with_copies
from bot.nlu.features import Features, Shape
from bot.nlu.heads import Head, processes, train_heads
from bot.nlu.languages import LanguageIdentifier, main_script
from bot.nlu.layer import Layer
from bot.nlu.layer_training import train_dense, train_sparse
from bot.nlu.mixing import Opinion, pooled, ranking
from bot.nlu.net import net
from bot.nlu.normalising import has_letters, normalise
from bot.nlu.packed import Packed
from bot.nlu.pieces import QUESTIONS, RANKED, Piece, Ranking, beside, together
from bot.nlu.regression import train_regression
from bot.nlu.skipgrams import SkipGrams
from bot.nlu.splitting import sentences, windows
from bot.nlu.steps import Steps

LONGEST = 5000
"""Characters that are read of one message; ``web`` refuses longer ones."""
TOPIC_MARGIN = -0.9
"""Where the working set of a topic ends: its many other sentences weigh little, so fewer of them do. It saves an eighth
of the time and cost two first guesses in ten thousand."""
NEVER = 1.1
"""A threshold that no probability reaches."""
PLAINLY = 0.6
"""From here on danger is danger, whatever phrase stands beside it: no look-alike that phrases cleared on the validation
half had as much as 0.5."""
STRANGE = {"Latn": 0.79, "Cyrl": 0.56, "Arab": 0.2, "Ethi": 0.12}
"""Share of n-grams that must be known where no word is, by script; a script that is not here was never learned."""


@dataclass(frozen=True)
class Options:
    """How to train and how to decide; the keys of the component in config.yml."""

    characters: int = 4
    words: int = 2
    word_weight: float = 0.5
    fewest: int = 2
    skips: float = 0.4
    """The weight of pairs of words that stand apart, which only kinds learn from (``skipgrams``); 0 leaves them out."""
    topic_strength: float = 0.5
    """How dearly a sentence on the wrong side of a topic is paid for."""
    kind_temperature: float = 1.0
    topic_temperature: float = 0.3
    layer: float = 0.4
    """What the layer that kinds and topics share has to say beside the heads, which have the rest; 0 trains none."""
    copies: int = 1
    """Latin-letter copies of sentences in another script: 0, 1 (of every third question) or 2 (every spelling)."""
    bands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    encoder_bands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """The thresholds with an encoder; without any of these ``bands`` holds for both."""
    evidence: Mapping[str, float] = field(default_factory=dict)
    """How what speaks for danger is weighed (``evidence``); without it, or with an encoder, it is its probability."""
    encoder: Mapping[str, Any] | None = None
    """A pretrained encoder beside them: ``folder`` and ``weight``, its say (docs/how-to/use-an-encoder.md)."""


@dataclass(frozen=True)
class Reading:
    """What was understood, with the two full rankings (kinds coarse, best first) for Rasa's own reports."""

    understanding: Understanding
    kinds: Ranking
    fine: Ranking


class Model:
    """The trained readers and the language identifier. Reading is pure: the same text gives the same result."""

    def __init__(
        self,
        options: Options,
        features: Features,
        skipgrams: SkipGrams,
        kind: Head,
        topic: Head,
        identifier: LanguageIdentifier,
        layer: Layer | None = None,
        dense: Dense | None = None,
        meaning: Layer | None = None,
    ) -> None:
        self.options = options
        self.features = features
        self.skipgrams = skipgrams
        self.kind = kind
        self.topic = topic
        self.identifier = identifier
        self.layer = layer
        self.dense = dense
        self.meaning = meaning
        """The layer over the encoder's vectors."""
        net()  # read now and not while the first parent waits for an answer
        self._evidence = None if dense else read_evidence(options.evidence)
        self._bands = read_bands(options.encoder_bands or options.bands if dense else options.bands)

    @classmethod
    def train(cls, examples: Iterable[Example], options: Options, others: Iterable[tuple[str, str]] = ()) -> Model:
        """Train from sentences; ``others`` are (sentence, code) of languages that we do not speak.

        Raises ValueError when there are not two kinds and two topics to tell apart, and EncoderError, which is one,
        when the encoder of ``options`` cannot be used.
        """
        given = list(with_copies(examples, options.copies))
        names = ["ask" if e.label.startswith("ask/") else e.label for e in given]
        topics: list[str | None] = [e.label[4:] if e.label.startswith("ask/") else None for e in given]
        if len(set(names)) < 2 or len(set(topics) - {None}) < 2:
            raise ValueError("Training needs sentences of at least two kinds and two topics (bot/data/nlu).")
        dense = Dense.load(choice(options.encoder))
        foreign = list(others)
        texts = [e.text for e in given]
        # Languages are learned in a process of their own meanwhile; the rows, which are large, stay here.
        identifying = Parallel(n_jobs=processes(len(given)), return_as="generator")(
            [
                delayed(LanguageIdentifier.train)(
                    [*texts, *(text for text, _ in foreign)],
                    [*(e.language for e in given), *(code for _, code in foreign)],
                )
            ]
        )
        shape = Shape(options.characters, options.words, options.word_weight)
        folded = [normalise(text) for text in texts]
        features, matrix = Features.fit(folded, shape, options.fewest)
        skipgrams, pairs = SkipGrams.fit(folded if options.skips else [], options.skips)
        (identifier,) = identifying
        # The layer learns in a thread: its arithmetic lets go of the interpreter, and topics learn in processes.
        with ThreadPoolExecutor(max_workers=1) as thread:
            learning = thread.submit(train_sparse, matrix, names, topics) if options.layer else None
            (topic,) = train_heads(
                matrix,
                [topics],
                strengths=[options.topic_strength],
                temperature=options.topic_temperature,
                balanced=[False],
                margins=[TOPIC_MARGIN],
            )
            both = hstack([matrix, pairs], format="csr") if options.skips else matrix
            kind = train_regression(both, names, options.kind_temperature)
            layer = learning.result() if learning else None
        meaning = train_dense(dense.encoder.vectors(texts), names, topics) if dense else None
        return cls(
            options,
            features,
            skipgrams,
            kind,
            topic,
            identifier,
            layer,
            dense,
            meaning,
        )

    def bands(self, language: str) -> Bands:
        """The thresholds of a language."""
        return self._bands.get(language) or self._bands["default"]

    def others(self, text: str, positions: np.ndarray, values: np.ndarray) -> list[Opinion]:
        """What the readers beside the heads say of one piece of text, which has these n-grams."""
        found = []
        if self.layer is not None:
            found.append(Opinion(self.options.layer, *self.layer.probabilities(positions, values)))
        if self.meaning is not None and self.dense is not None:
            vector = self.dense.encoder.vector(text)
            found.append(Opinion(self.dense.weight, *self.meaning.probabilities(np.arange(len(vector)), vector)))
        return found

    def kind_row(self, folded: str, positions: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the head of kinds reads of a folded text: these n-grams, and behind them its pairs of words."""
        pairs, weights = self.skipgrams.row(folded)
        return np.concatenate([positions, pairs + len(self.features)]), np.concatenate([values, weights])

    def rankings(self, text: str) -> tuple[Ranking, Ranking]:
        """All readers' rankings of one piece of text: (kinds with their details, topics)."""
        folded = normalise(text)
        positions, values = self.features.row(folded)
        others = self.others(text, positions, values)
        heads = Opinion(
            1 - self.options.layer,
            self.kind.probabilities(*self.kind_row(folded, positions, values)),
            self.topic.probabilities(positions, values),
        )
        kinds, topics = pooled([heads, *others])
        return ranking(self.kind.labels, kinds), ranking(self.topic.labels, topics)

    def read(
        self, text: str, chosen: str | None = None, allowed: Collection[str] | None = None, last: str | None = None
    ) -> Reading:
        """Understand a message written by somebody who chose the language ``chosen``.

        ``allowed`` are the languages that may be answered in (default: the offered ones), ``last`` the topic that was
        answered last. Text without a letter is ``unclear`` with confidence 0.
        """
        text = text[:LONGEST]
        if not has_letters(text):
            return Reading(Understanding(kind="unclear", language=chosen or "nb"), [], [])
        language, switched, foreign = self.identifier.identify(text, chosen, allowed)
        bands = self.bands(language)
        if self._is_strange(text):
            strange = Understanding(kind="unclear", language=language, switched=switched, foreign=foreign)
            return Reading(strange, [], [])
        parts = [part for part in sentences(text) if has_letters(part)]
        found, said = self._message(text, parts, bands, last)
        caught = net().caught(text, (language, chosen))
        if caught and found.kind != "danger":
            found = replace(found, kind="danger", confidence=max(found.confidence, bands.danger))
        elif (
            found.kind == "danger"
            and not caught
            and self._only_sounds_like_danger(text, parts, bands, (language, chosen))
        ):
            found, said = self._message(text, parts, bands, last, NEVER)
        question = False
        if found.kind in DOUBTED and not caught:
            found, question = beside(found, said, bands)
        understanding = Understanding(
            kind=found.kind,
            detail=caught or detail_of(found.kind, found.fine),
            also=second_detail("danger", found.fine, bands.near) if found.kind == "danger" and not caught else None,
            topics=tuple(found.topics[:RANKED]),
            question=question,
            band=found.band,
            language=language,
            switched=switched,
            confidence=found.confidence,
            foreign=foreign,
        )
        return Reading(understanding, coarse(found.fine), found.fine)

    def _message(
        self, text: str, parts: Sequence[str], bands: Bands, last: str | None, danger: float | None = None
    ) -> tuple[Piece, list[Piece]]:
        """What a message says as a whole, and each of its sentences where it has several.

        ``danger`` replaces the thresholds for danger.
        """
        of_whole = danger_threshold(len(text.split()), bands) if danger is None else danger
        of_part = bands.part if danger is None else danger
        found = self._piece(text, bands, of_whole, last)
        said = [self._piece(part, bands, of_part) for part in parts] if len(parts) > 1 else []
        if found.kind != "danger" and said:
            found = together(found, said, bands)
        if found.kind != "danger" and danger is None:
            stretches = (self._piece(piece, bands, of_part) for part in parts for piece in windows(part))
            found = next((piece for piece in stretches if piece.kind == "danger"), found)
        return found, said

    def _only_sounds_like_danger(
        self, text: str, parts: Sequence[str], bands: Bands, languages: Sequence[str | None]
    ) -> bool:
        """Whether a message of danger has phrases that only sound like it, and what is left of it is none.

        What is left of a sentence is no sentence any more and has a threshold of its own; other sentences are judged as
        messages of their own. A message, or a sentence of it, that is plainly danger is not talked away.
        """
        if any(self._piece(one, bands, PLAINLY).kind == "danger" for one in (text, *parts)):
            return False
        left = net().without_harmless(text, languages)
        if left is None:
            return False
        judged = [(left, bands.rest)]
        for part in parts if len(parts) > 1 else ():
            rest = net().without_harmless(part, languages)
            judged.append((part, danger_threshold(len(part.split()), bands)) if rest is None else (rest, bands.rest))
        judged += [(stretch, bands.part) for one, _ in judged for stretch in windows(one)]
        return not any(has_letters(one) and self._piece(one, bands, limit).kind == "danger" for one, limit in judged)

    def _piece(self, text: str, bands: Bands, danger: float, last: str | None = None) -> Piece:
        """What one piece of text says by itself, or after an answer to the topic ``last``."""
        fine, topics = self.rankings(text)
        weighed = self._evidence.weighed(dict(coarse(fine)), topics) if self._evidence else None
        kind, confidence = choose_kind(fine, topic_band(topics, bands), bands, danger=danger, weighed=weighed)
        if kind != "danger":  # which no prior may talk away
            fine = kinds_with_prior(fine, last)
            kind, confidence = choose_kind(fine, topic_band(topics, bands), bands, danger=NEVER)
        aspect = None
        if kind in ("ask", "refer", "unclear"):  # what a family tells of itself is about what it names
            aspect = bare_aspect(fine, topics, last)
            topics = with_prior(topics, last, len(text.split()))
        asked = detail_of(kind, fine) if kind == "refer" else None
        if aspect is None and asked in ASPECTS:
            if topic_band(topics, bands) == "sure" and confidence < PLAIN:
                kind = "ask"  # the aspect of a service that the message names itself
            else:
                aspect = asked
        if aspect is not None:
            meant, about = resolve(aspect, topics, last, confidence)
            return Piece("ask" if about else "unclear", confidence, meant, fine, about)
        if kind == "ask":
            confidence = sum(p for label, p in fine if label in QUESTIONS)
        band = topic_band(topics, bands, confidence if kind == "ask" else 1.0)
        return Piece(kind, confidence, band, fine, topics)

    def _is_strange(self, text: str) -> bool:
        """Whether this is no language that was ever seen: no known word, and hardly a known part of one."""
        share, words = self.features.familiarity(normalise(text))
        return not words and share < STRANGE.get(main_script(text)[0] or "", 1.0)

    def save(self, folder: Path) -> None:
        """Write the model as two files of plain text and arrays; nothing in them is code.

        Of an encoder only the place, the weight and the fingerprint are written; its folder stays where it is.
        """
        parts = {"main": self.features, "language": self.identifier.features}
        heads = {
            "kind": self.kind,
            "topic": self.topic,
            "language": self.identifier.head,
        }
        arrays: dict[str, np.ndarray] = {f"rarity.{name}": part.rarity for name, part in parts.items()}
        for name, head in heads.items():
            arrays |= head.weights.arrays(name)
            arrays[f"bias.{name}"] = head.bias
        arrays |= {"skipgrams.keys": self.skipgrams.keys, "skipgrams.rarity": self.skipgrams.rarity}
        for name, layer in (("layer", self.layer), ("meaning", self.meaning)):
            if layer is not None:
                arrays |= layer.arrays(name)
        np.savez(folder / "weights.npz", **arrays)
        description: dict[str, Any] = {
            "options": {name: value for name, value in asdict(self.options).items() if name != "encoder"},
            "shapes": {name: asdict(part.shape) for name, part in parts.items()},
            "vocabulary": {name: part.vocabulary for name, part in parts.items()},
            "once": {name: part.once for name, part in parts.items()},
            "labels": {name: head.labels for name, head in heads.items()},
            "temperature": {name: head.temperature for name, head in heads.items()},
        }
        if self.dense is not None:
            description["encoder"] = {
                "folder": str(self.dense.encoder.folder),
                "weight": self.dense.weight,
                "fingerprint": self.dense.encoder.fingerprint,
            }
        (folder / "model.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(
        cls, folder: Path, bands: Mapping[str, Mapping[str, float]] | None = None, encoder: Path | None = None
    ) -> Model:
        """Read what ``save`` wrote; ``bands`` replaces the stored thresholds, with an encoder too.

        A model that was trained with an encoder needs the same one: in the folder ``encoder``, or where it was then.
        Raises EncoderError when it is not there or is another.
        """
        raw = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            features = {
                name: Features(
                    Shape(**raw["shapes"][name]), raw["vocabulary"][name], arrays[f"rarity.{name}"], raw["once"][name]
                )
                for name in ("main", "language")
            }
            heads = {
                name: Head(
                    tuple(raw["labels"][name]),
                    Steps.read(name, arrays, len(raw["labels"][name])) if name == "kind" else Packed.read(name, arrays),
                    arrays[f"bias.{name}"],
                    float(raw["temperature"][name]),
                )
                for name in ("kind", "topic", "language")
            }
            options = Options(**raw["options"])
            skipgrams = SkipGrams(arrays["skipgrams.keys"], arrays["skipgrams.rarity"], options.skips)
            labels = (heads["kind"].labels, heads["topic"].labels)
            layers = {
                name: Layer.of(name, arrays, *labels) for name in ("layer", "meaning") if f"{name}.outputs" in arrays
            }
        given: dict[str, Any] = {"bands": bands, "encoder_bands": {}} if bands is not None else {}
        options = replace(options, **given)
        trained: dict[str, Any] | None = raw.get("encoder")
        dense = None
        if trained is not None:
            place = Choice(encoder or Path(trained["folder"]), trained["weight"])
            dense = Dense.load(place, trained["fingerprint"])
            options = replace(options, encoder={"folder": str(place.folder), "weight": place.weight})
        identifier = LanguageIdentifier(features["language"], heads["language"])
        return cls(
            options,
            features["main"],
            skipgrams,
            heads["kind"],
            heads["topic"],
            identifier,
            layers.get("layer"),
            dense,
            layers.get("meaning"),
        )
