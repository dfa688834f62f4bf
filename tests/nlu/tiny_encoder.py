"""Writes a tiny BERT with random weights, and its tokenizer, into a folder of the form that bot.nlu.encoder reads.

``python -m tests.nlu.tiny_encoder FOLDER`` does so by hand, to try the setting without a pretrained encoder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tools.encoder.graph import Graph

HIDDEN, LAYERS, HEADS, TOKENS = 32, 2, 4, 160
OUTPUT = "last_hidden_state"


class _Network(Graph):
    """A graph with random weights."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = np.random.default_rng(seed)

    def matrix(self, *shape: int) -> str:
        return self.const(self._random.normal(0, 1 / np.sqrt(shape[-1]), shape))

    def linear(self, x: str, size: int, to: int) -> str:
        return self.op("Add", self.op("MatMul", x, self.matrix(size, to)), self.const(np.zeros(to)))

    def norm(self, x: str, size: int) -> str:
        return self.op("LayerNormalization", x, self.const(np.ones(size)), self.const(np.zeros(size)), axis=-1)

    def layer(self, x: str, unseen: str, hidden: int, heads: int) -> str:
        """One layer of BERT: attention, then a wide part, each beside what came in."""
        shape = self.const([0, 0, heads, hidden // heads], np.int64)
        query, key, value = (
            self.op("Transpose", self.op("Reshape", self.linear(x, hidden, hidden), shape), perm=perm)
            for perm in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        )
        scores = self.op("Div", self.op("MatMul", query, key), self.const(np.sqrt(hidden // heads)))
        share = self.op("Softmax", self.op("Add", scores, unseen), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", share, value), perm=[0, 2, 1, 3])
        flat = self.op("Reshape", mixed, self.const([0, 0, hidden], np.int64))
        x = self.norm(self.op("Add", x, self.linear(flat, hidden, hidden)), hidden)
        wide = self.linear(x, hidden, 4 * hidden)
        half = self.op("Erf", self.op("Div", wide, self.const(np.sqrt(2))))
        gelu = self.op("Mul", self.op("Mul", wide, self.const(0.5)), self.op("Add", half, self.const(1.0)))
        return self.norm(self.op("Add", x, self.linear(gelu, 4 * hidden, hidden)), hidden)


def write_network(
    path: Path, words: int, *, seed: int = 1, hidden: int = HIDDEN, layers: int = LAYERS, heads: int = HEADS
) -> None:
    """A BERT for ``words`` tokens as an ONNX file."""
    from onnx import TensorProto

    net = _Network(seed)
    length = net.op("Gather", net.op("Shape", "input_ids"), net.const(1, np.int64))
    places = net.op("Range", net.const(0, np.int64), length, net.const(1, np.int64))
    x = net.op("Gather", net.matrix(words, hidden), "input_ids")
    x = net.op("Add", x, net.op("Gather", net.matrix(TOKENS, hidden), places))
    x = net.norm(net.op("Add", x, net.op("Gather", net.matrix(2, hidden), "token_type_ids")), hidden)
    seen = net.op("Unsqueeze", net.op("Cast", "attention_mask", to=TensorProto.FLOAT), net.const([1, 2], np.int64))
    unseen = net.op("Mul", net.op("Sub", net.const(1.0), seen), net.const(-1e9))
    for _ in range(layers):
        x = net.layer(x, unseen, hidden, heads)
    net.write(path, ["input_ids", "attention_mask", "token_type_ids"], OUTPUT, x, hidden)


def write_tokenizer(path: Path, texts: Iterable[str]) -> int:
    """A WordPiece tokenizer learned from ``texts``; returns how many tokens it knows.

    It pads to a fixed length, as many published ones do, which a reader must undo.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=TOKENS)
    tokenizer.save(str(path))
    return int(tokenizer.get_vocab_size())


def write_encoder(folder: Path, texts: Iterable[str], **shape: int) -> Path:
    """A whole encoder in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    words = write_tokenizer(folder / "tokenizer.json", texts)
    write_network(folder / "model.onnx", words, **shape)
    return folder


if __name__ == "__main__":
    from bot.nlu.data import training_examples

    write_encoder(Path(sys.argv[1]), [example.text for example in training_examples()])
