"""The files that the checks look at, each read once: knowledge, locales, training data, test conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.guidance.articles import Article, ArticleText
from bot.guidance.loading import Knowledge, read_knowledge
from bot.guidance.reading import KnowledgeError
from bot.languages import Language, languages
from tools.sentences import Sentence, SentenceFileError, conversation_sentences, training_sentences

STAFF_ONLY = ("alert.", "console.", "staff.")
PLURALS = ("zero", "one", "few", "many", "other")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class LocaleText:
    """One text of a locale file."""

    value: str
    line: int


@dataclass(frozen=True)
class LocaleFile:
    """A locale file with flat keys; ``faults`` are (line, what is wrong) that hinder its use."""

    path: Path
    texts: dict[str, LocaleText]
    faults: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Tree:
    """The repository below ``root`` on a day; ``codes`` are the languages looked at.

    ``growing`` are those among them that are offered while their texts still grow: what they lack is told, not refused.
    """

    root: Path
    on: date
    codes: tuple[str, ...]
    growing: tuple[str, ...] = ()

    @cached_property
    def knowledge_errors(self) -> list[KnowledgeError]:
        """Faults that kept files from being read; filled when ``knowledge`` is read."""
        return []

    @cached_property
    def knowledge(self) -> Knowledge:
        """The knowledge base, without the files that have a fault."""
        return read_knowledge(self.root / "knowledge", self.knowledge_errors.append)

    @cached_property
    def locales(self) -> dict[str, LocaleFile]:
        """The locale files by name, among them ``qqq``."""
        return {path.stem: _locale(path) for path in sorted((self.root / "bot/locales").glob("*.yml"))}

    @cached_property
    def sentence_errors(self) -> list[SentenceFileError]:
        """Faults that kept files of sentences from being read."""
        return []

    @cached_property
    def training(self) -> tuple[Sentence, ...]:
        """Every training sentence."""
        return self._sentences("bot/data/nlu", training_sentences)

    @cached_property
    def keywords(self) -> tuple[Sentence, ...]:
        """The keywords of the articles, which the model learns from as well."""
        return tuple(
            Sentence(word, f"ask/{article.id}", language, article.path, 1)
            for article in self.knowledge.articles.values()
            for language, words in article.keywords.items()
            for word in words
        )

    @cached_property
    def tests(self) -> tuple[Sentence, ...]:
        """Every test sentence and every turn of the test conversations."""
        return self._sentences("tests/conversations", conversation_sentences)

    def _sentences(self, folder: str, read: Callable[[Path], Iterator[Sentence]]) -> tuple[Sentence, ...]:
        found: list[Sentence] = []
        for path in sorted((self.root / folder).glob("*/*.yml")):
            try:
                found += read(path)
            except SentenceFileError as error:
                self.sentence_errors.append(error)
        return tuple(found)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that must be complete."""
        return tuple(languages()[code] for code in self.codes)

    def texts(self) -> Iterator[tuple[Article, ArticleText]]:
        """Every Markdown text with its article."""
        for article in self.knowledge.articles.values():
            for text in (*article.parent_texts.values(), *article.staff_texts.values()):
                yield article, text


def _locale(path: Path) -> LocaleFile:
    texts: dict[str, LocaleText] = {}
    faults: list[tuple[int, str]] = []

    def walk(node: yaml.Node, prefix: str) -> None:
        line = int(node.start_mark.line) + 1
        if isinstance(node, yaml.ScalarNode):
            if not str(node.value).strip():
                faults.append((line, f"the text {prefix} is empty"))
            texts[prefix] = LocaleText(str(node.value), line)
            return
        if not isinstance(node, yaml.MappingNode):
            faults.append((line, f"{prefix} holds a list; only texts and groups can stand here"))
            return
        seen: set[str] = set()
        for key, value in node.value:
            name, at = str(key.value), int(key.start_mark.line) + 1
            if name in seen:
                faults.append((at, f"the key {name!r} stands twice in {prefix or 'the file'}"))
            if not key.tag.endswith(":str"):
                faults.append((at, f"the key {name} is not read as a text by YAML; quote it"))
            if name in PLURALS:
                faults.append((at, f"a key cannot be named {name!r}; python-i18n takes it for a plural form"))
            seen.add(name)
            walk(value, f"{prefix}.{name}" if prefix else name)

    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        return LocaleFile(path, {}, ((error.problem_mark.line + 1 if error.problem_mark else 1, f"{error.problem}"),))
    if not isinstance(root, yaml.MappingNode) or [key.value for key, _ in root.value] != [path.stem]:
        return LocaleFile(path, {}, ((1, f"the file must hold one group named {path.stem}"),))
    walk(root.value[0][1], "")
    faults += [(text.line, f"the key {key} has one segment") for key, text in texts.items() if "." not in key]
    return LocaleFile(path, texts, tuple(faults))
