"""The passages of a language that a reviewer reads: sections of articles, interface words, meanings of words.

Each passage has a key that finds it again and a fingerprint of its words, so that a judgement never lands on words
that were changed after the reviewer had read them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.guidance.articles import ArticleText, Placeholder, Template
from tools.checks.readability import sections
from tools.tree import STAFF_ONLY, Tree

AREAS_FIRST = ("crisis", "consent", "handoff")
"""Interface words that come first, because most harm is done where they are wrong."""


@dataclass(frozen=True)
class Passage:
    """One row of the sheet.

    ``key`` is ``article/<area>/<topic>#<section>``, ``words/<locale key>`` or ``glossary/<word>``.
    """

    key: str
    where: str
    norwegian: str
    words: str
    state: str

    @property
    def fingerprint(self) -> str:
        """Eight letters that change when a word changes."""
        return fingerprint(self.words)


def fingerprint(words: str) -> str:
    """Eight hexadecimal letters of the SHA-256 of some words, blanks at the ends and line ends apart."""
    return hashlib.sha256("\n".join(words.split("\n")).strip().encode()).hexdigest()[:8]


def written(template: Template) -> str:
    """A section as it stands in its file, placeholders in braces."""
    parts = []
    for part in template:
        if isinstance(part, Placeholder):
            parts.append("{" + f"{part.kind}:{part.name}".rstrip(":") + "}")
        else:
            parts.append(part)
    return "".join(parts).strip()


def article_sections(text: ArticleText) -> dict[str, str]:
    """The title and the sections of a text, by name, in the order of reading."""
    found = sections(text)
    order = ["main", "brief", *(name for name in found if name not in ("main", "brief"))]
    return {"title": text.title} | {name: written(found[name]) for name in order if name in found}


def passages(tree: Tree, code: str) -> Iterator[Passage]:
    """Every passage of a language, what harms most when wrong first. A text that is missing has no row."""
    judged = read_judgements(tree.root)
    yield from _interface(tree, code, judged)
    areas = sorted(tree.knowledge.articles, key=lambda topic: (_weight(topic.partition(".")[0]), topic))
    for topic in areas:
        article = tree.knowledge.articles[topic]
        text, original = article.parent_texts.get(code), article.parent_texts.get("nb")
        if text is None or original is None:
            continue
        norwegian = article_sections(original)
        state = "outdated" if text.revision < article.revision else text.status
        for name, words in article_sections(text).items():
            key = f"article/{topic.replace('.', '/', 1)}#{name}"
            yield Passage(key, f"{topic}, {name}", norwegian.get(name, ""), words, state)
    for word, meanings in tree.knowledge.glossary.items():
        if code in meanings:
            known = judged.get(code, {}).get(f"glossary/{word}")
            yield Passage(
                f"glossary/{word}",
                f"glossary: {word}",
                meanings.get("nb", ""),
                meanings[code],
                _state(known, meanings[code]),
            )


def _weight(area: str) -> int:
    return {"barnevern": 0, "rights": 1, "family": 2}.get(area, 3)


def _interface(tree: Tree, code: str, judged: dict[str, dict[str, dict[str, str]]]) -> Iterator[Passage]:
    own, nb, told = (tree.locales.get(name) for name in (code, "nb", "qqq"))
    if own is None or nb is None:
        return
    keys = [key for key in own.texts if not key.startswith(STAFF_ONLY)]
    keys.sort(key=lambda key: key.partition(".")[0] not in AREAS_FIRST)
    for key in keys:
        words = own.texts[key].value
        known = judged.get(code, {}).get(f"words/{key}")
        note = told.texts[key].value if told and key in told.texts else ""
        norwegian = nb.texts[key].value if key in nb.texts else ""
        yield Passage(f"words/{key}", f"{key}: {note}".rstrip(": "), norwegian, words, _state(known, words))


def _state(judgement: dict[str, str] | None, words: str) -> str:
    if judgement is None:
        return "machine"
    return "reviewed" if judgement["of"] == fingerprint(words) else "outdated"


def judgements_path(root: Path) -> Path:
    """Where the reviews of words stand that have no head of their own."""
    return root / "knowledge" / "reviews.yml"


def read_judgements(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Who has reviewed which interface word and meaning, when, and the words' fingerprint: by language and key."""
    path = judgements_path(root)
    if not path.exists():
        return {}
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
