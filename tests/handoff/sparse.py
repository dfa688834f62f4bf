"""Counts of an invented month in which nearly every number is small, as in a county of small municipalities."""

from __future__ import annotations

import random
from collections import Counter

from bot.handoff.publishing import Key

AREAS = ("barnehage", "barnevern", "health", "leisure", "money", "school", "settling", "sfo")


def sparse_month(seed: int, number: int = 400) -> Counter[Key]:
    """Cases and conversations of eight municipalities, 120 topics and 14 languages, most of them rare."""
    chance = random.Random(seed)
    topics = [f"{area}.{place}" for area in AREAS for place in range(15)]
    languages = [f"l{place}" for place in range(14)]
    places = [f"p{place}" for place in range(8)]
    counts: Counter[Key] = Counter()

    def rare(codes: list[str]) -> str:
        return chance.choices(codes, [1 / (1 + place) for place in range(len(codes))])[0]

    def add(measure: str, **codes: str) -> None:
        counts.update((place, measure, dimension, code) for dimension, code in codes.items())

    for turn in range(6 * number):
        place = chance.choices(places, [2 ** -(n / 2) for n in range(8)])[0]
        topic, language = rare(topics), rare(languages)
        add("conversations", language=language)
        add("answers", topic=topic, language=language)
        if turn % 5 == 0:
            add("useful", topic=topic, language=language)
        if turn % 9 == 0:
            add("not_understood", language=language, near=topic.partition(".")[0])
        if turn % 6 == 0:
            reason, urgency = (
                chance.choice(("danger", "own_case", "consent", "human")),
                chance.choice(("U0", "U1", "U2")),
            )
            add("cases", topic=topic, language=language, reason=reason, urgency=urgency)
        if turn % 20 == 0:
            add("offers", answer=chance.choice(("declined", "unanswered")))
    return counts
