"""Which language a message is written in: script first, then letters, with the chosen language as the prior.

Trained from the same sentences as the classifier, so it knows the languages that there is data for and no other.
Bokmål and Nynorsk are one language here unless neither was chosen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from bot.languages import languages
from bot.nlu.features import Features, Shape
from bot.nlu.heads import Head, train_heads
from bot.nlu.normalising import clean
from bot.nlu.transliteration import script_of

SHAPE = Shape(characters=4, words=1, word_weight=0.7)
NORWEGIAN = ("nb", "nn")
FEWEST_WORDS = 3
"""Fewer words than this in a script that the chosen language can be written in never switch."""
CONFIDENT = 0.9
PRIOR = math.log(4.0)
"""How much the chosen language weighs: four times as probable as another, before a letter is read."""
FEWEST_LETTERS = 4
MOST_READ = 600
"""Characters of a message that are read; the language shows long before."""


def spelling(text: str) -> str:
    """What the language classifier sees: small letters with their accents, no digits, no marks."""
    kept = (character if character.isalpha() else " " for character in clean(text[:MOST_READ]).casefold())
    return " ".join("".join(kept).split())


def main_script(text: str) -> tuple[str | None, int]:
    """The script of most letters and how many letters are in it; (None, 0) without letters we know."""
    counts = Counter(script_of(character) for character in text[:MOST_READ])
    counts.pop(None, None)
    if not counts:
        return None, 0
    script, letters = counts.most_common(1)[0]
    return script, letters


class LanguageIdentifier:
    """Tells languages apart; ``identify`` decides whether to follow the writer into another one."""

    def __init__(self, features: Features, head: Head) -> None:
        self.features = features
        self.head = head

    @classmethod
    def train(cls, texts: Sequence[str], codes: Sequence[str]) -> LanguageIdentifier:
        """Learn from sentences and the language of each; Latin-letter copies carry their own language's code."""
        features, matrix = Features.fit((spelling(text) for text in texts), SHAPE, fewest=2)
        (head,) = train_heads(matrix, [list(codes)], strength=1.0, temperature=0.3, balanced=[True])
        return cls(features, head)

    def probabilities(self, text: str) -> dict[str, float]:
        """The probability of each known language by its letters alone; equal for all when nothing is known."""
        positions, values = self.features.row(spelling(text))
        if not len(positions):
            return {code: 1 / len(self.head.labels) for code in self.head.labels}
        found = self.head.probabilities(positions, values)
        return {code: float(p) for code, p in zip(self.head.labels, found, strict=True)}

    def identify(self, text: str, chosen: str | None, allowed: Collection[str] | None = None) -> tuple[str, bool]:
        """The language to answer in, and whether it differs from the ``chosen`` one.

        A script that the chosen language is not written in switches at once (not Latin letters, in which every
        language is typed on some telephone). Within a script it takes three words and a clear case.
        ``allowed`` are the languages that may be answered in; default: those that are offered.
        """
        registry = languages()
        known = set(registry) if allowed is None else set(allowed)
        usable = [c for c in self.head.labels if c in known and (allowed is not None or registry[c].is_offered)]
        fallback = chosen or "nb"
        script, letters = main_script(text)
        if not usable or script is None:
            return fallback, False
        candidates = [code for code in usable if script == "Latn" or registry[code].script == script]
        if not candidates:
            return fallback, False
        chosen_script = registry[chosen].script if chosen in registry else None
        scores = self._with_prior(self.probabilities(text), candidates, chosen)
        best = max(scores, key=lambda code: scores[code])
        if chosen is None:
            return best, False
        foreign_script = script != "Latn" and script != chosen_script
        if foreign_script and letters >= FEWEST_LETTERS:
            return best, best != chosen
        if _same(best, chosen) or len(spelling(text).split()) < FEWEST_WORDS:
            return chosen, False
        if sum(p for code, p in scores.items() if _same(code, best)) >= CONFIDENT:
            return best, True
        return chosen, False

    def _with_prior(
        self, found: Mapping[str, float], candidates: Sequence[str], chosen: str | None
    ) -> dict[str, float]:
        logs = np.array(
            [
                math.log(max(found[code], 1e-12)) + (PRIOR if chosen and _same(code, chosen) else 0.0)
                for code in candidates
            ]
        )
        weights = np.exp(logs - logs.max())
        return {code: float(w) for code, w in zip(candidates, weights / weights.sum(), strict=True)}


def _same(one: str, other: str) -> bool:
    """Whether two codes are one language to a reader: the two Norwegian ones are."""
    return one == other or (one in NORWEGIAN and other in NORWEGIAN)
