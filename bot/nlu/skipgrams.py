"""Pairs of words that stand near each other but not side by side: skip-grams (Guthrie et al. 2006).

"My husband hits me" and "my husband hits the ball" have the same pairs of neighbours but the last. What tells a
sign of danger from an ordinary sentence is often who does what to whom, with other words in between. Only kinds learn
from these pairs: topics are in the words themselves.

A pair is kept as a number of four bytes: three hundred thousand of them as text would be as large as all n-grams.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

STEM = 5
"""Letters of a word that count here, so that its endings do not part what is said in the same way."""
NEAR, FAR = 2, 4
"""How many words apart the two are."""
FEWEST = 3
"""Sentences that must hold a pair before it is kept."""
_FACTOR = 0x9E3779B1
_BITS = 0xFFFFFFFF


def _numbers(text: str) -> list[int]:
    """The words of a folded text as numbers."""
    bare = (token.strip('.,!?;:()"«»-') or token for token in text.split())
    return [zlib.crc32(token[:STEM].encode()) for token in bare]


@dataclass(frozen=True)
class SkipGrams:
    """The known pairs in the order of their numbers, how rare each is, and the length of a row."""

    keys: np.ndarray
    rarity: np.ndarray
    weight: float

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def fit(cls, texts: Sequence[str], weight: float, fewest: int = FEWEST) -> tuple[SkipGrams, csr_matrix]:
        """Learn the pairs that at least ``fewest`` of the folded texts hold; also the texts' rows."""
        words: list[int] = []
        known: dict[str, int] = {}
        ends = np.zeros(len(texts) + 1, dtype=np.int64)
        for row, text in enumerate(texts):
            for token in text.split():
                number = known.get(token)
                if number is None:
                    (number,) = _numbers(token)
                    known[token] = number
                words.append(number)
            ends[row + 1] = len(words)
        rows, keys = _pairs(np.array(words, dtype=np.uint64), ends)
        names, column, counts = np.unique(keys, return_inverse=True, return_counts=True)
        often = counts >= fewest
        place = np.cumsum(often) - 1
        kept = often[column]
        rarity = (np.log((1 + len(texts)) / (1 + counts[often])) + 1).astype(np.float32)
        skipgrams = cls(names[often].astype(np.uint32), rarity, weight)
        return skipgrams, skipgrams._matrix(rows[kept], place[column[kept]], len(texts))

    def _matrix(self, rows: np.ndarray, columns: np.ndarray, size: int) -> csr_matrix:
        """The rows weighted as ``row`` weights one."""
        values = self.rarity[columns]
        lengths = np.sqrt(np.bincount(rows, weights=values * values, minlength=size))
        values = values * (self.weight / np.maximum(lengths, 1e-12)).astype(np.float32)[rows]
        ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
        shape = (size, len(self))
        return csr_matrix((values, columns.astype(np.int32), ends.astype(np.int32)), shape=shape)

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Positions and values of the pairs in one folded text."""
        words = _numbers(text)
        found = sorted(
            {
                (first * _FACTOR + second) & _BITS
                for apart in range(NEAR, FAR + 1)
                for first, second in zip(words, words[apart:], strict=False)
            }
        )
        if not found or not len(self):
            return np.array([], dtype=np.int32), np.array([], dtype=np.float32)
        keys = np.array(found, dtype=np.uint32)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        positions = places[self.keys[places] == keys].astype(np.int32)
        values = self.rarity[positions]
        length = float(np.sqrt((values * values).sum()))
        return positions, values * np.float32(self.weight / max(length, 1e-12))


def _pairs(words: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(text, pair) once for each pair that a text holds, by text; ``ends`` says where each text's words end."""
    texts = np.repeat(np.arange(len(ends) - 1, dtype=np.uint64), np.diff(ends))
    parts = []
    for apart in range(NEAR, FAR + 1):
        first, second, same = words[:-apart], words[apart:], texts[:-apart] == texts[apart:]
        keys = (first[same] * np.uint64(_FACTOR) + second[same]) & np.uint64(_BITS)
        parts.append(texts[:-apart][same] << np.uint64(32) | keys)
    both = np.unique(np.concatenate(parts))
    return (both >> np.uint64(32)).astype(np.int64), both & np.uint64(_BITS)
