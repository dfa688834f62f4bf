from __future__ import annotations

from pathlib import Path

import pytest

from bot.guidance.reading import KnowledgeError, decode, parse_yaml, read_bytes

PATH = Path("knowledge/x.yml")


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a: x\nb: y\na: z\n", 3, "stands twice, first on line 1"),
        ("no: x\n", 1, "read as true or false"),
        ("a: 0301\n", 1, "more than one number"),
        ("a:\n  b: 2026-01-01\n", 2, "read as a timestamp"),
        ("a: [\n", 2, "not YAML"),
        ("- a\n", 1, "does not hold a mapping"),
        ("1: x\n", 1, "is not a text"),
        ("a: 1_000\n", 1, "more than one number"),
        ("[a]: x\n", 1, "is not a text"),
    ],
)
def test_what_yaml_would_misread_is_refused_with_its_line(content: str, line: int, words: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse_yaml(content, PATH)
    assert (caught.value.path, caught.value.line) == (PATH, line)
    assert words in str(caught.value)


def test_plain_values_keep_their_kind() -> None:
    record = parse_yaml("a: 12\nb: 1.5\nc: true\nd: null\ne: word\nf: -3\ng: 0\n", PATH)
    assert dict(record) == {"a": 12, "b": 1.5, "c": True, "d": None, "e": "word", "f": -3, "g": 0}


def test_lines_count_from_the_top_of_the_file_that_holds_the_front_matter() -> None:
    assert parse_yaml("a: x\nb: y\n", PATH, offset=1).lines == {"a": 2, "b": 3}


def test_an_empty_text_is_an_empty_record() -> None:
    assert dict(parse_yaml("# nothing\n", PATH)) == {}


@pytest.mark.parametrize(
    ("content", "read", "words"),
    [
        ("a: 1\n", lambda r: r.text("a"), "must hold a text"),
        ("a: ''\n", lambda r: r.text("a"), "is empty"),
        ("b: x\n", lambda r: r.text("a"), "'a' is missing"),
        ("a: x\n", lambda r: r.integer("a"), "a whole number"),
        ("a: true\n", lambda r: r.integer("a"), "a whole number"),
        ("a: x\n", lambda r: r.flag("a"), "true or false"),
        ("a: '2026-13-01'\n", lambda r: r.day("a"), "must be a quoted day"),
        ("a: [1]\n", lambda r: r.texts("a"), "a list of texts"),
        ("a: [x]\n", lambda r: r.records("a"), "a list of mappings"),
        ("a: x\n", lambda r: r.record("a"), "a mapping"),
        ("a: x\n", lambda r: r.one_of("a", ("y", "z")), "one of: y, z"),
        ("a: x\n", lambda r: r.only("b"), "is not known here"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(content: str, read, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        read(parse_yaml(content, PATH))


def test_a_file_that_cannot_be_read_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_bytes(tmp_path / "gone.yml")


def test_a_file_in_another_encoding_is_refused_on_the_line_of_the_wrong_byte() -> None:
    with pytest.raises(KnowledgeError, match="not UTF-8") as caught:
        decode("a: x\nb: å\n".encode("latin-1"), PATH)
    assert caught.value.line == 2
