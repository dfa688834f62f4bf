"""What the search looks through: one index per language and audience, of stems with the weight of their field.

Stems come from Snowball (Porter, 2001). Norwegian compounds are split at the longest part that stands somewhere by
itself, so that "foreldrebetaling" is found under "betaling" and "barnehagepris" under "barnehage" and "pris".
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import snowballstemmer

from bot.guidance.articles import Article, ArticleText, Template
from bot.guidance.model import Audience
from bot.guidance.sections import Successor, number_of
from bot.languages import languages

if TYPE_CHECKING:
    from bot.guidance.guide import Guide

STEMMERS = {"nb": "norwegian", "nn": "norwegian", "en": "english", "ru": "russian", "ar": "arabic", "tr": "turkish"}
NORWEGIAN = ("nb", "nn")

KEYWORD, TITLE, TERM, LAW, FACT, ID, TEXT = 6.0, 5.0, 2.0, 2.0, 1.0, 1.0, 1.0
"""Weights of the fields a word can stand in."""
SATURATION = 6.0
"""k1 of BM25F: from here on, standing in more fields of a topic adds less and less."""
LENGTH = 0.3
"""b of BM25F for running text: how much a word in a long text counts less than one in a short text."""
BORROWED = 0.8
"""Weight of the Norwegian words in the index of another language: the word on a letter is searched for as well."""
BOTH_NORWEGIAN = 0.9
"""Weight of the other written Norwegian: people mix the two."""
SHORTEST_PART = 4
"""Letters of the shortest part of a compound."""

_SECTION = re.compile(
    r"(?:§+|paragraf(?:en)?|section)\s*(\d+\s?[A-Z]?(?:\s*-\s*\d+)?(?:\s?[a-z]\b)?)|\b(\d+[A-Z]?-\d+)\b", re.IGNORECASE
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


@lru_cache(maxsize=16)
def _stemmer(language: str) -> _Stemmer | None:
    name = STEMMERS.get(language)
    return snowballstemmer.stemmer(name) if name else None


def fold(value: str) -> str:
    """Lower case without marks, everything but letters and digits as a blank: é, å and vowel signs lose theirs."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKD", value.casefold()):
        kind = unicodedata.category(character)
        if kind[0] in "LN":
            letters.append(character)
        elif kind[0] != "M":
            letters.append(" ")
    return "".join(letters)


def words(value: str) -> list[str]:
    """Split a text into folded words; sections of law are one word each (``§ 2-1`` is ``§2-1``) and come last."""
    sections = ["§" + re.sub(r"\s+", "", first or bare).casefold() for first, bare in _SECTION.findall(value)]
    return fold(_SECTION.sub(" ", value)).split() + sections


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; a section of law and a word in a language without a stemmer stay as they are."""
    stemmer = None if word.startswith("§") else _stemmer(language)
    return stemmer.stemWord(word) if stemmer else word


@dataclass(frozen=True)
class Index:
    """What can be found. ``postings[stem][topic position]`` is how much the topic is about the stem, from 0 to 1.

    ``rarity`` grows the fewer topics have a stem. ``phrases`` are titles and keywords of several words as sets of
    stems, by topic position.
    """

    language: str
    topics: tuple[str, ...]
    postings: Mapping[str, Mapping[int, float]]
    vocabulary: tuple[str, ...]
    rarity: Mapping[str, float]
    phrases: tuple[tuple[frozenset[str], ...], ...]
    successors: Mapping[str, tuple[Successor, ...]]

    def knows(self, word: str) -> bool:
        """Whether the word or its stem stands anywhere."""
        return word in self.postings or stem(word, self.language) in self.postings

    def parts(self, word: str) -> tuple[str, ...]:
        """The stems of a word: itself when it is known, else the known parts of the compound, else itself."""
        whole = stem(word, self.language)
        if whole in self.postings or len(word) < 2 * SHORTEST_PART:
            return (whole,)
        for end in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            first = next((s for s in self._stems(word[:end]) if s in self.postings), None)
            last = next((s for s in self._stems(word[end:]) if s in self.postings), None)
            if first and last:
                return (first, last)
        for end in range(len(word) - SHORTEST_PART + 1, SHORTEST_PART, -1):
            first = next((s for s in self._stems(word[:end]) if s in self.postings), None)
            if first:
                return (first, stem(word[end:], self.language))
        return (whole,)

    def _stems(self, part: str) -> tuple[str, ...]:
        """A part may end in the letter that binds a compound: arbeid-s-plass, barne-hage."""
        bare = part[:-1] if len(part) > SHORTEST_PART and part[-1] in "se" else part
        return (stem(part, self.language), stem(bare, self.language))


def _plain(template: Template) -> str:
    return "".join(part if isinstance(part, str) else " " for part in template)


def _of_text(text: ArticleText, weight: float) -> Iterator[tuple[str, float]]:
    yield text.title, TITLE * weight
    for template in (text.main, *text.variants.values()):
        yield _plain(template), TEXT * weight


def _fields(guide: Guide, article: Article, audience: Audience, language: str) -> Iterator[tuple[str, float]]:
    knowledge = guide.knowledge
    texts = article.texts(audience)
    chain = (language, *languages()[language].fallbacks)
    own = next((texts[code] for code in chain if code in texts), texts["nb"])
    yield article.id.replace(".", " ").replace("-", " "), ID
    # What people ask, in a line for editors: English words for the topic.
    yield knowledge.topics[article.id].asks, TERM if language == "en" else ID
    yield from _of_text(own, 1.0)
    for other in NORWEGIAN:
        weight = BOTH_NORWEGIAN if language in NORWEGIAN else BORROWED
        if other in texts and texts[other] is not own:
            yield from _of_text(texts[other], weight)
    for code, keywords in article.keywords.items():
        weight = 1.0 if code == language else BOTH_NORWEGIAN if language in NORWEGIAN else BORROWED
        for keyword in keywords:
            yield keyword, KEYWORD * weight
    for term in article.terms:
        yield term, TERM
    for reference in article.sources:
        source = knowledge.sources.get(reference.source)
        if source:
            yield f"{source.title} {reference.section}", LAW
    for fact_id in article.facts:
        fact = knowledge.facts.get(fact_id)
        if fact:
            for label in fact.label.values():
                yield label, FACT
            for period in fact.periods:
                if period.section:
                    yield f"§ {number_of(period.section) or period.section}", LAW


def build(guide: Guide, language: str, audience: Audience) -> Index:
    """Read everything that an audience can find in a language (BM25F, Robertson and Zaragoza, 2009)."""
    # Staff look up what parents read, too: a topic for parents only has no staff text, and is shown as it is.
    topics = tuple(topic for topic in guide.knowledge.topics if guide.can_answer(topic, audience))
    counts: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    phrases: list[set[frozenset[str]]] = [set() for _ in topics]
    fields = [list(_fields(guide, guide.knowledge.articles[topic], audience, language)) for topic in topics]
    lengths = [sum(len(value) for value, weight in found if weight <= TEXT) for found in fields]
    usual = sum(lengths) / max(1, len(lengths)) or 1.0
    for position, found in enumerate(fields):
        long = 1 - LENGTH + LENGTH * lengths[position] / usual
        for value, weight in found:
            whole = words(value)
            stems = [stem(word, language) for word in whole]
            if weight > TERM and len(whole) > 1:
                phrases[position].add(frozenset(stems))
            for word, form in zip(whole, stems, strict=True):
                # The word as it stands counts too: a stemmer may cut what a reader types without its ending.
                for known in {form, word}:
                    counts[known][position] += weight / (long if weight <= TEXT else 1.0)
    successors = _successors(guide.knowledge.sections)
    place = {topic: position for position, topic in enumerate(topics)}
    for number, renumbered in successors.items():
        for successor in renumbered:
            for order, topic in enumerate(successor.topics):
                if topic in place:
                    counts[number][place[topic]] += 4 * KEYWORD / (1 + order)
    postings = {
        form: {position: count / (SATURATION + count) for position, count in by_topic.items()}
        for form, by_topic in counts.items()
    }
    rarity = {form: math.log(1 + len(topics) / len(found)) for form, found in postings.items()}
    vocabulary = tuple(form for form in postings if not form.startswith("§"))
    return Index(language, topics, postings, vocabulary, rarity, tuple(tuple(p) for p in phrases), successors)


def _successors(sections: Iterable[Successor]) -> dict[str, tuple[Successor, ...]]:
    found: dict[str, tuple[Successor, ...]] = {}
    for successor in sections:
        number = "§" + number_of(successor.old)
        found[number] = (*found.get(number, ()), successor)
    return found
