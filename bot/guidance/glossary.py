"""The glossary (knowledge/glossary.yml): Norwegian words a family meets, and what they mean in plain words.

The word itself stays Norwegian in every language, because it is the word on the door and in the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.guidance.model import Term
from bot.guidance.reading import Record
from bot.languages import languages

Glossary = Mapping[str, Mapping[str, str]]
"""Meanings by language, by Norwegian word."""


def read_glossary(record: Record) -> dict[str, dict[str, str]]:
    """Read ``glossary.yml``; raises KnowledgeError."""
    glossary: dict[str, dict[str, str]] = {}
    for word in record:
        entry = record.record(word)
        entry.only(*languages())
        glossary[word] = {language: entry.text(language) for language in entry}
    return glossary


def explain(words: Iterable[str], glossary: Glossary, language: str) -> tuple[Term, ...]:
    """The words with their meaning in a language; a word without a meaning in it is left out, never replaced."""
    return tuple(
        Term(word, glossary[word][language]) for word in words if word in glossary and language in glossary[word]
    )
