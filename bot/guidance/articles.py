"""Articles: the head in article.yml and one Markdown file per language, read into templates.

Templates are parsed once, at loading; rendering an answer only fills the places in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.guidance.model import SITUATIONS
from bot.guidance.reading import KnowledgeError, Record, parse_yaml

AUDIENCES = ("parent", "staff", "both")
CONDITIONS = ("child_age", "situation")
ZONES = ("rural", "action-zone")
STATUSES = ("machine", "draft", "reviewed")
HEAD_KEYS = (
    "id",
    "audience",
    "revision",
    "since",
    "review_by",
    "owner",
    "facts",
    "sources",
    "asks",
    "variants",
    "related",
    "keywords",
    "terms",
    "links",
    "human",
)

_PLACEHOLDER = re.compile(r"\{(?:(fact|contact):([a-z0-9.-]+)|(municipality))\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Placeholder:
    """A place in a text: ``kind`` is fact, contact or municipality; ``name`` the fact id or contact kind."""

    kind: str
    name: str = ""


Template = tuple[str | Placeholder, ...]


def within(starts: date | None, ends: date | None, on: date) -> bool:
    """Tell whether a day lies in a period; ``ends`` is the first day after it, None is open."""
    return (starts is None or starts <= on) and (ends is None or on < ends)


@dataclass(frozen=True)
class When:
    """When a variant holds: every condition that is given must hold.

    ``starts`` is the first day of a rule, ``ends`` the first day on which it no longer holds: an earlier or a coming
    rule stands in a variant of its own.
    """

    situations: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    starts: date | None = None
    ends: date | None = None

    @property
    def is_dated(self) -> bool:
        """The variant says how the rule was or will be, for readers who ask about another day."""
        return self.starts is not None or self.ends is not None

    def holds(self, *, situation: str | None, zones: tuple[str, ...], child_age: int | None, on: date) -> bool:
        """Tell whether every condition holds on a day; what is not known does not hold."""
        if not within(self.starts, self.ends, on):
            return False
        if self.situations and situation not in self.situations:
            return False
        if self.zones and not set(self.zones) & set(zones):
            return False
        if self.age_min is None and self.age_max is None:
            return True
        if child_age is None:
            return False
        return (self.age_min is None or child_age >= self.age_min) and (
            self.age_max is None or child_age <= self.age_max
        )


@dataclass(frozen=True)
class Variant:
    """Another text for families in a certain position."""

    id: str
    when: When


@dataclass(frozen=True)
class Reference:
    """A source an article rests on; an act that was or will be replaced holds from ``starts`` until before ``ends``."""

    source: str
    section: str
    line: int = 0
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class ArticleText:
    """One Markdown file. ``path`` is where it came from; ``lines`` the line each section starts on."""

    path: Path
    language: str
    staff: bool
    revision: int
    status: str
    title: str
    main: Template
    brief: Template | None
    variants: Mapping[str, Template]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Article:
    """The head of a topic's answer and its texts by language, for parents and for staff.

    ``since`` is the day from which the main texts describe the rule. ``keywords`` are the words by language under which
    people look for the topic; ``terms`` are the words of the glossary that a reader can have explained;
    ``links`` the kinds of pages of a municipality that belong to the answer.
    """

    id: str
    path: Path
    audience: str
    revision: int
    review_by: date
    owner: str
    facts: tuple[str, ...]
    sources: tuple[Reference, ...]
    asks: tuple[str, ...]
    variants: tuple[Variant, ...]
    related: tuple[str, ...]
    human: str
    since: date | None = None
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    parent_texts: Mapping[str, ArticleText] = field(default_factory=dict)
    staff_texts: Mapping[str, ArticleText] = field(default_factory=dict)

    def texts(self, audience: str) -> Mapping[str, ArticleText]:
        """The texts that an audience reads; staff read the parents' text where there is none of their own."""
        if audience == "staff" and self.staff_texts:
            return self.staff_texts
        return self.parent_texts


def _age(record: Record, key: str) -> int | None:
    return record.integer(key) if key in record else None


def _period(record: Record) -> tuple[date | None, date | None]:
    starts = record.day("from") if "from" in record else None
    ends = record.day("until") if "until" in record else None
    if starts and ends and ends <= starts:
        raise record.error(
            "until", f"until {ends} is not after from {starts}.", "It would hold on no day.", "Correct it."
        )
    return starts, ends


def _when(record: Record) -> When:
    record.only("situation", "zone", "child_age", "from", "until")
    for key, allowed in (("situation", SITUATIONS), ("zone", ZONES)):
        for value in record.texts(key):
            if value not in allowed:
                raise record.error(
                    key,
                    f"{key} {value!r} is not known.",
                    "The variant would never be shown.",
                    f"Known: {', '.join(allowed)}.",
                )
    age = record.record_or_empty("child_age")
    age.only("min", "max")
    starts, ends = _period(record)
    when = When(record.texts("situation"), record.texts("zone"), _age(age, "min"), _age(age, "max"), starts, ends)
    if when == When():
        raise record.error(None, "the variant has no condition.", "It would always hide the main text.", "Add one.")
    return when


def read_head(record: Record, topic: str) -> Article:
    """Read ``article.yml``; raises KnowledgeError."""
    record.only(*HEAD_KEYS)
    if record.text("id") != topic:
        raise record.error(
            "id", f"the id is {record['id']!r}, the folder says {topic!r}.", "Ids are permanent and equal the path."
        )
    references = []
    for source in record.records("sources"):
        source.only("source", "section", "from", "until")
        references.append(Reference(source.text("source"), source.text("section", ""), source.line, *_period(source)))
    for condition in record.texts("asks"):
        if condition not in CONDITIONS:
            raise record.error("asks", f"{condition!r} cannot be asked.", f"Known: {', '.join(CONDITIONS)}.")
    variants: list[Variant] = []
    for variant in record.records("variants"):
        variant.only("id", "when")
        if variant.text("id") in [earlier.id for earlier in variants]:
            raise variant.error("id", f"the variant {variant['id']!r} stands twice.", "Only the first could be shown.")
        variants.append(Variant(variant.text("id"), _when(variant.record("when"))))
    keywords = record.record_or_empty("keywords")
    return Article(
        id=topic,
        path=record.path,
        audience=record.one_of("audience", AUDIENCES),
        revision=record.integer("revision"),
        review_by=record.day("review_by"),
        owner=record.text("owner", ""),
        facts=record.texts("facts"),
        sources=tuple(references),
        asks=record.texts("asks"),
        variants=tuple(variants),
        related=record.texts("related"),
        human=record.text("human", ""),
        since=record.day("since") if "since" in record else None,
        keywords={language: keywords.texts(language) for language in keywords},
        terms=record.texts("terms"),
        links=record.texts("links"),
    )


def parse_template(text: str, path: Path, line: int) -> Template:
    """Split a text into plain parts and placeholders; raises KnowledgeError for any other brace."""
    parts: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts.append(text[end : match.start()])
        kind, name, generic = match.groups()
        parts.append(Placeholder(generic or kind, name or ""))
        end = match.end()
    parts.append(text[end:])
    if any(isinstance(part, str) and _BRACE.search(part) for part in parts):
        # Placeholders are blanked, so that the brace found is the stray one and its line is right.
        bare = _PLACEHOLDER.sub(lambda match: " " * len(match.group()), text)
        at = min(bare.find(brace) for brace in "{}" if brace in bare)
        raise KnowledgeError(
            path,
            line + text.count("\n", 0, at),
            "there is a brace that is no placeholder.",
            "The reader would see it.",
            "Write {fact:<id>}, {contact:<kind>} or {municipality}.",
        )
    return tuple(part for part in parts if part != "")


def _flow(lines: list[str]) -> str:
    """Join wrapped lines; keep empty lines between paragraphs and one line for each item of a list."""
    blocks: list[str] = []
    fresh = True
    for raw in lines:
        line = raw.strip()
        if not line:
            fresh = True
        elif fresh:
            blocks.append(line)
            fresh = False
        elif line.startswith("- "):
            blocks[-1] += "\n" + line
        else:
            blocks[-1] += " " + line
    return "\n\n".join(blocks)


def parse_markdown(content: str, path: Path, *, language: str, staff: bool, variants: tuple[str, ...]) -> ArticleText:
    """Read one Markdown file of an article; raises KnowledgeError."""
    lines = content.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise KnowledgeError(
            path, 1, "the file does not start with front matter between two lines of ---.", "Its state is unknown."
        )
    end = 1 + [line.strip() for line in lines[1:]].index("---")
    head = parse_yaml("\n".join(lines[1:end]), path, offset=1)
    head.only("language", "revision", "status", "reviewed")
    if head.text("language") != language:
        raise head.error(
            "language",
            f"language is {head['language']!r}, the file's name says {language!r}.",
            "The text would be shown and read aloud in the wrong language.",
        )
    status = head.one_of("status", STATUSES)
    if status == "reviewed":
        reviewed = head.record("reviewed")
        reviewed.only("by", "date")
        reviewed.text("by")
        reviewed.day("date")
    title = ""
    sections: dict[str, tuple[int, list[str]]] = {}
    name = "main"
    for number, line in enumerate(lines[end + 1 :], start=end + 2):
        if line.startswith("# "):
            if title:
                raise KnowledgeError(path, number, "there is a second heading.", "A text has one title.", "Remove one.")
            title = line[2:].strip()
            sections[name] = (number + 1, [])
        elif line.startswith("#"):
            name = line.lstrip("#").strip()
            kind, _, variant = name.partition(" ")
            known = line.startswith("## ") and (
                (name == "brief" and not staff) or (kind == "variant" and variant in variants)
            )
            if not known or not title:
                raise KnowledgeError(
                    path,
                    number,
                    f"the section {line.strip()!r} is not known.",
                    "Its text would never be shown.",
                    f"Known: {'' if staff else '## brief, '}## variant <id> with an id of article.yml"
                    f"{' (' + ', '.join(variants) + ')' if variants else ''}.",
                )
            if name in sections:
                raise KnowledgeError(path, number, f"the section {name!r} stands twice.", "Only one could be shown.")
            sections[name] = (number + 1, [])
        elif line.strip():
            if not title:
                raise KnowledgeError(path, number, "there is text before the title.", "It would never be shown.")
            sections[name][1].append(line)
        elif name in sections:
            sections[name][1].append("")
    if not title:
        raise KnowledgeError(
            path, end + 2, "there is no title.", "It is the button and what search finds.", "Add '# …?'."
        )
    templates: dict[str, Template] = {}
    for name, (number, body) in sections.items():
        try:
            templates[name] = parse_template(_flow(body), path, number)
        except KnowledgeError:
            parse_template("\n".join(body), path, number)  # before its lines were joined: names the right one
            raise
        if not templates[name]:
            raise KnowledgeError(path, number, f"the section {name!r} is empty.", "The reader would see nothing.")
    return ArticleText(
        path=path,
        language=language,
        staff=staff,
        revision=head.integer("revision"),
        status=status,
        title=title,
        main=templates["main"],
        brief=templates.get("brief"),
        variants={name.split(" ", 1)[1]: text for name, text in templates.items() if name.startswith("variant ")},
        lines={name: number for name, (number, _) in sections.items()},
    )
