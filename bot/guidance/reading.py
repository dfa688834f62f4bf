"""Strict reading of YAML and front matter: every value knows the file and line it came from.

PyYAML reads ``no`` as false, ``0301`` as 193, a bare date as an object, and keeps the last of two equal keys
without a word. A knowledge editor must be told instead, so files are read as nodes and refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_Kind = TypeVar("_Kind")

REMEDY_FORMATS = "See docs/formats.md."


class KnowledgeError(Exception):
    """A file of the knowledge base cannot be used: where, ``what`` is wrong, ``why`` it matters, the ``remedy``."""

    def __init__(self, path: Path, line: int, what: str, why: str, remedy: str = REMEDY_FORMATS) -> None:
        super().__init__(path, line, what, why, remedy)
        self.path = path
        self.line = line
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.what}\n  {self.why}\n  {self.remedy}"


@dataclass(frozen=True)
class Record(Mapping[str, Any]):
    """A YAML mapping that knows its file and the line of each key. Nested mappings are records too."""

    path: Path
    line: int
    values_by_key: Mapping[str, Any]
    lines: Mapping[str, int]

    def __getitem__(self, key: str) -> Any:
        return self.values_by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_key)

    def __len__(self) -> int:
        return len(self.values_by_key)

    def error(self, key: str | None, what: str, why: str, remedy: str = REMEDY_FORMATS) -> KnowledgeError:
        """An error at the line of ``key``, or of the record when there is no such key."""
        return KnowledgeError(self.path, self.lines.get(key or "", self.line), what, why, remedy)

    def only(self, *keys: str) -> None:
        """Refuse keys that are not among ``keys``."""
        for key in self:
            if key not in keys:
                raise self.error(
                    key,
                    f"the key {key!r} is not known here.",
                    "A misspelt key would be passed over without a word.",
                    f"Known keys: {', '.join(keys)}.",
                )

    def get_as(self, key: str, kind: type[_Kind], expected: str, default: _Kind | None = None) -> _Kind:
        """Return the value of ``key``, which must be a ``kind``; ``default`` when the key is absent."""
        if key not in self.values_by_key:
            if default is not None:
                return default
            raise self.error(None, f"the key {key!r} is missing.", f"It must hold {expected}.", "Add it.")
        value = self.values_by_key[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, f"{key!r} holds {value!r}.", f"It must hold {expected}.")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty (a given default may be)."""
        value = self.get_as(key, str, "a text", default)
        if not value.strip() and default is None:
            raise self.error(key, f"{key!r} is empty.", "It must hold a text.", "Write it.")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return a text that is one of ``allowed``."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.error(key, f"{key!r} is {value!r}.", f"It must be one of: {', '.join(allowed)}.")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        return self.get_as(key, int, "a whole number", default)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        return self.get_as(key, bool, "true or false", default)

    def day(self, key: str) -> date:
        """Return a day written as "YYYY-MM-DD"."""
        value = self.text(key)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(key, f"{key!r} is {value!r}.", 'It must be a quoted day such as "2026-11-22".') from None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; () when the key is absent."""
        values = self.get_as(key, list, "a list of texts", [])
        for value in values:
            if not isinstance(value, str):
                raise self.error(key, f"{key!r} holds {value!r}.", "It must hold a list of texts.")
        return tuple(values)

    def record(self, key: str) -> Record:
        """Return a nested mapping."""
        return self.get_as(key, Record, "a mapping")

    def record_or_empty(self, key: str) -> Record:
        """Return a nested mapping, an empty one when the key is absent."""
        return self.get_as(key, Record, "a mapping", Record(self.path, self.line, {}, {}))

    def records(self, key: str) -> tuple[Record, ...]:
        """Return a list of mappings; () when the key is absent."""
        values = self.get_as(key, list, "a list of mappings", [])
        for value in values:
            if not isinstance(value, Record):
                raise self.error(key, f"{key!r} holds {value!r}.", "It must hold a list of mappings.")
        return tuple(values)


def _scalar(node: yaml.ScalarNode, path: Path, line: int) -> str | int | float | bool | None:
    kind = node.tag.removeprefix(_TAG)
    text: str = node.value
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise KnowledgeError(
            path, line, f"{text} is read as true or false by YAML.", "It was meant as a word.", "Quote it."
        )
    if kind in ("int", "float"):
        plain = text.removeprefix("-")
        if plain == "0" or (plain.isdigit() and not plain.startswith("0")):
            return int(text)
        whole, _, part = plain.partition(".")
        if kind == "float" and whole.isdigit() and part.isdigit():
            return float(text)
        raise KnowledgeError(
            path, line, f"{text} can be read as more than one number.", "A leading zero makes it octal.", "Quote it."
        )
    raise KnowledgeError(
        path, line, f"{text} is read as a {kind} by YAML.", "Days and numbers with zeros are texts here.", "Quote it."
    )


def _construct(node: yaml.Node, path: Path, offset: int) -> Any:
    line = node.start_mark.line + 1 + offset
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, line)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, path, offset) for item in node.value]
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1 + offset
        key = _scalar(key_node, path, key_line) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            raise KnowledgeError(path, key_line, f"the key {key!r} is not a text.", "Keys are texts here.", "Quote it.")
        if key in values:
            raise KnowledgeError(
                path,
                key_line,
                f"the key {key!r} stands twice, first on line {lines[key]}.",
                "Only one of the two would count, and nobody could see which.",
                "Keep one of them.",
            )
        values[key] = _construct(value_node, path, offset)
        lines[key] = key_line
    return Record(path, line, values, lines)


def read_bytes(path: Path) -> bytes:
    """Read a file; raises KnowledgeError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(
            path, 1, f"the file cannot be read ({error.strerror}).", "It belongs to the knowledge base."
        ) from None


def decode(content: bytes, path: Path) -> str:
    """Decode UTF-8; raises KnowledgeError with the line of the first wrong byte."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise KnowledgeError(
            path, line, "the file is not UTF-8.", "Letters would be shown wrongly.", "Save it as UTF-8."
        ) from None


def parse_yaml(text: str, path: Path, offset: int = 0) -> Record:
    """Read a YAML mapping; ``offset`` counts the lines before it in its file. An empty text is an empty record."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 1 + offset
        raise KnowledgeError(path, line, f"this is not YAML: {error.problem}.", "The file cannot be read.") from None
    except yaml.YAMLError as error:
        raise KnowledgeError(path, 1 + offset, f"this is not YAML: {error}.", "The file cannot be read.") from None
    if node is None:
        return Record(path, 1 + offset, {}, {})
    value = _construct(node, path, offset)
    if not isinstance(value, Record):
        raise KnowledgeError(path, 1 + offset, "the file does not hold a mapping.", "It must hold keys and values.")
    return value
