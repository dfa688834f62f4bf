"""Every article exists in every offered language, with the sections that its readers need.

A language whose texts still grow gets one line that counts what is missing: its readers get the English or Norwegian
text and are told so, never silently.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree

STAFF_LANGUAGES = ("nb", "nn", "en")


def check(tree: Tree) -> Iterator[Problem]:
    """Yield texts and sections that are missing."""
    yield from _growing(tree)
    broken = {error.path for error in tree.knowledge_errors}
    for article in tree.knowledge.articles.values():
        folder = article.path.parent
        wanted: list[tuple[str, str]] = []
        if article.audience != "staff":
            wanted += [
                (code, f"{code}.md")
                for code in dict.fromkeys(("nb", *tree.codes))
                if code not in article.parent_texts and code not in tree.growing
            ]
        if article.audience != "parent":
            staff = [code for code in STAFF_LANGUAGES if code == "nb" or code in tree.codes]
            wanted += [(code, f"staff.{code}.md") for code in staff if code not in article.staff_texts]
        for code, name in wanted:
            if folder / name in broken:
                continue
            why = (
                "Without the Norwegian text the topic is not answered at all."
                if code == "nb"
                else "Readers get another language."
            )
            yield Problem(
                folder / name,
                1,
                f"the text is missing. {why}",
                f"Write it; article.yml is at revision {article.revision}.",
            )
        for text in article.parent_texts.values():
            if text.brief is None and text.language in tree.codes:
                yield Problem(
                    text.path,
                    1,
                    "the section brief is missing. A parent with an own case would get no general rule "
                    "above the offer of a person.",
                    "Add '## brief' with one or two calm sentences.",
                )


def _growing(tree: Tree) -> Iterator[Problem]:
    for code in tree.growing:
        missing = [
            topic.id
            for topic in tree.knowledge.topics.values()
            if topic.must
            and (article := tree.knowledge.articles.get(topic.id))
            and article.audience != "staff"
            and code not in article.parent_texts
        ]
        if missing:
            yield Problem(
                tree.knowledge.root / "articles",
                1,
                f"{code} lacks {len(missing)} texts on topics that must be answered ({', '.join(missing[:4])} …). "
                "Its readers get English or Norwegian and are told so.",
                f"Run `python -m tools validate --language {code}` for the whole list.",
                is_warning=True,
            )
