"""What a model is trained from: labelled sentences, and copies of some of them in Latin letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.nlu.transliteration import SPELLINGS, latin_copy

MANY = ("ask/", "out_of_scope")
"""Labels that have most of the sentences."""


@dataclass(frozen=True)
class Example:
    """A training sentence: ``label`` is ``ask/<topic>``, ``danger/<what>``, ``smalltalk/<what>`` or a bare kind."""

    text: str
    label: str
    language: str


def with_copies(examples: Iterable[Example], copies: int) -> Iterable[Example]:
    """The sentences, and after each one in another script its copies in Latin letters."""
    for number, example in enumerate(examples):
        yield example
        # Questions and what is outside the field have many sentences: a third is enough to know the Latin spelling by.
        is_copied = copies >= SPELLINGS or number % 3 == 0 or not example.label.startswith(MANY)
        spellings = (
            range(SPELLINGS) if copies >= SPELLINGS else [number // 2 % SPELLINGS] if copies and is_copied else []
        )
        for spelling in spellings:
            copy = latin_copy(example.text, example.language, spelling)
            if copy is not None:
                yield Example(copy, example.label, example.language)
