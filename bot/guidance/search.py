"""Search over topics: everyday words, official terms, abbreviations, misspellings, sections of law old and new.

One index per language and audience (``search_index``), made when it is first asked for. A reader may search in the
own language or with the Norwegian word on a letter. Spelling is forgiven with RapidFuzz: an unknown word counts as
the known words nearest to it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from rapidfuzz import fuzz, process

from bot.guidance.model import Audience, Context, SearchResult
from bot.guidance.rendering import formats
from bot.guidance.search_index import Index, build, words
from bot.guidance.sections import Successor

if TYPE_CHECKING:
    from bot.guidance.guide import Guide

MAX_QUERY = 200
MAX_RESULTS = 10
LOWEST = 0.3
"""Results below this share of the best one are left out."""
LEAST = 0.05
SNIPPET = 160
NEAR = 78
"""From which likeness (0-100) a misspelt word is taken for a known one."""
VERY_NEAR = 88
"""From which likeness a word is misspelt rather than a compound of known parts."""
BEGUN, MISSPELT = 0.8, 0.9
"""How much the beginning of a word, and a misspelt one, count beside the word itself."""
SHORTEST_BEGINNING, SHORTEST_MISSPELT = 3, 4
PHRASE = 0.5
"""How much a keyword of several words gains when all of it is asked for, in shares of its words' rarity."""

__all__ = ["Search", "words"]


class Search:
    """Searches what a guide can answer."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._indexes: dict[tuple[str, Audience], Index] = {}
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
            matches = _matches(word, index)
            # A word that stands nowhere says little; it counts, but less than one that is found.
            possible += max((index.rarity[match] for match in matches), default=1.0)
            best: dict[int, float] = defaultdict(float)
            for match, nearness in matches.items():
                for position, about in index.postings[match].items():
                    best[position] = max(best[position], about * nearness * index.rarity[match])
            for position, score in best.items():
                scores[position] += score
        asked = frozenset(wanted)
        for position in scores:
            scores[position] += _phrases(index, position, asked)
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:MAX_RESULTS]
        context = Context(language=language, on=on, audience=audience)
        results = []
        for position, score in ranked:
            share = min(1.0, score / possible)
            if score < LOWEST * ranked[0][1] or share < LEAST:
                break
            results.append(self._result(index, index.topics[position], wanted, share, context))
        return tuple(results)

    def _result(self, index: Index, topic: str, wanted: list[str], score: float, context: Context) -> SearchResult:
        answer = self._guide.answer(topic, context)
        renumbered = [self._renumbered(successor, context) for successor in _renumberings(index, wanted, topic)]
        first = " ".join([*renumbered, *answer.text.split()])
        snippet = first if len(first) <= SNIPPET else first[:SNIPPET].rsplit(" ", 1)[0] + " …"
        title = self._guide.title(topic, context.language, context.audience)
        return SearchResult(topic, title, snippet, score, answer.language)

    def _renumbered(self, successor: Successor, context: Context) -> str:
        """``Opplæringslova 1998 § 2-8 → Opplæringslova §§ 3-6 og 3-7 (1. august 2024).``"""
        sources = self._guide.knowledge.sources
        old, new = sources.get(successor.act), sources.get(successor.source)
        day = format_date(successor.since, "long", locale=formats(context.language))
        before = f"{old.title if old else ''} {successor.old}".strip()
        now = f"{new.title if new else ''} {successor.section}".strip()
        return f"{before} → {now} ({day})."

    def _index(self, language: str, audience: Audience) -> Index:
        key = (language, audience)
        with self._lock:
            if key not in self._indexes:
                self._indexes[key] = build(self._guide, language, audience)
            return self._indexes[key]


def _renumberings(index: Index, wanted: list[str], topic: str) -> list[Successor]:
    return [successor for word in wanted for successor in index.successors.get(word, ()) if topic in successor.topics]


def _parts(word: str, index: Index) -> tuple[str, ...]:
    """What a word asks for: itself when it is known or nearly known, else the known parts of the compound."""
    if len(word) >= SHORTEST_MISSPELT and not word.startswith("§") and not index.knows(word):
        near = process.extractOne(word, index.vocabulary, scorer=fuzz.ratio, score_cutoff=VERY_NEAR)
        if near:
            return (near[0],)
    return index.parts(word)


def _phrases(index: Index, position: int, asked: frozenset[str]) -> float:
    """What a topic gains by a title or keyword of several words that stands whole in the query."""
    whole = (sum(index.rarity[form] for form in phrase) for phrase in index.phrases[position] if phrase <= asked)
    return PHRASE * max(whole, default=0.0)


def _matches(word: str, index: Index) -> dict[str, float]:
    """The known words that a wanted one may mean, with their nearness from 0 to 1."""
    if word in index.postings:
        return {word: 1.0}
    if word.startswith("§"):
        # § 9 a is asked for chapter 9 A of the old act, whose sections were § 9 A-1 and on.
        return {known: BEGUN for known in index.postings if known.startswith(f"{word}-")}
    found: dict[str, float] = {}
    if len(word) >= SHORTEST_BEGINNING:
        found = {known: BEGUN for known in index.vocabulary if known.startswith(word)}
    if len(word) >= SHORTEST_MISSPELT:
        near = process.extract(word, index.vocabulary, scorer=fuzz.ratio, score_cutoff=NEAR, limit=5)
        for known, ratio, _ in near:
            found[known] = max(found.get(known, 0.0), ratio / 100 * MISSPELT)
    return found
