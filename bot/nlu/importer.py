"""Reads training data into Rasa quickly: once for each training, with the C parser of YAML.

Rasa's own importer reads every file three times, each time with a parser written in Python and a schema in between:
minutes for the full data. What it checks, ``python -m tools validate`` checks in plainer words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.data import all_examples


class Importer(RasaFileImporter):
    """``nlu/<language>/*.yml`` and ``rules/*.yml``, ``stories/*.yml`` under each folder of training data."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: Sequence[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        given = [training_data_paths] if isinstance(training_data_paths, str) else list(training_data_paths or ())
        self._folders = [Path(place) for place in given]
        super().__init__(config_file, domain_path, [])
        self._story_files = [
            str(file)
            for folder in self._folders
            for part in ("rules", "stories")
            for file in sorted((folder / part).glob("*.yml"))
        ]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All training sentences, whatever ``language`` says: one model understands every language."""
        messages = [message for folder in self._folders for message in _messages(folder / "nlu")]
        return TrainingData(messages)


class Sentence(Message):
    """A training sentence, which nobody changes once it is read.

    Rasa copies every message some twenty times on its way to the components, and looks for equal ones at each merging
    of data by hashing all that is in each: half the time of a training.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Sentence:
        """Itself: there is nothing in it that changes."""
        return self

    def __hash__(self) -> int:
        """By the words alone: equal sentences have equal words, and hardly any others have."""
        return hash(self.data.get("text"))

    def __eq__(self, other: object) -> bool:
        """Whether words, label and language are the same."""
        return self is other or (isinstance(other, Message) and self.data == other.data)

    def fingerprint(self) -> str:
        """A hash of all that is in it, worked out once and at once instead of piece by piece."""
        known: str | None = getattr(self, "_known", None)
        if known is None:
            known = self._known = hashlib.sha256(repr(self.data).encode()).hexdigest()
        return known


@lru_cache(maxsize=4)
def _messages(folder: Path) -> tuple[Message, ...]:
    return tuple(
        Sentence.build(example.text, example.label, example_metadata={"language": example.language})
        for example in all_examples(folder)
    )
