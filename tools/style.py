"""The house style in knowledge/style.yml: words our texts do not use, where, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.guidance.articles import AUDIENCES
from bot.guidance.reading import decode, parse_yaml, read_bytes


@dataclass(frozen=True)
class Rule:
    """One rule: ``areas`` is empty for everywhere; ``words`` by language, a star for any ending."""

    id: str
    areas: tuple[str, ...]
    audience: str
    why: str
    instead: str
    words: Mapping[str, tuple[str, ...]]

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """What to look for, by language."""
        return {language: _pattern(words) for language, words in self.words.items() if words}

    def holds_for(self, area: str, *, staff: bool) -> bool:
        """Tell whether the rule looks at a text of an area for staff or for parents."""
        return (not self.areas or area in self.areas) and self.audience in ("both", "staff" if staff else "parent")


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    forms = [re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


def read_style(path: Path) -> tuple[Rule, ...]:
    """Read ``style.yml``; () when there is none. Raises KnowledgeError."""
    if not path.exists():
        return ()
    rules: list[Rule] = []
    for entry in parse_yaml(decode(read_bytes(path), path), path).records("rules"):
        entry.only("id", "areas", "audience", "why", "instead", "words")
        words = entry.record("words")
        rules.append(
            Rule(
                id=entry.text("id"),
                areas=entry.texts("areas"),
                audience=entry.one_of("audience", AUDIENCES),
                why=entry.text("why"),
                instead=entry.text("instead"),
                words={language: words.texts(language) for language in words},
            )
        )
    return tuple(rules)
