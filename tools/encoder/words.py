"""The word pieces of the weights as a ``tokenizer.json`` of the tokenizers library."""

from __future__ import annotations

import json
from typing import Any, Final

from tools.encoder.weights import Pieces, WeightsError

SPACE: Final = "▁"
"""What pieces have where a blank was."""


def tokenizer(pieces: Pieces) -> Any:
    """The tokenizer: characters made alike, blanks made one, the likeliest pieces, a mark before and one after.

    Raises WeightsError when the marks are no pieces.
    """
    # Not among the product's own libraries (requirements-encoder.txt), so only where a tokenizer is built.
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    number = len(pieces.scored)
    if not all(0 <= mark < number for mark in (pieces.begin, pieces.end, pieces.unknown)):
        raise WeightsError("The marks for beginning, end and unknown are no word pieces of the file.")
    made = Tokenizer(models.Unigram(pieces.scored, pieces.unknown, byte_fallback=False))
    # The two together are the table of the file; only where a file has something else does a rule of its own go first.
    common = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    other = {sign: text for sign, text in pieces.replaced.items() if common.normalize_str(sign) != text}
    rules = [normalizers.Replace(sign, text) for sign, text in sorted(other.items())]
    made.normalizer = normalizers.Sequence([*rules, common, normalizers.Replace(Regex(" {2,}"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    begin, end = (pieces.scored[mark][0] for mark in (pieces.begin, pieces.end))
    marks = [(begin, pieces.begin), (end, pieces.end)]
    made.post_processor = processors.TemplateProcessing(single=f"{begin} $A {end}", special_tokens=marks)
    return made


def settings(origin: str, prefix: str) -> str:
    """The ``encoder.json`` beside it: what goes before each text, as in training, and where the weights are from."""
    return json.dumps({"prefix": prefix, "origin": origin}, indent=2) + "\n"
