"""The checks of the validator, one per module: ``check(tree)`` yields problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tools.checks import (
    article_coverage,
    article_placeholders,
    contact_references,
    crisis_numbers,
    digits,
    duplicate_sentences,
    fact_references,
    glossary_references,
    keyword_coverage,
    knowledge_shape,
    length_ratio,
    letters,
    locale_coverage,
    locale_placeholders,
    locale_shape,
    markup,
    municipality_completeness,
    norwegian_terms,
    overdue,
    readability,
    related_topics,
    review_state,
    section_references,
    sentence_coverage,
    sentence_labels,
    sentence_overlap,
    source_references,
    style,
    text_length,
    topic_coverage,
    translation_state,
    untranslated,
    variant_coverage,
)
from tools.problems import Problem
from tools.tree import Tree

Check = Callable[[Tree], Iterable[Problem]]

CHECKS: dict[str, tuple[Check, ...]] = {
    "shape": (knowledge_shape.check, locale_shape.check),
    "references": (
        fact_references.check,
        source_references.check,
        contact_references.check,
        related_topics.check,
        crisis_numbers.check,
        glossary_references.check,
        section_references.check,
    ),
    "coverage": (
        article_coverage.check,
        variant_coverage.check,
        topic_coverage.check,
        keyword_coverage.check,
        municipality_completeness.check,
        locale_coverage.check,
    ),
    "time": (overdue.check, translation_state.check, review_state.check, digits.check),
    "text": (
        text_length.check,
        length_ratio.check,
        untranslated.check,
        norwegian_terms.check,
        readability.check,
        style.check,
        markup.check,
        article_placeholders.check,
        letters.check,
        locale_placeholders.check,
    ),
    "sentences": (
        sentence_labels.check,
        sentence_coverage.check,
        duplicate_sentences.check,
        sentence_overlap.check,
    ),
}
"""The checks by what they protect, in the order they speak."""


COSTLIEST: Check = sentence_overlap.check
"""The check that takes as long as half of the others together."""


def run(tree: Tree, without: Check | None = None) -> list[Problem]:
    """Run every check, or every check ``without`` one."""
    return [
        problem for checks in CHECKS.values() for check in checks if check is not without for problem in check(tree)
    ]
