"""Loading of the knowledge base; the only place that knows where its files lie.

``read_knowledge`` stops at the first fault, or hands every fault to ``report`` and goes on without that file, which
is what the validator needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.guidance.articles import Article, ArticleText, parse_markdown, read_head
from bot.guidance.catalogue import Source, Topic, read_sources, read_topics
from bot.guidance.facts import Fact, read_fact
from bot.guidance.glossary import read_glossary
from bot.guidance.municipalities import Municipality, read_municipality
from bot.guidance.reading import KnowledgeError, Record, decode, parse_yaml, read_bytes
from bot.guidance.sections import Successor, read_sections
from bot.languages import languages

Report = Callable[[KnowledgeError], None]


@dataclass(frozen=True)
class Knowledge:
    """Everything under ``knowledge/``; ``revision`` changes with any byte of it."""

    root: Path
    revision: str
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    fact_paths: Mapping[str, Path]
    articles: Mapping[str, Article]
    municipalities: Mapping[str, Municipality]
    crisis: Mapping[str, tuple[str, ...]]
    glossary: Mapping[str, Mapping[str, str]]
    sections: tuple[Successor, ...]

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas in the order of topics.yml."""
        return tuple(dict.fromkeys(topic.area for topic in self.topics.values()))


class _Reader:
    """Reads files below a folder and keeps the hash of all it read."""

    def __init__(self, root: Path, report: Report | None) -> None:
        self.root = root
        self._report = report
        self._hash = hashlib.sha256()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Hand a fault to ``report`` and go on; without ``report``, let it through."""
        try:
            yield
        except KnowledgeError as error:
            if self._report is None:
                raise
            self._report(error)

    def text(self, path: Path) -> str:
        content = read_bytes(path)
        self._hash.update(f"{path.relative_to(self.root)}\0{len(content)}\0".encode())
        self._hash.update(content)
        return decode(content, path)

    def record(self, path: Path) -> Record:
        return parse_yaml(self.text(path), path)

    def optional(self, path: Path) -> Record:
        return self.record(path) if path.exists() else Record(path, 1, {}, {})

    @property
    def revision(self) -> str:
        return self._hash.hexdigest()[:16]


def _facts(reader: _Reader) -> tuple[dict[str, Fact], dict[str, Path]]:
    facts: dict[str, Fact] = {}
    paths: dict[str, Path] = {}
    for path in sorted((reader.root / "facts").glob("*/*.yml")):
        with reader.collecting():
            fact_id = f"{path.parent.name}.{path.stem}"
            facts[fact_id] = read_fact(reader.record(path), fact_id)
            paths[fact_id] = path
    return facts, paths


def _text(reader: _Reader, path: Path, article: Article) -> ArticleText:
    staff = path.name.startswith("staff.")
    language = path.stem.removeprefix("staff.")
    if language not in languages():
        raise KnowledgeError(
            path,
            1,
            f"{language!r} is not in the registry of languages.",
            "Nobody could choose the text.",
            "See bot/languages.yml.",
        )
    if staff and not languages()[language].staff:
        raise KnowledgeError(
            path, 1, f"staff do not read {language!r}.", "Nobody could choose the text.", "Staff texts: nb, nn, en."
        )
    if article.audience == ("parent" if staff else "staff"):
        raise KnowledgeError(
            path,
            1,
            f"the article is for {article.audience}s only.",
            "Nobody would see this text.",
            "Correct audience in article.yml.",
        )
    variants = tuple(variant.id for variant in article.variants)
    return parse_markdown(reader.text(path), path, language=language, staff=staff, variants=variants)


def _articles(reader: _Reader, topics: Mapping[str, Topic]) -> dict[str, Article]:
    articles: dict[str, Article] = {}
    for path in sorted((reader.root / "articles").glob("*/*/article.yml")):
        folder = path.parent
        topic = f"{folder.parent.name}.{folder.name}"
        with reader.collecting():
            article = read_head(reader.record(path), topic)
            if topic not in topics:
                raise KnowledgeError(
                    path,
                    1,
                    f"there is no topic {topic!r} in topics.yml.",
                    "Nothing could lead to this article.",
                    "Correct the folder.",
                )
            texts: dict[bool, dict[str, ArticleText]] = {True: {}, False: {}}
            for file in sorted(folder.glob("*.md")):
                with reader.collecting():
                    text = _text(reader, file, article)
                    texts[text.staff][text.language] = text
            articles[topic] = replace(article, parent_texts=texts[False], staff_texts=texts[True])
    return {topic: articles[topic] for topic in topics if topic in articles}


def _crisis(record: Record) -> dict[str, tuple[str, ...]]:
    details: dict[str, tuple[str, ...]] = {}
    for detail in record:
        entry = record.record(detail)
        entry.only("numbers")
        details[detail] = entry.texts("numbers")
    return details


def read_knowledge(root: Path, report: Report | None = None) -> Knowledge:
    """Read the knowledge base below ``root``.

    Raises KnowledgeError for the first fault; with ``report`` each fault is handed over instead and the file it
    stands in is left out.
    """
    reader = _Reader(root, report)
    topics: dict[str, Topic] = {}
    sources: dict[str, Source] = {}
    crisis: dict[str, tuple[str, ...]] = {}
    glossary: dict[str, dict[str, str]] = {}
    sections: tuple[Successor, ...] = ()
    with reader.collecting():
        topics = read_topics(reader.record(root / "topics.yml"))
    with reader.collecting():
        sources = read_sources(reader.optional(root / "sources.yml"))
    with reader.collecting():
        crisis = _crisis(reader.optional(root / "crisis.yml"))
    with reader.collecting():
        glossary = read_glossary(reader.optional(root / "glossary.yml"))
    with reader.collecting():
        sections = read_sections(reader.optional(root / "sections.yml"))
    facts, fact_paths = _facts(reader)
    articles = _articles(reader, topics)
    municipalities: dict[str, Municipality] = {}
    for path in sorted((root / "municipalities").glob("*.yml")):
        with reader.collecting():
            municipalities[path.stem] = read_municipality(reader.record(path), path.stem, facts)
    return Knowledge(
        root=root,
        revision=reader.revision,
        topics=topics,
        sources=sources,
        facts=facts,
        fact_paths=fact_paths,
        articles=articles,
        municipalities=municipalities,
        crisis=crisis,
        glossary=glossary,
        sections=sections,
    )
