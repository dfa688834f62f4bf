"""How well the search finds topics, on queries that were written without sight of the texts.

Parameters were set on every second query of ``queries.yml``, keywords without sight of any; ``held-out.yml`` was
written afterwards, and nothing is set on it.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.guidance.guide import Guide

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ON = date(2026, 11, 26)
FIRST = 3
GOAL = 0.95
LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True)
class Query:
    """What somebody types, and the topics that would satisfy them."""

    q: str
    language: str
    audience: Any
    topics: tuple[str, ...]


def read(name: str) -> list[Query]:
    raw = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))["queries"]
    return [Query(entry["q"], entry["language"], entry["audience"], tuple(entry["topics"])) for entry in raw]


QUERIES = read("queries.yml")
HELD_OUT = read("held-out.yml")


@pytest.fixture(scope="module")
def guide() -> Guide:
    return Guide.load(ROOT / "knowledge")


def found(guide: Guide, query: Query) -> list[str]:
    results = guide.search(query.q, language=query.language, audience=query.audience, on=ON)
    return [result.topic for result in results][:FIRST]


def misses(guide: Guide, queries: list[Query], language: str | None = None) -> list[Query]:
    return [
        query
        for query in queries
        if language in (None, query.language) and not set(found(guide, query)) & set(query.topics)
    ]


def test_the_queries_are_many_and_cover_every_language_audience_and_topic(guide: Guide) -> None:
    assert len(QUERIES) >= 150
    assert min(Counter(query.language for query in QUERIES).values()) >= 50
    assert {query.audience for query in QUERIES} == {"parent", "staff"}
    assert set(guide.knowledge.topics) <= {topic for query in QUERIES for topic in query.topics}
    assert len({(query.q.casefold(), query.language, query.audience) for query in QUERIES}) == len(QUERIES)


def test_no_query_is_a_title_or_keyword_word_for_word_more_often_than_names_must_be(guide: Guide) -> None:
    """Abbreviations, sections and names of schemes are the same everywhere; whole titles are not what people type."""
    titles = {
        text.title.casefold()
        for article in guide.knowledge.articles.values()
        for text in (*article.parent_texts.values(), *article.staff_texts.values())
    }
    copied = [query.q for query in QUERIES if query.q.casefold().rstrip("?") in {t.rstrip("?") for t in titles}]
    assert len(copied) <= len(QUERIES) * 0.02, copied


@pytest.mark.parametrize("queries", [QUERIES, HELD_OUT], ids=["queries", "held out"])
def test_the_right_topic_is_among_the_first_three(guide: Guide, queries: list[Query]) -> None:
    wrong = misses(guide, queries)
    assert len(wrong) <= len(queries) * (1 - GOAL), "\n".join(
        f"{query.language} {query.audience} {query.q!r}: {found(guide, query)}, not {query.topics}" for query in wrong
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_falls_far_behind(guide: Guide, language: str) -> None:
    both = [*QUERIES, *HELD_OUT]
    asked = sum(query.language == language for query in both)
    assert len(misses(guide, both, language)) <= asked * 0.07


def test_a_search_takes_no_time(guide: Guide) -> None:
    for query in QUERIES[:40]:
        found(guide, query)  # the indexes are made when first asked for
    started = time.perf_counter()
    for query in QUERIES[:40]:
        found(guide, query)
    assert (time.perf_counter() - started) / 40 < 0.05


if __name__ == "__main__":
    loaded = Guide.load(ROOT / "knowledge")
    for name, listed in (("queries.yml", QUERIES), ("held-out.yml", HELD_OUT)):
        for code in LANGUAGES:
            asked = sum(query.language == code for query in listed)
            print(name, code, f"{100 * (1 - len(misses(loaded, listed, code)) / asked):.1f} % of {asked}")
    for missed in misses(loaded, QUERIES):
        print(missed.language, missed.audience, repr(missed.q), found(loaded, missed), "not", missed.topics)
