"""Trains the model when what it is made of has changed, and says what it is doing."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.dialogue.running import CannotServe
from bot.settings import ROOT

SOURCES = (
    "config.yml",
    "bot/domain",
    "bot/data",
    "bot/nlu",
    "bot/languages.yml",
    "bot/guidance/model.py",
    "knowledge/articles",
)
"""Everything that a model is made of; of the articles only their heads (keywords)."""
READ_AT_START = "bot/nlu/phrases"
"""What the process of understanding reads when it starts, so that a new phrase needs no training."""
NAME = "brobygger"
PACKED = 6
"""How hard the archive is packed: zlib's usual level."""
NO_RESPONSE = "Your training data contains an example"
"""How Rasa's warning begins that a retrieval intent has no response; ours have none, for answers are articles."""


def ingredients(root: Path = ROOT) -> Iterator[Path]:
    """The files that a model is made of, in a fixed order."""
    for name in SOURCES:
        place = root / name
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in (".yml", ".py") and root / READ_AT_START not in file.parents:
                yield file


def fingerprint(root: Path = ROOT) -> str:
    """A hash of everything that a model is made of, libraries included; the same one needs no training."""
    digest = hashlib.sha256(f"rasa {version('rasa')} scikit-learn {version('scikit-learn')}".encode())
    for file in ingredients(root):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def fingerprint_path(model: Path) -> Path:
    """Where the fingerprint of a model stands: beside it."""
    return model.with_name(model.name + ".fingerprint")


def is_current(model: Path, root: Path = ROOT) -> bool:
    """Whether ``model`` was made of what there is now."""
    place = fingerprint_path(model)
    return model.is_file() and place.is_file() and place.read_text(encoding="utf-8").strip() == fingerprint(root)


@contextlib.contextmanager
def _ticking(started: float, every: float = 10.0) -> Iterator[None]:
    """Say every few seconds that the work goes on, to where the output went before it was redirected."""
    out, done = sys.stdout, threading.Event()

    def tick() -> None:
        while not done.wait(every):
            print(f"== Still training ({time.monotonic() - started:.0f} s)", file=out, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


@contextlib.contextmanager
def _without_waste() -> Iterator[None]:
    """Save what costs a fifth of a training and gives nothing.

    Python's search for circles among objects goes again and again through a million that all stay; and Rasa packs the
    archive at zlib's highest level, which takes three times as long as the usual one for 0.3 % of its size.
    """
    from tarsafe import TarSafe

    def gzopen(name: str, mode: str = "r", fileobj: object = None, compresslevel: int = PACKED, **kwargs: Any) -> Any:
        return usual(name, mode, fileobj, PACKED, **kwargs)

    usual = TarSafe.gzopen
    gc.collect()
    gc.disable()
    try:
        with patch.object(TarSafe, "gzopen", gzopen):
            yield
    finally:
        gc.enable()


def train(model: Path, *, force: bool = False, say: Callable[[str], None] = print) -> bool:
    """Train into ``model`` unless it is current; returns whether it trained. Raises CannotServe.

    The old model stays in place until the new one is whole.
    """
    if not force and is_current(model):
        say("== The model is up to date")
        return False
    print_of_now = fingerprint()
    started = time.monotonic()
    languages = sorted(place.name for place in (ROOT / "bot" / "data" / "nlu").iterdir() if place.is_dir())
    say(f"== Training the model ({', '.join(languages)}); this takes about two minutes")
    model.parent.mkdir(parents=True, exist_ok=True)
    log = model.parent / "training.log"
    # Rasa and what it imports warn at length of what is known here (topics are labelled as retrieval intents without
    # a ResponseSelector, old libraries run on a newer Python), and draw bars: all of it goes to a file.
    with (
        _ticking(started),
        log.open("w", encoding="utf-8") as told,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(told),
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory(dir=model.parent, prefix="training-") as folder,
    ):
        import rasa  # seconds long, and only needed when there is something to train
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)
        # One for every sentence of a topic, 140 000 in all: 54 MB of log, and two of ninety seconds.
        warnings.filterwarnings("ignore", NO_RESPONSE, UserWarning)
        with _without_waste():
            result = rasa.train(
                domain=str(ROOT / "bot" / "domain"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "bot" / "data")],
                output=folder,
                force_training=True,
                fixed_model_name=NAME,
            )
        if result.code or not result.model:
            raise CannotServe(f"Training failed; the reason stands in {log}.")
        os.replace(result.model, model)  # noqa: PTH105 -- atomic over an existing file
    fingerprint_path(model).write_text(print_of_now + "\n", encoding="utf-8")
    say(f"== The model is ready: {model.stat().st_size / 1e6:.1f} MB in {time.monotonic() - started:.0f} s")
    return True
