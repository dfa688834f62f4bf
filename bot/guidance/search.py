"""Search over titles, texts, Norwegian terms and sections of law; forgives misspellings.

One index per language and audience, made when it is first asked for. A reader may search in the own language or
with the Norwegian word on a letter, so the Norwegian title and text are in every index.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from bot.guidance.articles import ArticleText, Template
from bot.guidance.model import Audience, Context, SearchResult
from bot.languages import languages

if TYPE_CHECKING:
    from bot.guidance.guide import Guide

MAX_QUERY = 200
MAX_RESULTS = 10
LOWEST = 0.3
SNIPPET = 160

_SECTION = re.compile(r"(?:§+|paragraf|section)\s*(\d+(?:\s*-\s*\d+)?)", re.IGNORECASE)


def words(value: str) -> list[str]:
    """Split a text into search words: case and marks folded, sections of law as one word (``§ 2-1`` is ``§2-1``)."""
    sections = ["§" + section.replace(" ", "") for section in _SECTION.findall(value)]
    folded = unicodedata.normalize("NFKD", _SECTION.sub(" ", value).casefold())
    letters: list[str] = []
    for character in folded:
        kind = unicodedata.category(character)
        if kind[0] in "LN":
            letters.append(character)
        elif kind[0] != "M":
            letters.append(" ")
    return "".join(letters).split() + sections


@dataclass(frozen=True)
class _Index:
    topics: tuple[str, ...]
    postings: dict[str, dict[int, float]]
    vocabulary: tuple[str, ...]
    rarity: dict[str, float]


def _parts(word: str, index: _Index) -> tuple[str, ...]:
    """Split an unknown compound at the longest known beginning: "barnehagepris" is "barnehage" and "pris"."""
    if word in index.postings:
        return (word,)
    for end in range(len(word) - 3, 4, -1):
        if word[:end] in index.postings:
            return (word[:end], word[end:])
    return (word,)


def _plain(template: Template) -> str:
    return "".join(part if isinstance(part, str) else " " for part in template)


def _fields(text: ArticleText, weight: float) -> Iterable[tuple[str, float]]:
    yield text.title, 3 * weight
    for template in (text.main, *text.variants.values()):
        yield _plain(template), weight


class Search:
    """Searches what a guide can answer."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._indexes: dict[tuple[str, Audience], _Index] = {}
        self._lock = threading.Lock()

    def find(self, query: str, *, language: str, audience: Audience, on: date) -> tuple[SearchResult, ...]:
        """The topics that fit, best first; an empty query and one without a hit give ()."""
        index = self._index(language, audience)
        wanted = list(dict.fromkeys(part for word in words(query[:MAX_QUERY]) for part in _parts(word, index)))
        if not wanted:
            return ()
        scores: dict[int, float] = defaultdict(float)
        possible = 0.0
        for word in wanted:
            matches = self._matches(word, index)
            # A word that stands nowhere says little; it counts, but less than one that is found.
            possible += max((index.rarity[match] for match in matches), default=1.0) * 3
            best: dict[int, float] = defaultdict(float)
            for match, nearness in matches.items():
                for position, weight in index.postings[match].items():
                    best[position] = max(best[position], weight * nearness * index.rarity[match])
            for position, score in best.items():
                scores[position] += score
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:MAX_RESULTS]
        context = Context(language=language, on=on, audience=audience)
        results = []
        for position, score in ranked:
            share = min(1.0, score / possible)
            if share < LOWEST * ranked[0][1] / possible or share < 0.05:
                break
            results.append(self._result(index.topics[position], share, context))
        return tuple(results)

    def _result(self, topic: str, score: float, context: Context) -> SearchResult:
        answer = self._guide.answer(topic, context)
        first = " ".join(answer.text.split())
        snippet = first if len(first) <= SNIPPET else first[:SNIPPET].rsplit(" ", 1)[0] + " …"
        title = self._guide.title(topic, context.language, context.audience)
        return SearchResult(topic, title, snippet, score, answer.language)

    def _matches(self, word: str, index: _Index) -> dict[str, float]:
        found: dict[str, float] = {}
        if word in index.postings:
            found[word] = 1.0
        if word.startswith("§"):
            return found
        for known in index.vocabulary:
            if len(word) >= 3 and known.startswith(word):
                found.setdefault(known, 0.8)
        if len(word) >= 4 and word not in index.postings:
            close = process.extract(word, index.vocabulary, scorer=fuzz.ratio, score_cutoff=78, limit=5)
            for known, ratio, _ in close:
                found.setdefault(known, 0.6 * ratio / 100)
        return found

    def _index(self, language: str, audience: Audience) -> _Index:
        key = (language, audience)
        with self._lock:
            if key not in self._indexes:
                self._indexes[key] = self._build(language, audience)
            return self._indexes[key]

    def _build(self, language: str, audience: Audience) -> _Index:
        knowledge = self._guide.knowledge
        topics = self._guide.topics(audience)
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        chain = (language, *languages()[language].fallbacks)
        for position, topic in enumerate(topics):
            article = knowledge.articles[topic]
            texts = article.texts(audience)
            fields: list[tuple[str, float]] = [(topic.replace(".", " "), 1.0)]
            own = next((texts[code] for code in chain if code in texts), texts["nb"])
            fields += _fields(own, 1.0)
            if own is not texts["nb"]:
                fields += _fields(texts["nb"], 0.8)
            for reference in article.sources:
                source = knowledge.sources.get(reference.source)
                if source:
                    fields.append((f"{source.title} {reference.section}", 2.0))
            for fact_id in article.facts:
                fact = knowledge.facts.get(fact_id)
                if fact:
                    fields += [(label, 1.0) for label in fact.label.values()]
                    fields += [(f"§ {section}", 1.5) for section in self._sections(fact.periods)]
            for value, weight in fields:
                for word in words(value):
                    postings[word][position] = max(postings[word].get(position, 0.0), weight)
        rarity = {word: math.log(1 + len(topics) / len(found)) for word, found in postings.items()}
        vocabulary = tuple(word for word in postings if not word.startswith("§"))
        return _Index(topics, dict(postings), vocabulary, rarity)

    @staticmethod
    def _sections(periods: Iterable[object]) -> set[str]:
        return {section.lstrip("§ ") for period in periods if (section := getattr(period, "section", ""))}
