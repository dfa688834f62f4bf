"""A second net under the model: whole statements that are danger in nearly any message they stand in.

The model learns from sentences, and harmless look-alikes ("I am dying of laughter") teach it to doubt the plainest
words: "I want to die", two words long in many languages, has little else to go by. So a few whole statements in each
language (``danger_phrases.yml``) are danger whatever the model says. The net is deterministic, is read in any script as
the model reads it, and is kept short: it may lift recall, and must not lift false alarms (tests/nlu/test_net.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.normalising import normalise

PHRASES = Path(__file__).with_name("danger_phrases.yml")
SHORT = 6
"""Words up to which a message is read: a longer one gives the model enough to tell a figure of speech from a fact."""
_AROUND = ".,!?;:()\"'«»…؟،؛።፣፤-–—"


def _words(text: str) -> str:
    """The folded words of a text with one blank between, and at both ends."""
    return f" {' '.join(word.strip(_AROUND) for word in normalise(text).split())} "


@dataclass(frozen=True)
class Net:
    """Folded statements and the detail of danger of each."""

    details: dict[str, str]

    def caught(self, text: str) -> str | None:
        """The detail of danger of the first statement that stands in a short text as whole words, else None."""
        words = _words(text)
        if len(words.split()) > SHORT:
            return None
        return next((detail for phrase, detail in self.details.items() if phrase in words), None)


def read_net(path: Path = PHRASES) -> Net:
    """Read the file; a statement under two details belongs to the first."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    details: dict[str, str] = {}
    for detail, languages in raw.items():
        for phrases in languages.values():
            for phrase in phrases:
                details.setdefault(_words(str(phrase)), detail)
    return Net(details)


@lru_cache(maxsize=1)
def net() -> Net:
    """The net of the product, read once."""
    return read_net()
