"""Sentences with their place: training data (bot/data/nlu) and test conversations (tests/conversations)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Signs(dict[int, int | None]):
    """A table for ``str.translate`` that leaves out punctuation, blanks and controls, filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code))[0] in "PZC" else code
        self[code] = kept
        return kept


_SIGNS = _Signs()


class SentenceFileError(Exception):
    """A file cannot be read as sentences: ``path``, ``line`` and what is wrong."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(path, line, what)
        self.path = path
        self.line = line
        self.what = what


@dataclass(slots=True, unsafe_hash=True)
class Sentence:
    """One sentence under its label (docs/labelling.md); a turn of a conversation has no label.

    Not to be changed, which is not enforced: there are three hundred thousand, and a frozen one takes twice as long.
    """

    text: str
    label: str
    language: str
    path: Path
    line: int
    key: str = field(init=False)
    """The sentence without case, punctuation and blanks: two that differ in no more are the same."""

    def __post_init__(self) -> None:
        self.key = unicodedata.normalize("NFKC", self.text).casefold().translate(_SIGNS)


def _document(path: Path) -> yaml.MappingNode:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SentenceFileError(path, line, f"this is not YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SentenceFileError(path, 1, f"the file cannot be read: {error}") from None
    if not isinstance(node, yaml.MappingNode):
        raise SentenceFileError(path, 1, "the file does not hold a mapping")
    return node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _fields(node: yaml.Node, path: Path) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise SentenceFileError(path, _line(node), "a mapping is expected here")
    return {key.value: value for key, value in node.value}


def _items(node: yaml.Node | None, path: Path) -> list[yaml.Node]:
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise SentenceFileError(path, _line(node), "a list is expected here")
    return list(node.value)


def _text(fields: dict[str, yaml.Node], key: str, path: Path, line: int) -> str:
    node = fields.get(key)
    if not isinstance(node, yaml.ScalarNode):
        raise SentenceFileError(path, line, f"the key {key!r} is missing or holds no text")
    return str(node.value)


def training_sentences(path: Path) -> Iterator[Sentence]:
    """Read one file of training data; raises SentenceFileError."""
    language = path.parent.name
    for entry in _items(_fields(_document(path), path).get("nlu"), path):
        fields = _fields(entry, path)
        line = _line(entry)
        label = _text(fields, "intent", path, line)
        metadata = _fields(fields["metadata"], path) if "metadata" in fields else {}
        stated = _text(metadata, "language", path, line)
        if stated != language:
            raise SentenceFileError(path, line, f"the language is {stated!r}, the folder says {language!r}")
        examples = _text(fields, "examples", path, line)
        start = _line(fields["examples"]) + 1  # the text begins on the line after the bar
        for offset, row in enumerate(examples.splitlines()):
            if row.strip():
                if not row.lstrip().startswith("- "):
                    raise SentenceFileError(path, start + offset, "an example starts with '- '")
                yield Sentence(row.lstrip()[2:].strip(), label, language, path, start + offset)


def conversation_sentences(path: Path) -> Iterator[Sentence]:
    """Read one file of test conversations; raises SentenceFileError."""
    fields = _fields(_document(path), path)
    language = _text(fields, "language", path, 1)
    if language != path.parent.name:
        raise SentenceFileError(path, 1, f"the language is {language!r}, the folder says {path.parent.name!r}")
    for entry in _items(fields.get("tests"), path):
        test = _fields(entry, path)
        label = _text(test, "label", path, _line(entry))
        for message in _items(test.get("messages"), path):
            yield Sentence(str(message.value), label, language, path, _line(message))
    for entry in _items(fields.get("conversations"), path):
        for turn in _items(_fields(entry, path).get("turns"), path):
            said = _fields(turn, path).get("user")
            if isinstance(said, yaml.ScalarNode):
                yield Sentence(str(said.value), "", language, path, _line(said))
    for entry in _items(fields.get("pairs"), path):
        pair = _fields(entry, path)
        for side in ("general", "own"):
            yield Sentence(_text(pair, side, path, _line(entry)), "", language, path, _line(pair[side]))
