"""No passage of a translation was left in Norwegian or English."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks.readability import plain, sections, sentences, words
from tools.problems import Problem
from tools.tree import Tree

ORIGINALS = ("nb", "nn", "en")
RUN = 6
"""So many words in a row that also stand in the original are no name of an act or an office."""


def _runs(text: str) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for sentence in sentences(text):
        parts = [word.casefold() for word in words(sentence)]
        found.update(tuple(parts[start : start + RUN]) for start in range(len(parts) - RUN + 1))
    return found


def check(tree: Tree) -> Iterator[Problem]:
    """Yield sections that hold a stretch of the Norwegian or English text."""
    for article in tree.knowledge.articles.values():
        originals = {code: text for code, text in article.parent_texts.items() if code in ORIGINALS}
        known = {code: _runs(" . ".join(map(plain, sections(text).values()))) for code, text in originals.items()}
        for text in article.parent_texts.values():
            if text.language in ORIGINALS:
                continue
            for name, template in sections(text).items():
                own = _runs(plain(template))
                for code, runs in known.items():
                    if left := own & runs:
                        yield Problem(
                            text.path,
                            text.lines.get(name, 1),
                            f"the section {name} holds words of the {code} text: {' '.join(min(left))!r}. "
                            "They would be read aloud as another language.",
                            "Translate them; a name in Norwegian stands in brackets.",
                        )
                        break
