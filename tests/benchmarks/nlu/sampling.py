"""Fixed samples of training sentences and test messages: the same ones at every run."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from bot.nlu.data import Case
from bot.nlu.examples import Example

SEED = 7
Item = TypeVar("Item")


def draw(
    items: Sequence[Item],
    number: int,
    group: Callable[[Item], Hashable],
    *,
    first: Callable[[Item], Hashable],
    seed: int = SEED,
) -> list[Item]:
    """At most ``number`` of the items, the same ones for the same seed, in the order they came in.

    One of each ``first`` comes before anything else, then one of each ``group``, and what is left is dealt to the
    groups in proportion to their size. So a small sample still holds every label, a larger one every label in every
    language, and a large one looks like the whole.
    """
    order = list(range(len(items)))
    random.Random(seed).shuffle(order)
    sizes = Counter(group(item) for item in items)
    ranks: dict[Hashable, int] = {}
    seen: set[Hashable] = set()
    placed: list[tuple[tuple[float, float], int]] = []
    for index in order:
        of = group(items[index])
        rank = ranks[of] = ranks.get(of, -1) + 1
        if first(items[index]) not in seen:
            seen.add(first(items[index]))
            place = (0.0, 0.0)
        elif rank == 0:
            place = (1.0, 0.0)
        else:
            # The share of its group that stands before an item: sorting by it deals to all groups at the same pace.
            place = (2.0, rank / sizes[of])
        placed.append((place, index))
    placed.sort(key=lambda entry: entry[0])  # stable: the shuffle decides between equals
    return [items[index] for index in sorted(index for _, index in placed[:number])]


def draw_sentences(examples: Sequence[Example], number: int) -> list[Example]:
    """Training sentences, stratified by language and label; every kind before any topic."""
    kinds = [example for example in examples if not example.label.startswith("ask/")]
    labels = len({example.label for example in examples})
    if number < labels:  # then not every topic fits, but every kind must
        kept = draw(kinds, min(number // 2, len(kinds)), _cell, first=lambda example: example.label)
        topics = [example for example in examples if example.label.startswith("ask/")]
        return kept + draw(topics, number - len(kept), _cell, first=lambda example: example.label)
    return draw(examples, number, _cell, first=lambda example: example.label)


def draw_messages(cases: Sequence[Case], number: int) -> list[Case]:
    """Test messages, stratified by language and kind."""
    return draw(cases, number, _kind_cell, first=_kind_cell)


def _cell(example: Example) -> Hashable:
    return example.language, example.label


def _kind_cell(case: Case) -> Hashable:
    return case.language, case.label.partition("/")[0]
