"""Builds an ONNX graph node by node. Knows nothing of any network; the tests build theirs with it too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.encoder.weights import MIDDLE, Bytes

RUNTIME: Final = "com.microsoft"
"""The operators that onnxruntime adds to those of ONNX."""
OPSET: Final = 21
"""The first with tensors of four bits."""
FORMAT: Final = 10


class Graph:
    """Nodes and constants of a network; each method returns the name of what it adds."""

    def __init__(self) -> None:
        # Not among the product's own libraries (requirements-encoder.txt), so only where a graph is built.
        import onnx

        self._onnx: Any = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output; an empty name leaves out an input that may be left out."""
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(self, kind: str, outputs: int, *inputs: str, **attributes: Any) -> list[str]:
        """A node with so many outputs."""
        names = [f"{kind}{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(self._onnx.helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def const(self, value: Any, kind: Any = np.float32) -> str:
        """A constant, a number or an array of ``kind``."""
        name = f"constant{len(self._constants)}"
        # np.array, not ascontiguousarray: that would make a row of a single number, which some operators refuse.
        array = np.array(value, dtype=kind, order="C")
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def nibbles(self, levels: Bytes, columns: int) -> str:
        """A constant of four bits a number, in rows of ``columns``, from levels 0 to 15; level 8 becomes zero."""
        # In two's complement a level less 8 is the level with its highest bit turned; of each two the first is low.
        flat = (levels ^ MIDDLE).reshape(-1, 2)
        packed = (flat[:, 0] | (flat[:, 1] << 4)).astype(np.uint8)
        name = f"constant{len(self._constants)}"
        kind = self._onnx.TensorProto.INT4
        shape = [levels.size // columns, columns]
        self._constants.append(self._onnx.helper.make_tensor(name, kind, shape, packed.tobytes(), raw=True))
        return name

    def model(self, inputs: list[str], outputs: Mapping[str, str], size: int) -> bytes:
        """The whole as a file: token numbers go in, ``[sentence, token, number]`` comes out.

        ``outputs`` names what comes out, and the node it comes from. ``size`` is how many numbers a token has in the
        first of them; in the others it is left open.
        """
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        ends = [helper.make_node("Identity", [node], [name]) for name, node in outputs.items()]
        graph = helper.make_graph(
            [*self._nodes, *ends],
            "encoder",
            [helper.make_tensor_value_info(name, kinds.INT64, ["sentences", "tokens"]) for name in inputs],
            [
                helper.make_tensor_value_info(name, kinds.FLOAT, ["sentences", "tokens", size if first else None])
                for first, name in zip([True] + [False] * len(outputs), outputs, strict=False)
            ],
            self._constants,
        )
        sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        content = helper.make_model(graph, opset_imports=sets, ir_version=FORMAT).SerializeToString()
        return bytes(content)

    def write(self, path: Path, inputs: list[str], output: str, node: str, size: int) -> None:
        """Write the whole into a file, with one output; see ``model``."""
        path.write_bytes(self.model(inputs, {output: node}, size))
