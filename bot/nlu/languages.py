"""Which language a message is written in: script first, then letters, with the chosen language as the prior.

Trained from the same sentences as the classifier, and from sentences of languages that we do not speak
(bot/data/other), so that somebody who writes in one of those is told so instead of being taken for a neighbour.
Bokmål and Nynorsk are one language here unless neither was chosen.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bot.languages import languages, other_languages
from bot.nlu.features import Features, Shape
from bot.nlu.heads import Head, train_heads
from bot.nlu.normalising import clean
from bot.nlu.transliteration import script_of

SHAPE = Shape(characters=4, words=1, word_weight=0.7, shortest=1)
NORWEGIAN = ("nb", "nn")
FEWEST_WORDS = 3
"""Fewer words than this in a script that the chosen language can be written in never switch."""
CONFIDENT = 0.95
PRIOR = math.log(5.0)
"""How much the chosen language weighs: five times as probable as another, before a letter is read."""
FEWEST_LETTERS = 4
SURE = 0.7
"""How probable the languages that we do not speak must be together before a message is answered as one of theirs."""
MOST_LEARNED = 4000
"""Sentences of one language that are learned from."""
SCRIPT_NAMES = {
    "DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "TAMIL": "Taml", "SINHALA": "Sinh", "THAI": "Thai",
    "MYANMAR": "Mymr", "KHMER": "Khmr", "CJK": "Hans", "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "HANGUL": "Kore",
    "GEORGIAN": "Geor", "ARMENIAN": "Armn", "HEBREW": "Hebr", "GREEK": "Grek",
}  # fmt: skip
"""ISO 15924 by the first word of a letter's Unicode name, for scripts that none of our languages is written in."""
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


class Identified(NamedTuple):
    """``language`` to answer in, ``switched`` when it is not the chosen one, ``foreign`` when we do not speak it."""

    language: str
    switched: bool
    foreign: str | None


class LanguageIdentifier:
    """Tells languages apart; ``identify`` decides whether to follow the writer into another one."""

    def __init__(self, features: Features, head: Head) -> None:
        self.features = features
        self.head = head

    @classmethod
    def train(cls, texts: Sequence[str], codes: Sequence[str]) -> LanguageIdentifier:
        """Learn from sentences and the language of each; Latin-letter copies carry their own language's code.

        Of a language with more than ``MOST_LEARNED`` sentences every so-manyth is taken: a language shows in few.
        """
        number = Counter(codes)
        seen: Counter[str] = Counter()
        kept = []
        for index, code in enumerate(codes):
            share = min(1.0, MOST_LEARNED / number[code])
            if int(seen[code] * share) < int((seen[code] + 1) * share):
                kept.append(index)
            seen[code] += 1
        features, matrix = Features.fit((spelling(texts[index]) for index in kept), SHAPE, fewest=2)
        (head,) = train_heads(
            matrix, [[codes[index] for index in kept]], strengths=[1.0], temperature=0.3, balanced=[True]
        )
        return cls(features, head)

    def probabilities(self, text: str) -> dict[str, float]:
        """The probability of each known language by its letters alone; equal for all when nothing is known."""
        positions, values = self.features.row(spelling(text))
        if not len(positions):
            return {code: 1 / len(self.head.labels) for code in self.head.labels}
        found = self.head.probabilities(positions, values)
        return {code: float(p) for code, p in zip(self.head.labels, found, strict=True)}

    def identify(self, text: str, chosen: str | None, allowed: Collection[str] | None = None) -> Identified:
        """The language to answer in, whether it differs from the ``chosen`` one, and one that we do not speak.

        A script that the chosen language is not written in switches at once (not Latin letters, in which every
        language is typed on some telephone). Within a script it takes three words and a clear case; to be sure of a
        language that is not answered in takes a clearer one.
        ``allowed`` are the languages that may be answered in; default: those that are offered.
        """
        registry = languages()
        fallback = chosen or "nb"
        script, letters = main_script(text)
        if script is None:
            return Identified(fallback, False, by_script(text))
        known = [code for code in self.head.labels if script == "Latn" or script_written(code) == script]
        usable = [
            c for c in known if c in registry and (c in allowed if allowed is not None else registry[c].is_offered)
        ]
        if not known:
            return Identified(fallback, False, None)
        chosen_script = registry[chosen].script if chosen in registry else None
        is_foreign_script = script not in ("Latn", chosen_script) and letters >= FEWEST_LETTERS
        is_long = len(spelling(text).split()) >= FEWEST_WORDS
        found = self.probabilities(text)
        whole = self._with_prior(found, known, chosen)
        elsewhere = {code: share for code, share in whole.items() if code not in usable}
        is_elsewhere = sum(elsewhere.values()) >= SURE and (is_long or is_foreign_script)
        foreign = max(elsewhere, key=lambda code: elsewhere[code]) if is_elsewhere else None
        if foreign or not usable:
            return Identified(fallback, False, foreign)
        scores = self._with_prior(found, usable, chosen)
        best = max(scores, key=lambda code: scores[code])
        if chosen is None:
            return Identified(best, False, None)
        if is_foreign_script:
            return Identified(best, best != chosen, None)
        if _same(best, chosen) or not is_long:
            return Identified(chosen, False, None)
        if sum(p for code, p in scores.items() if _same(code, best)) >= CONFIDENT:
            return Identified(best, True, None)
        return Identified(chosen, False, None)

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


def script_written(code: str) -> str | None:
    """The script that a language is written in, ours or another; None for one that we know nothing of."""
    if code in languages():
        return languages()[code].script
    other = other_languages().get(code)
    return other.script if other else None


def by_script(text: str) -> str | None:
    """A language that shows in its script alone, of those that we do not speak (Hindi for Devanagari), else None."""
    counts = Counter(
        SCRIPT_NAMES.get(unicodedata.name(character, "").split(" ", 1)[0])
        for character in text[:MOST_READ]
        if character.isalpha()
    )
    counts.pop(None, None)
    for script, _ in counts.most_common(1):
        return next((code for code, other in other_languages().items() if other.script == script), None)
    return None


def _same(one: str, other: str) -> bool:
    """Whether two codes are one language to a reader: the two Norwegian ones are."""
    return one == other or (one in NORWEGIAN and other in NORWEGIAN)
