"""The state of each language: who has read its texts and words, and what there is to learn from and to test with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.languages import languages
from tools.review.passages import passages
from tools.tree import Tree

STATES = ("reviewed", "draft", "machine", "outdated")


@dataclass(frozen=True)
class LanguageState:
    """One row. ``passages`` counts sections, words and meanings by state; ``must`` are (texts there, texts wanted)."""

    code: str
    english: str
    stage: str
    must: tuple[int, int]
    other: tuple[int, int]
    passages: dict[str, int]
    trained: int
    tested: int

    @property
    def reviewed(self) -> int:
        """Per cent of the passages that a native speaker has reviewed and nobody has changed since."""
        whole = sum(self.passages.values())
        return round(100 * self.passages["reviewed"] / whole) if whole else 0


def language_states(tree: Tree) -> list[LanguageState]:
    """Every registered language, hidden ones too, in the order of the registry."""
    trained = Counter(sentence.language for sentence in tree.training)
    tested = Counter(sentence.language for sentence in tree.tests)
    found = []
    for code, language in languages().items():
        there: Counter[bool] = Counter()
        wanted: Counter[bool] = Counter()
        for article in tree.knowledge.articles.values():
            if article.audience != "staff":
                must = tree.knowledge.topics[article.id].must
                wanted[must] += 1
                there[must] += code in article.parent_texts
        counted = Counter(passage.state for passage in passages(tree, code))
        found.append(
            LanguageState(
                code,
                language.english,
                language.stage,
                (there[True], wanted[True]),
                (there[False], wanted[False]),
                {state: counted[state] for state in STATES},
                trained[code],
                tested[code],
            )
        )
    return found
