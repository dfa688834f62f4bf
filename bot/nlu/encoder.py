"""An optional pretrained sentence encoder from a folder on this machine; nothing is ever downloaded.

The folder holds ``tokenizer.json`` (of the tokenizers library) and ``model.onnx`` or ``onnx/model.onnx`` (read by
onnxruntime), as multilingual sentence encoders are published, and may hold ``encoder.json`` with a prefix for each
text. No file is code. The two libraries are not among the product's own (requirements-encoder.txt) and are imported
only here, when an encoder is chosen. ``make encoder`` makes such a folder.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.nlu.normalising import clean
from bot.settings import ROOT, SettingsError

TOKENIZER: Final = "tokenizer.json"
NETWORKS: Final = ("model.onnx", "onnx/model.onnx")
"""Where the network may stand; the first that is there is read."""
SETTINGS: Final = "encoder.json"
"""May say which ``prefix`` goes before each text, for an encoder that was trained with one."""
LONGEST: Final = 128
"""Tokens that are read of one sentence."""
BATCH: Final = 32
"""More at once takes more memory and is no faster."""
TOLD: Final = 2000
"""Sentences between two lines that say how far the encoding is."""
WEIGHT: Final = 0.4
"""How much the encoder's layer has to say, where the readers of n-grams together have 1 (``bot.nlu.mixing``)."""
HIDDEN: Final = ("last_hidden_state", "token_embeddings")
"""What exporters call the output with one vector a token; else the first output is taken."""
WANTS: Final = {"input_ids", "attention_mask", "token_type_ids", "position_ids"}
HOW: Final = "docs/how-to/use-an-encoder.md"


class EncoderError(SettingsError):
    """The encoder cannot be used; the message is a sentence for the operator and holds nothing that was said."""


@dataclass(frozen=True)
class Choice:
    """An encoder's folder and how much it has to say beside the n-grams."""

    folder: Path
    weight: float = WEIGHT


def choice(raw: object, folder: Path | None = None) -> Choice | None:
    """The encoder that ``raw``, the key ``encoder`` in config.yml, asks for; ``folder`` goes before the one in it.

    None when neither names a folder. A relative folder is one of the project's. Raises EncoderError for another key
    or a weight that is no positive number.
    """
    given = {} if raw is None else raw
    if not isinstance(given, Mapping) or not set(given) <= {"folder", "weight"}:
        raise EncoderError("encoder in config.yml: expected {folder: a folder, weight: a number}.")
    weight = given.get("weight", WEIGHT)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 10:
        raise EncoderError("encoder in config.yml: weight must be a number above 0, at most 10.")
    place = folder or given.get("folder")
    if not place:
        return None
    return Choice((ROOT / Path(str(place)).expanduser()).resolve(), float(weight))


def files(folder: Path) -> list[Path]:
    """The files of an encoder that are read, in a fixed order. Raises EncoderError for one that is not there."""
    if not folder.is_dir():
        raise EncoderError(
            f"The encoder's folder {folder} is not there. Put it back, or name another place or none "
            f"(BROBYGGER_ENCODER, or encoder in config.yml) and run `make train`; see {HOW}."
        )
    networks = [folder / name for name in NETWORKS if (folder / name).is_file()]
    if not (folder / TOKENIZER).is_file() or not networks:
        raise EncoderError(f"The folder {folder} is no encoder: it needs {TOKENIZER} and {' or '.join(NETWORKS)}.")
    # A network above 2 GB keeps its numbers in a file beside it: model.onnx_data or model.onnx.data.
    beside = sorted(path for path in networks[0].parent.glob("model.onnx*") if path.is_file() and path != networks[0])
    settings = [path for path in (folder / SETTINGS,) if path.is_file()]
    return [folder / TOKENIZER, networks[0], *beside, *settings]


def fingerprint(folder: Path) -> str:
    """A hash of an encoder's files, wherever the folder stands."""
    digest = hashlib.sha256()
    for path in files(folder):
        with path.open("rb") as file:
            part = hashlib.file_digest(file, "sha256")
        digest.update(path.name.encode() + b"\0" + part.digest())
    return digest.hexdigest()


def prefix(folder: Path) -> str:
    """What goes before each text, which is often nothing. Raises EncoderError for settings that cannot be used."""
    path = folder / SETTINGS
    if not path.is_file():
        return ""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path} cannot be read ({type(error).__name__}).") from None
    found = raw.get("prefix", "") if isinstance(raw, dict) else None
    if not isinstance(found, str):
        raise EncoderError(f'{path}: expected {{"prefix": "words that go before each text"}}.')
    return found


class Encoder:
    """A loaded encoder. Pure: the same text gives the same vector, of length 1 and of ``size`` numbers."""

    def __init__(self, folder: Path, tokenizer: Any, session: Any, mark: str) -> None:
        self.folder = folder
        self.fingerprint = mark
        self._tokenizer = tokenizer
        self._session = session
        self._prefix = prefix(folder)
        self._inputs: dict[str, type[np.integer[Any]]] = {
            part.name: np.int32 if part.type == "tensor(int32)" else np.int64 for part in session.get_inputs()
        }
        names = [part.name for part in session.get_outputs()]
        self._output: str = next((name for name in HIDDEN if name in names), names[0])
        strange = sorted(set(self._inputs) - WANTS)
        if strange or "input_ids" not in self._inputs:
            raise EncoderError(f"The encoder in {folder} wants {', '.join(strange) or 'no tokens'}: no text encoder.")
        self.size = len(self.vector("hei"))

    @classmethod
    def load(cls, folder: Path, wanted: str | None = None) -> Encoder:
        """The encoder in ``folder``, read once a process.

        Raises EncoderError when it is not there or cannot be read, when ``wanted``, the fingerprint of the encoder that
        a model was trained with, is not its own, and when the libraries are not installed.
        """
        mark = fingerprint(folder)
        if wanted is not None and mark != wanted:
            raise EncoderError(
                f"The encoder in {folder} is not the one that the model was trained with. Put that one back, or train "
                "anew with `make train FORCE=1`."
            )
        return _loaded(folder, mark)

    def vector(self, text: str) -> np.ndarray:
        """One sentence as float32."""
        ids = self._tokenizer.encode(self._prefix + clean(text)).ids
        return self._encode([ids])[0] if ids else np.zeros(self.size, dtype=np.float32)

    def vectors(self, texts: Sequence[str], say: Callable[[str], None] = print) -> np.ndarray:
        """Many sentences, ``[sentence, number]``; ``say`` gets a line now and then.

        Only sentences with the same number of tokens share a batch, so that none is padded: what is learned from is
        then what reading a single sentence gives. Each core works on a batch of its own.
        """
        found = np.zeros((len(texts), self.size), dtype=np.float32)
        tokens = self._tokens(texts)
        by_length: dict[int, list[int]] = {}
        for index, ids in enumerate(tokens):
            by_length.setdefault(len(ids), []).append(index)
        batches = [
            rows[start : start + BATCH]
            for length, rows in sorted(by_length.items())
            for start in range(0, len(rows) if length else 0, BATCH)
        ]
        done = told = 0
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            encoded = pool.map(self._encode, ([tokens[index] for index in batch] for batch in batches))
            for batch, vectors in zip(batches, encoded, strict=True):
                found[batch] = vectors
                done += len(batch)
                if done - told >= TOLD:
                    told = done
                    say(f"== Encoded {done} of {len(texts)} sentences")
        return found

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens' numbers of each text. In parts: the tokenizer keeps much more of each token."""
        found: list[list[int]] = []
        for start in range(0, len(texts), TOLD):
            part = [self._prefix + clean(text) for text in texts[start : start + TOLD]]
            found += [entry.ids for entry in self._tokenizer.encode_batch(part)]
        return found

    def _encode(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """The mean of the tokens' vectors over the attention mask, brought to length 1."""
        tokens = np.array(ids, dtype=np.int64)
        mask = np.ones_like(tokens)
        given = {
            "input_ids": tokens,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(tokens),
            "position_ids": np.broadcast_to(np.arange(tokens.shape[1]), tokens.shape),
        }
        feed = {name: given[name].astype(kind) for name, kind in self._inputs.items()}
        (hidden,) = self._session.run([self._output], feed)
        if hidden.ndim != 3:
            raise EncoderError(f"The encoder in {self.folder} gives no vector for each token ({self._output}).")
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden.astype(np.float32) * weights).sum(axis=1) / weights.sum(axis=1)
        return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@lru_cache(maxsize=1)
def _loaded(folder: Path, mark: str) -> Encoder:
    """Read the files; kept for one encoder, because cross-validation asks for the same one again and again."""
    try:
        tokenizers, onnxruntime = (importlib.import_module(name) for name in ("tokenizers", "onnxruntime"))
    except ImportError:
        raise EncoderError(f"The packages of requirements-encoder.txt are not installed; see {HOW}.") from None
    network = files(folder)[1]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    # One sentence is too little to share out: two threads wait for each other longer than they compute (measured:
    # decision 0024). Many sentences are shared out as batches.
    options.intra_op_num_threads = 1
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        session = onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
        return Encoder(folder, tokenizer, session, mark)
    except EncoderError:
        raise
    except Exception as error:  # both libraries raise errors of their own making for a file that is broken
        raise EncoderError(f"The encoder in {folder} cannot be read ({type(error).__name__}).") from error


@dataclass(frozen=True)
class Dense:
    """An encoder and its weight: how much a layer over its vectors has to say, where the readers of n-grams have 1."""

    encoder: Encoder
    weight: float

    @classmethod
    def load(cls, chosen: Choice | None, wanted: str | None = None) -> Dense | None:
        """The encoder that was chosen, None for none; raises EncoderError as ``Encoder.load`` does."""
        return cls(Encoder.load(chosen.folder, wanted), chosen.weight) if chosen else None
