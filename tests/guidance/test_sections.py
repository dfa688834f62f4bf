"""Old section numbers lead to the new ones."""

from __future__ import annotations

from datetime import date

import pytest

from bot.guidance.guide import Guide
from bot.guidance.reading import KnowledgeError
from bot.guidance.sections import number_of

SECTIONS = 'page:\n- {old: "§ 2-8", source: act, section: "§ 3-6", since: "2024-08-01", topics: [barnehage.apply]}\n'


def found(guide: Guide, query: str) -> list:
    return list(guide.search(query, language="nb", audience="parent", on=date(2026, 11, 22)))


@pytest.mark.parametrize("query", ["§ 2-8", "§2-8", "paragraf 2-8", "2-8", "Priser § 2 - 8"])
def test_an_old_section_finds_the_topic_and_says_its_new_number(write, query: str) -> None:
    guide = Guide.load(write({"sections.yml": SECTIONS}))
    first = found(guide, query)[0]
    assert first.topic == "barnehage.apply"
    assert first.snippet.startswith("Priser § 2-8 → Barnehageloven § 3-6 (1. august 2024).")


def test_without_the_list_the_old_section_finds_nothing(guide: Guide) -> None:
    assert found(guide, "§ 2-8") == []


@pytest.mark.parametrize(
    ("section", "number"),
    [("§ 2-8", "2-8"), ("§ 9A-2", "9a-2"), ("§ 12 a", "12a"), ("kapittel 12", ""), ("§§ 3-6 og 3-7", "3-6")],
)
def test_a_section_has_a_bare_number(section: str, number: str) -> None:
    assert number_of(section) == number


def test_what_is_no_section_is_refused(write) -> None:
    with pytest.raises(KnowledgeError, match="is no section"):
        Guide.load(write({"sections.yml": SECTIONS.replace("§ 2-8", "kapittel to")}))
