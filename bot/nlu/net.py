"""A second net under the model: phrases that are danger, and phrases that only sound like it, whatever the model says.

The model learns from sentences, and what it never saw it weighs by its letters. Two things about a language can be
said without it. Some statements are danger in nearly any message ("my husband hits me"), also when the two words of
another language leave the model little to go by. And some are harmless in any message, though they are made of the same
words: figures of speech ("dead on my feet"), what is hit, cut, lost or shot when nobody is hurt ("cut the grass", "shot
a goal"). Both stand in ``phrases/<language>.yml``, written by heart and not from messages, in the notation of
``patterns``.

Danger wins: a phrase that sounds like it is only taken out, and what is left is read again. Both are deterministic. The
first may lift recall and must not lift false alarms; the second the other way round (tests/nlu/test_net.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.patterns import Groups, Patterns, words

PHRASES = Path(__file__).with_name("phrases")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SHORT = 8
"""Words up to which a message is read for danger: a longer one gives the model enough to tell a tale from a fact."""
NEIGHBOURS = {"nb": "nn", "nn": "nb", "uk": "ru", "ru": "uk", "prs": "ps", "ps": "prs"}
"""Languages that are taken for one another in short messages."""


@dataclass(frozen=True)
class Net:
    """The phrases of each language: what is danger, by its detail, and what only sounds like it."""

    danger: Mapping[str, Patterns]
    harmless: Mapping[str, Patterns]

    def caught(self, text: str, languages: Iterable[str | None]) -> str | None:
        """The detail of danger that a short text states in one of these languages or their neighbours, else None.

        What only sounds like danger is taken out before: "I want to die of laughter".
        """
        said = words(text)
        if len(said) > SHORT:
            return None
        codes = _with_neighbours(languages)
        left = self._left(said, codes)
        return next((detail for code in codes if (detail := self._detail(code, left))), None)

    def _detail(self, code: str, said: Sequence[str]) -> str | None:
        patterns = self.danger.get(code)
        return patterns.first(said) if patterns else None

    def without_harmless(self, text: str, languages: Iterable[str | None]) -> str | None:
        """A text without the phrases that only sound like danger; None when there is none of them in it."""
        said = words(text)
        left = self._left(said, _with_neighbours(languages))
        return " ".join(left) if len(left) < len(said) else None

    def _left(self, said: list[str], codes: Iterable[str]) -> list[str]:
        for code in codes:
            if code in self.harmless:
                said = self.harmless[code].without(said)
        return said


def _with_neighbours(languages: Iterable[str | None]) -> list[str]:
    given = [code for code in languages if code]
    return list(dict.fromkeys([*given, *(NEIGHBOURS[code] for code in given if code in NEIGHBOURS)]))


def read_net(folder: Path = PHRASES) -> Net:
    """Read the files of all languages. Raises ValueError for a pattern that is none."""
    danger: dict[str, Patterns] = {}
    harmless: dict[str, Patterns] = {}
    groups = Groups()
    for path in sorted(folder.glob("*.yml")):
        raw: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 -- a safe one
        danger[path.stem] = Patterns(
            ((detail, pattern) for detail, patterns in raw["danger"].items() for pattern in patterns), groups
        )
        harmless[path.stem] = Patterns((("harmless", pattern) for pattern in raw["harmless"]), groups)
    return Net(danger, harmless)


@lru_cache(maxsize=1)
def net() -> Net:
    """The net of the product, read once."""
    return read_net()
