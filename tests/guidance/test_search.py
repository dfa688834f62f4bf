from __future__ import annotations

from datetime import date

import pytest

from bot.guidance.guide import Guide
from bot.guidance.search import words


def found(guide: Guide, query: str, language: str = "nb", audience="parent") -> list[str]:
    return [r.topic for r in guide.search(query, language=language, audience=audience, on=date(2026, 11, 22))]


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("koster", "nb"),
        ("KOSTER?", "nb"),
        ("hva kostr", "nb"),
        ("makspris", "nb"),
        ("barnehagekoster", "nb"),
        ("تكلفة", "ar"),
        ("koster", "ar"),
        ("barnehageloven § 20", "nb"),
        ("paragraf 20", "nb"),
    ],
)
def test_the_topic_is_found_by_words_misspellings_law_and_the_norwegian_term(guide: Guide, query, language) -> None:
    assert found(guide, query, language)[0] == "barnehage.cost"


@pytest.mark.parametrize("query", ["", "   ", "!?", "🙂", "zzzzqqqq", "§ 99"])
def test_a_query_without_a_hit_finds_nothing(guide: Guide, query: str) -> None:
    assert found(guide, query) == []


def test_scores_run_from_best_to_worst_between_0_and_1(guide: Guide) -> None:
    results = guide.search("barnehage plass pris", language="nb", audience="parent", on=date(2026, 11, 22))
    scores = [result.score for result in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_a_snippet_has_its_values_filled_in(guide: Guide) -> None:
    result = guide.search("koster", language="nb", audience="parent", on=date(2026, 11, 22))[0]
    assert "200" in result.snippet
    assert "{" not in result.snippet
    assert result.to_dict()["topic"] == "barnehage.cost"


def test_staff_find_staff_titles(guide: Guide) -> None:
    assert found(guide, "tilskudd", audience="staff") == ["staff.grants"]
    assert found(guide, "tilskudd") == []


def test_a_very_long_query_is_cut(guide: Guide) -> None:
    assert found(guide, "koster " * 5000)[0] == "barnehage.cost"


def test_marks_and_case_are_folded() -> None:
    assert words("Éin-Ål  مُدرِّس § 2 - 1") == words("EIN al مدرس §2-1")
