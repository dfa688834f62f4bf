"""The network of the weights as an ONNX graph: in full precision, to learn how far its numbers reach, and in 8 bits.

In 8 bits each product of matrices is one of whole numbers. What goes in is brought to 0 … 255 by a scale that is fixed
beforehand, not by one taken from what is read: then a sentence gives the same vector alone and in a batch, to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tools.encoder.graph import RUNTIME, Graph
from tools.encoder.weights import BLOCK, Floats, Weights

INPUT: Final = "input_ids"
OUTPUT: Final = "last_hidden_state"
LONGEST: Final = 128
"""Tokens of a sentence that there are places for; bot.nlu.encoder reads no more."""
LEVELS: Final = 63
"""Weights go from -63 to 63, seven bits: two products of 255 and 63 fit into 16 bits, where processors without VNNI add
them up. With 127 such a processor would cut sums off and give another vector."""
EVENING: Final = 0.75
"""How much of the difference between loud and quiet channels is moved from what goes in to the weights, 0 to 1."""
TINY: Final = 1e-6


@dataclass(frozen=True)
class Reach:
    """The smallest and the largest number that each channel going into a product has had."""

    low: Floats
    high: Floats

    def with_others(self, values: Floats) -> Reach:
        """The reach with that of ``values``, ``[sentence, token, channel]``, as well."""
        return Reach(np.minimum(self.low, values.min(axis=(0, 1))), np.maximum(self.high, values.max(axis=(0, 1))))

    @classmethod
    def none(cls) -> Reach:
        """The reach of nothing; that of zero is always in it, as padding and quiet channels need."""
        return cls(np.zeros((), dtype=np.float32), np.zeros((), dtype=np.float32))


class Precise:
    """The network in float32. ``inputs`` names what goes into each product, in order, four a layer."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.graph = Graph()
        self.inputs: list[str] = []

    def model(self, *, taps: bool = False) -> bytes:
        """The network as a file; with ``taps`` what goes into each product comes out as well, as ``0``, ``1`` …"""
        x = self._words()
        for layer in range(self.weights.shape.layers):
            x = self._layer(x, f"l{layer}.")
        further = {str(number): name for number, name in enumerate(self.inputs)} if taps else {}
        return self.graph.model([INPUT], {OUTPUT: x, **further}, self.weights.shape.hidden)

    def _words(self) -> str:
        """The vector of each word piece and of its place. The table stays in four bits: it is most of the memory."""
        weights, graph, hidden = self.weights, self.graph, self.weights.shape.hidden
        table = graph.nibbles(weights.words.levels, hidden)
        scale = graph.const(weights.words.scale.reshape(-1, hidden // BLOCK))
        words = graph.op(
            "GatherBlockQuantized", table, INPUT, scale,
            domain=RUNTIME, block_size=BLOCK, gather_axis=0, quantize_axis=1,
        )  # fmt: skip
        # There is one text, so every token is of the first kind, whose vector is added to that of the place.
        places = weights.matrix("emb.pos", hidden)[:LONGEST] + weights.matrix("emb.type", hidden)[0]
        first = graph.const([0], np.int64)
        place = graph.op("Slice", graph.const(places), first, graph.op("Shape", INPUT, start=1, end=2), first)
        x = graph.op("Add", words, place)
        return graph.op("LayerNormalization", x, *self._consts("emb.ln"), axis=-1, epsilon=weights.shape.epsilon)

    def _layer(self, x: str, at: str) -> str:
        """Attention, then a wide part, each beside what came in."""
        graph = self.graph
        x = self._beside(self._mixed(self._attention(x, at), at), x, at, "ao", "aln")
        # The faster of two formulas for the same bend; they differ less than eight bits can tell.
        wide = graph.op("FastGelu", self._product(x, at + "fi"), self._bias(at + "fi"), domain=RUNTIME)
        return self._beside(self._product(wide, at + "fo"), x, at, "fo", "oln")

    def _attention(self, x: str, at: str) -> str:
        matrix, bias = self._asking(at)
        asked, key, value = self.graph.ops("Split", 3, self._multiplied(x, matrix), axis=-1, num_outputs=3)
        return self.graph.op(
            "MultiHeadAttention", asked, key, value, self.graph.const(bias),
            domain=RUNTIME, num_heads=self.weights.shape.heads,
        )  # fmt: skip

    def _mixed(self, x: str, at: str) -> str:
        return self._product(x, at + "ao")

    def _asking(self, at: str) -> tuple[Floats, Floats]:
        """The matrices for what is asked, what is found by and what is found, one below the other, and their bias."""
        hidden = self.weights.shape.hidden
        return (
            np.concatenate([self.weights.matrix(f"{at}{part}.w", hidden) for part in "qkv"]),
            np.concatenate([self.weights.vector(f"{at}{part}.b") for part in "qkv"]),
        )

    def _product(self, x: str, name: str) -> str:
        width = self.weights.shape.wide if name.endswith("fo") else self.weights.shape.hidden
        return self._multiplied(x, self.weights.matrix(f"{name}.w", width))

    def _multiplied(self, x: str, matrix: Floats) -> str:
        """``x`` times a matrix of ``[out, in]``, without a bias: the next operator adds that."""
        self.inputs.append(x)
        return self.graph.op("MatMul", x, self.graph.const(matrix.T))

    def _beside(self, x: str, old: str, at: str, product: str, norm: str) -> str:
        return self.graph.op(
            "SkipLayerNormalization", x, old, *self._consts(at + norm), self._bias(at + product),
            domain=RUNTIME, epsilon=self.weights.shape.epsilon,
        )  # fmt: skip

    def _consts(self, name: str) -> list[str]:
        return [self.graph.const(self.weights.vector(f"{name}.{part}")) for part in "wb"]

    def _bias(self, name: str) -> str:
        return self.graph.const(self.weights.vector(f"{name}.b"))


class Quantised(Precise):
    """The network in 8 bits, for numbers that reach as far as ``reaches`` say, one for each of ``Precise.inputs``."""

    def __init__(self, weights: Weights, reaches: Sequence[Reach]) -> None:
        super().__init__(weights)
        self._reaches = iter(reaches)
        self._mixing = Reach.none()
        self._evened = np.ones((), dtype=np.float32)

    def _attention(self, x: str, at: str) -> str:
        matrix, bias = self._asking(at)
        reach, self._mixing = next(self._reaches), next(self._reaches)
        factor = _evening(reach, matrix)
        # The channels that come out are those of the value, so the value's matrix evens them out: no operator is
        # needed for it.
        hidden = self.weights.shape.hidden
        self._evened = _evening(self._mixing, self.weights.matrix(at + "ao.w", hidden))
        rows = np.concatenate([np.ones(2 * hidden, dtype=np.float32), self._evened])
        given, scale, zero = self._given(self.graph.op("Mul", x, self.graph.const(1 / factor)), reach, factor)
        levels, steps = self._levels((matrix * factor) / rows[:, None])
        return self.graph.op(
            "QAttention", given, levels, self.graph.const(bias / rows), scale, steps, "", zero,
            self.graph.const(np.zeros(3 * hidden), np.int8), domain=RUNTIME, num_heads=self.weights.shape.heads,
        )  # fmt: skip

    def _mixed(self, x: str, at: str) -> str:
        matrix = self.weights.matrix(at + "ao.w", self.weights.shape.hidden)
        return self._whole(x, matrix, self._mixing, self._evened)

    def _multiplied(self, x: str, matrix: Floats) -> str:
        reach = next(self._reaches)
        factor = _evening(reach, matrix)
        return self._whole(self.graph.op("Mul", x, self.graph.const(1 / factor)), matrix, reach, factor)

    def _whole(self, x: str, matrix: Floats, reach: Reach, factor: Floats) -> str:
        """The product in whole numbers; ``x`` has been divided by ``factor`` already."""
        given, scale, zero = self._given(x, reach, factor)
        levels, steps = self._levels(matrix * factor)
        return self.graph.op("MatMulIntegerToFloat", given, levels, scale, steps, zero, domain=RUNTIME)

    def _given(self, x: str, reach: Reach, factor: Floats) -> tuple[str, str, str]:
        """``x`` in whole numbers from 0 to 255, what one of them is worth, and the one that stands for zero."""
        low, high = float((reach.low / factor).min()), float((reach.high / factor).max())
        worth = max(high - low, TINY) / 255
        scale = self.graph.const(worth)
        zero = self.graph.const(round(-low / worth), np.uint8)
        return self.graph.op("QuantizeLinear", x, scale, zero), scale, zero

    def _levels(self, matrix: Floats) -> tuple[str, str]:
        """A matrix of ``[out, in]`` in whole numbers, as ``[in, out]``, and what one is worth in each column."""
        worth = np.maximum(np.abs(matrix).max(axis=1), TINY) / LEVELS
        return self.graph.const(np.rint(matrix / worth[:, None]).T, np.int8), self.graph.const(worth)


def _evening(reach: Reach, matrix: Floats) -> Floats:
    """What each channel is divided by, and the weights of that channel multiplied by, so that few bits serve all.

    A few channels are twenty times as loud as the others. Shared out evenly, they would leave the quiet ones hardly a
    level; moved into the weights whole, they would do the same there.
    """
    loud = np.maximum(np.maximum(-reach.low, reach.high), TINY)
    heavy = np.maximum(np.abs(matrix).max(axis=0), TINY)
    factor = loud**EVENING / heavy ** (1 - EVENING)
    return np.asarray(factor / np.exp(np.log(factor).mean()), dtype=np.float32)
