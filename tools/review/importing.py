"""Reading a reviewer's sheet back: her words into the files, and who has read what on which day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from tools.review.passages import Passage, fingerprint, judgements_path, passages, read_judgements
from tools.review.sheet import Judgement
from tools.tree import Tree

_PLACES = re.compile(r"%?\{[^{}]*\}")
_INITIALS = re.compile(r"[^\W\d_](?:[^\W\d_]|[. -]){0,11}")


@dataclass(frozen=True)
class Review:
    """One sheet that is being read back: the passages there are, what was judged of them, by whom and when."""

    tree: Tree
    code: str
    known: Mapping[str, Passage]
    taken: Mapping[str, Judgement]
    by: str
    on: date


@dataclass
class Outcome:
    """What a sheet did: files written, passages judged, remarks that somebody must read, faults that stopped it."""

    written: set[Path] = field(default_factory=set)
    judged: int = 0
    better: int = 0
    whole: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def are_initials(text: str) -> bool:
    """Initials or a short name, so that a line says who without saying more than is needed."""
    return _INITIALS.fullmatch(text) is not None


def take_back(tree: Tree, code: str, given: list[Judgement], by: str, on: date) -> Outcome:
    """Write what a reviewer said. Nothing is written when a row has a fault.

    A text counts as reviewed when every one of its sections was found good or bettered in this sheet.
    """
    outcome = Outcome()
    known = {passage.key: passage for passage in passages(tree, code)}
    taken: dict[str, Judgement] = {}
    for judgement in given:
        fault = _fault(judgement, known.get(judgement.key))
        if fault:
            outcome.faults.append(f"row {judgement.row}, {judgement.key}: {fault}")
        elif judgement.good or judgement.better:
            taken[judgement.key] = judgement
        if judgement.comment:
            outcome.remarks.append(f"{judgement.key}: {judgement.comment}")
    if outcome.faults:
        return outcome
    outcome.judged, outcome.better = len(taken), sum(bool(judgement.better) for judgement in taken.values())
    review = Review(tree, code, known, taken, by, on)
    _articles(review, outcome)
    _words(review, outcome)
    return outcome


def _fault(judgement: Judgement, passage: Passage | None) -> str | None:
    if passage is None:
        return "there is no such passage any more. Begin from a fresh sheet."
    if passage.fingerprint != judgement.fingerprint:
        return "the text was changed after this sheet was made. Read it again in a fresh sheet."
    if judgement.good and judgement.better:
        return "it is both good and to be replaced; choose one."
    if judgement.better and sorted(_PLACES.findall(judgement.better)) != sorted(_PLACES.findall(passage.words)):
        return "the better words do not hold the same places in braces as the old ones."
    return None


def _articles(review: Review, outcome: Outcome) -> None:
    sections: dict[str, list[str]] = defaultdict(list)
    for key in review.known:
        if key.startswith("article/"):
            sections[key.partition("#")[0]].append(key)
    for article, keys in sections.items():
        judged = [key for key in keys if key in review.taken]
        if not judged:
            continue
        path = review.tree.root / "knowledge" / f"articles{article.removeprefix('article')}" / f"{review.code}.md"
        content = path.read_text(encoding="utf-8")
        for key in judged:
            if review.taken[key].better:
                content = _replaced(content, key.partition("#")[2], review.taken[key].better)
        if len(judged) == len(keys):
            revision = review.tree.knowledge.articles[article.removeprefix("article/").replace("/", ".")].revision
            content = _reviewed(content, revision, review.by, review.on)
            outcome.whole.append(article.removeprefix("article/"))
        if content != path.read_text(encoding="utf-8"):
            path.write_text(content, encoding="utf-8")
            outcome.written.add(path)


def _replaced(content: str, section: str, words: str) -> str:
    """The file with other words in one section."""
    head, _, body = content.partition("\n---\n")
    parts = re.split(r"(?m)^(#{1,2} .*)$", body)
    name = "title"
    for at in range(1, len(parts), 2):
        heading = parts[at]
        name = "main" if heading.startswith("# ") else heading[3:].strip()
        if section == "title" and name == "main":
            parts[at] = f"# {' '.join(words.split())}"
        elif section == name:
            last = at + 2 >= len(parts)
            parts[at + 1] = f"\n\n{words.strip()}\n" + ("" if last else "\n")
    return f"{head}\n---\n{''.join(parts)}"


def _reviewed(content: str, revision: int, by: str, on: date) -> str:
    """The file with a head that says who has reviewed which revision, and when."""
    head, _, body = content.partition("\n---\n")
    kept = [line for line in head.splitlines() if not line.startswith(("status:", "reviewed:", "revision:"))]
    kept += [f"revision: {revision}", "status: reviewed", f'reviewed: {{by: "{by}", date: "{on}"}}']
    return "\n".join(kept) + f"\n---\n{body}"


def _words(review: Review, outcome: Outcome) -> None:
    judged = read_judgements(review.tree.root)
    own = judged.setdefault(review.code, {})
    for key, judgement in review.taken.items():
        if key.startswith("article/"):
            continue
        words = judgement.better or review.known[key].words
        if judgement.better:
            outcome.written.add(_write_words(review.tree.root, review.code, key, words))
        own[key] = {"by": review.by, "date": review.on.isoformat(), "of": fingerprint(words)}
    if not own:
        return
    path = judgements_path(review.tree.root)
    comment = (
        "# Who has reviewed which interface words and meanings, and the fingerprint of what they read.\n"
        "# Written by `python -m tools review`; articles say it in their own heads.\n"
    )
    text = comment + yaml.safe_dump(judged, allow_unicode=True, sort_keys=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        outcome.written.add(path)


def _write_words(root: Path, code: str, key: str, words: str) -> Path:
    """Put other words into the locale file or the glossary, leaving every other line as it stands."""
    kind, _, name = key.partition("/")
    if kind == "words":
        path, wanted = root / f"bot/locales/{code}.yml", [code, *name.split(".")]
    else:
        path, wanted = root / "knowledge/glossary.yml", [name, code]
    lines = path.read_text(encoding="utf-8").split("\n")
    for first, last, indent, label in _entries(lines, wanted):
        lines[first : last + 1] = [f"{indent}{label}: {_quoted(words)}"]
        break
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _quoted(words: str) -> str:
    dumped = yaml.safe_dump(words, allow_unicode=True, default_style='"', width=10**9)
    return dumped.strip()


def _entries(lines: list[str], wanted: list[str]) -> Iterator[tuple[int, int, str, str]]:
    """The lines of one value: (first, last, what stands before the key, the key as written)."""
    content = "\n".join(lines)
    node = yaml.compose(content, Loader=yaml.SafeLoader)
    for depth, name in enumerate(wanted):
        for key, value in getattr(node, "value", ()):
            if key.value == name:
                if depth == len(wanted) - 1:
                    first, last = key.start_mark.line, value.end_mark.line
                    if value.end_mark.column == 0:
                        last -= 1
                    label = lines[first][key.start_mark.column : key.end_mark.column]
                    yield first, last, lines[first][: key.start_mark.column], label
                    return
                node = value
                break
        else:
            return
