"""Letters belong to the language: no look-alikes, no stray signs, one form for each letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.languages import languages
from tools.problems import Problem
from tools.tree import Tree

_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SCRIPTS = {
    "Latn": "LATIN",
    "Cyrl": "CYRILLIC",
    "Arab": "ARABIC",
    "Ethi": "ETHIOPIC",
}
_FOREIGN_FORMS = {
    "ar": {"ی": "ي", "ک": "ك"},
    "prs": {"ي": "ی", "ك": "ک"},
    "ps": {"ك": "ک"},
}
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=200_000)
def _scripts(word: str) -> frozenset[str]:
    """The scripts of a word's letters; a few thousand words make up most of all texts."""
    letters = (letter for letter in word if unicodedata.category(letter) in ("Lu", "Ll", "Lo"))
    return frozenset(unicodedata.name(letter, "?").split(" ", 1)[0] for letter in letters)


def faults(line: str, code: str) -> Iterator[str]:
    """What is wrong with the letters of one line in a language."""
    if not unicodedata.is_normalized("NFC", line):
        yield "the text is not in the form NFC; searching and reading aloud would miss it"
    if _CONTROLS.search(line):
        yield "there is an invisible sign of direction; the program sets directions itself"
    for wrong, right in _FOREIGN_FORMS.get(code, {}).items():
        if wrong in line:
            yield f"the letter {wrong} (U+{ord(wrong):04X}) belongs to another language; write {right}"
    allowed = {"LATIN", "MODIFIER", _SCRIPTS.get(languages()[code].script, "LATIN")}
    for word in _WORD.findall(line):
        scripts = _scripts(word)
        if scripts - allowed:
            yield f"{word!r} has letters of another script ({', '.join(sorted(scripts - allowed)).lower()})"
        elif "CYRILLIC" in scripts and "LATIN" in scripts:
            yield f"{word!r} mixes Latin and Cyrillic letters that look alike"


def check(tree: Tree) -> Iterator[Problem]:
    """Yield lines of articles and locale files whose letters are wrong."""
    remedy = "Type the word again with the keyboard of the language."
    for path in sorted((tree.root / "knowledge/articles").glob("*/*/*.md")):
        code = path.stem.removeprefix("staff.")
        if code in languages():
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                for what in faults(line, code):
                    yield Problem(path, number, f"{what}.", remedy)
    for code, file in tree.locales.items():
        if code in languages():
            for key, text in file.texts.items():
                for what in faults(text.value, code):
                    yield Problem(file.path, text.line, f"{key}: {what}.", remedy)
