"""A translation says the same facts and offices as the Norwegian text, section by section, and is a translation."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guidance.articles import ArticleText, Placeholder, Template
from tools.checks.readability import plain, sections
from tools.problems import Problem
from tools.tree import Tree

NORWEGIAN = ("nb", "nn")


def _held(template: Template) -> set[str]:
    return {f"{part.kind}:{part.name}".rstrip(":") for part in template if isinstance(part, Placeholder)}


def _differences(text: ArticleText, original: ArticleText) -> Iterator[tuple[str, str]]:
    wanted = sections(original)
    for name, template in sections(text).items():
        if name not in wanted:
            continue
        missing, extra = _held(wanted[name]) - _held(template), _held(template) - _held(wanted[name])
        if missing or extra:
            told = [f"lacks {', '.join(sorted(missing))}"] if missing else []
            told += [f"has {', '.join(sorted(extra))} more"] if extra else []
            yield (
                name,
                f"the section {name} {' and '.join(told)} than the Norwegian text. Readers learn otherwise.",
            )
        elif text.language not in NORWEGIAN and plain(template) == plain(wanted[name]):
            yield (
                name,
                f"the section {name} is the Norwegian text itself. It would be read aloud as another language.",
            )


def check(tree: Tree) -> Iterator[Problem]:
    """Yield sections that hold other facts, offices or names than the Norwegian ones, or were left in Norwegian."""
    for article in tree.knowledge.articles.values():
        for texts in (article.parent_texts, article.staff_texts):
            original = texts.get("nb")
            for text in texts.values():
                if original is None or text is original or text.revision < original.revision:
                    continue  # an outdated text is told as such
                for name, what in _differences(text, original):
                    yield Problem(
                        text.path,
                        text.lines.get(name, 1),
                        what,
                        "Put the same {fact:…}, {contact:…} and {municipality} into both.",
                    )
