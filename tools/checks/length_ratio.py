"""A translation is about as long as the Norwegian text: much shorter leaves out, much longer adds."""

from __future__ import annotations

from collections.abc import Iterator

from bot.languages import languages
from tools.checks.readability import plain, sections
from tools.problems import Problem
from tools.tree import Tree

BOUNDS = {"Latn": (0.6, 1.9), "Cyrl": (0.65, 1.8), "Arab": (0.5, 1.6), "Ethi": (0.4, 1.4)}
"""Characters of a translation for each Norwegian one, by script; abjads and syllabaries need fewer."""
SHORT = 80
"""Sections with fewer Norwegian characters vary too much to say anything."""


def check(tree: Tree) -> Iterator[Problem]:
    """Warn of sections far from the length of the Norwegian one."""
    for article in tree.knowledge.articles.values():
        original = article.parent_texts.get("nb")
        if original is None:
            continue
        wanted = {name: len(plain(template)) for name, template in sections(original).items()}
        for text in article.parent_texts.values():
            if text is original or text.language not in languages() or text.revision < original.revision:
                continue
            least, most = BOUNDS.get(languages()[text.language].script, BOUNDS["Latn"])
            for name, template in sections(text).items():
                length = wanted.get(name, 0)
                if length < SHORT:
                    continue
                ratio = len(plain(template)) / length
                if not least <= ratio <= most:
                    yield Problem(
                        text.path,
                        text.lines.get(name, 1),
                        f"the section {name} has {ratio:.1f} times the length of the Norwegian one.",
                        "Compare them: nothing added, nothing left out.",
                        is_warning=True,
                    )
