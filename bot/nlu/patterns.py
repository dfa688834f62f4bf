"""Patterns of words: whole phrases in a language, with room for their endings and for what stands between.

A pattern is words with a blank between them. One word may be several (``son|daughter``), may have any ending
(``hit*``), and ``..`` stands for up to three words of any kind. Case, diacritics and punctuation do not count: patterns
are folded as messages are.

There are tens of thousands, and most are about who does what to whom, so they begin with the same few groups of words.
Each group is read and kept once, and found by the words that it holds; regular expressions took a hundred times as long
to make.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.normalising import normalise

GAP = ".."
"""Up to three words, or none."""
WIDEST = 3
_AROUND = ".,!?;:()\"'«»…؟،؛።፣፤-–—"


def words(text: str) -> list[str]:
    """The folded words of a text without the signs around them."""
    bare = (word.strip(_AROUND) for word in normalise(text).split())
    return [word for word in bare if word]


@dataclass(frozen=True)
class Group:
    """What may stand in one place: whole words, and beginnings of words."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def holds(self, word: str) -> bool:
        """Whether a folded word may stand here."""
        return word in self.whole or word.startswith(self.beginnings)


class Groups:
    """Reads the places of patterns, each kind of place and each word once."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._words: dict[str, str] = {}

    def group(self, token: str) -> Group:
        """What may stand where a pattern has this. Raises ValueError when something in it is no word, or several."""
        if token not in self._groups:
            every = token.split("|")
            whole = frozenset(self._folded(one) for one in every if not one.endswith("*"))
            beginnings = {self._folded(one[:-1]) for one in every if one.endswith("*")}
            self._groups[token] = Group(whole, tuple(sorted(beginnings)))
        return self._groups[token]

    def _folded(self, one: str) -> str:
        if one not in self._words:
            found = words(one)
            if len(found) != 1 or "*" in one:
                raise ValueError(f"{one!r} is not one word with or without a * at its end")
            self._words[one] = found[0]
        return self._words[one]


@dataclass(frozen=True)
class Pattern:
    """The name it was given, and its groups, each with how many words may stand before it."""

    name: str
    groups: tuple[tuple[Group, int], ...]

    def end(self, said: Sequence[str], start: int) -> int | None:
        """Where the pattern ends whose first word is at ``start`` and is known to fit: the nearest end, or None."""
        return self._end(said, start + 1, 1)

    def _end(self, said: Sequence[str], start: int, number: int) -> int | None:
        if number == len(self.groups):
            return start
        group, gap = self.groups[number]
        for place in range(start, min(start + gap + 1, len(said))):
            if group.holds(said[place]) and (end := self._end(said, place + 1, number + 1)) is not None:
                return end
        return None


def read_pattern(name: str, pattern: str, read: Groups) -> Pattern:
    """Read one pattern. Raises ValueError when it is empty, begins or ends with a gap, or has a word that is none."""
    tokens = pattern.split()
    if not tokens or GAP in (tokens[0], tokens[-1]):
        raise ValueError(f"The pattern {pattern!r} must begin and end with a word.")
    groups, gap = [], 0
    for token in tokens:
        if token == GAP:
            gap += WIDEST
            continue
        try:
            groups.append((read.group(token), gap))
        except ValueError as error:
            raise ValueError(f"In the pattern {pattern!r}, {error}.") from None
        gap = 0
    return Pattern(name, tuple(groups))


class Patterns:
    """Patterns that are looked for together, each with the name that it was given."""

    def __init__(self, named: Iterable[tuple[str, str]], read: Groups | None = None) -> None:
        """Take (name, pattern) pairs; where several match, the first one given counts. Raises ValueError.

        ``read`` knows what other patterns of the same words are made of.
        """
        read = read or Groups()
        self._patterns = [read_pattern(name, pattern, read) for name, pattern in named]
        by_group: dict[Group, list[int]] = defaultdict(list)
        for number, pattern in enumerate(self._patterns):
            by_group[pattern.groups[0][0]].append(number)
        self._whole: dict[str, list[list[int]]] = defaultdict(list)
        self._beginnings: dict[str, list[list[int]]] = defaultdict(list)
        for group, numbers in by_group.items():
            for word in group.whole:
                self._whole[word].append(numbers)
            for beginning in group.beginnings:
                self._beginnings[beginning].append(numbers)

    def _from(self, word: str) -> set[int]:
        """The patterns whose first word may be this one."""
        found = [*self._whole.get(word, ())]
        for length in range(1, len(word) + 1):
            found += self._beginnings.get(word[:length], ())
        return {number for numbers in found for number in numbers}

    def _found(self, said: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Every pattern in these words: (its number, where it begins, where it ends)."""
        for start, word in enumerate(said):
            for number in self._from(word):
                end = self._patterns[number].end(said, start)
                if end is not None:
                    yield number, start, end

    def first(self, said: Sequence[str]) -> str | None:
        """The name of the first pattern that stands in these folded words, else None."""
        number = min((number for number, _, _ in self._found(said)), default=None)
        return None if number is None else self._patterns[number].name

    def without(self, said: Sequence[str]) -> list[str]:
        """The folded words without every pattern that stands in them, what stands in its gaps included."""
        taken = {place for _, start, end in self._found(said) for place in range(start, end)}
        return [word for place, word in enumerate(said) if place not in taken]
