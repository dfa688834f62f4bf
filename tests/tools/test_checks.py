"""Every check has a small broken repository here, and the words that its message must hold."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from datetime import date

import pytest

import tools.checks
from tests.tools.broken_repositories import BROKEN, NB, UK, UKRAINIAN
from tools.checks import CHECKS, run


def test_the_sound_repository_has_no_problem(broken) -> None:
    assert run(broken({})) == []


@pytest.mark.parametrize(
    ("check", "changes", "path", "line", "words", "is_warning"),
    BROKEN,
    ids=[f"{check}: {words}" for check, _, _, _, words, _ in BROKEN],
)
def test_a_broken_repository_is_told_where_and_what(broken, check, changes, path, line, words, is_warning) -> None:
    tree = broken(changes)
    problems = list(importlib.import_module(f"tools.checks.{check}").check(tree))
    found = [problem for problem in problems if words in problem.message]
    assert found, [problem.message for problem in problems]
    assert found[0].path == tree.root / path
    assert line is None or found[0].line == line
    assert found[0].is_warning is is_warning
    assert found[0].remedy
    assert problems == [problem for problem in run(tree) if problem in problems]


def test_every_check_is_run_and_has_a_broken_repository() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tools.checks.__path__)}
    ran = {check.__module__.rpartition(".")[2] for checks in CHECKS.values() for check in checks}
    assert modules == ran == {case[0] for case in BROKEN} | {"norwegian_terms"}  # has its own test below


def test_a_norwegian_word_that_a_translation_lacks_is_told_text_by_text_or_in_one_line(broken) -> None:
    tree = broken({UK: UKRAINIAN})
    check = tools.checks.norwegian_terms.check
    (told,) = check(replace(tree, codes=("uk",)))
    assert (told.path, told.is_warning) == (tree.root / UK, True)
    assert "plass" in told.message
    (line,) = check(replace(tree, codes=("nb", "uk"), growing=("uk",)))
    assert "uk lacks 1 Norwegian words" in line.message
    assert list(check(replace(broken({UK: UKRAINIAN.replace("Місце", "Місце (plass)")}), codes=("uk",)))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Loven sier det (§ 16).",
        "Se § 2-1 og § 17-7 d.",
        "Se §§ 4 og 5.",
        "Se §§ 2-1, 2-2.",
        "Før: § 9 A-4 og § 4A-1.",
        "Se §§ 12 a og 22.",
        "Pris {fact:a.b-2} kroner.",
    ],
)
def test_sections_of_law_and_placeholders_are_no_digits(broken, text: str) -> None:
    tree = broken({NB: ("Søk tidlig.", text)})
    assert list(tools.checks.digits.check(tree)) == []


@pytest.mark.parametrize(("wrong", "code"), [("کتاب", "ar"), ("كتاب", "prs"), ("كتاب", "ps")])
def test_arabic_letters_of_a_neighbour_language_are_found(wrong: str, code: str) -> None:
    assert any("another language" in what for what in tools.checks.letters.faults(wrong, code))


@pytest.mark.parametrize(
    ("right", "code"),
    [("Дитячий садок (barnehage) м’яч", "uk"), ("كتاب SFO", "ar"), ("ትምህርቲ፡ SFO", "ti"), ("Blåbær søt é", "nb")],
)
def test_letters_of_the_language_and_norwegian_words_are_right(right: str, code: str) -> None:
    assert list(tools.checks.letters.faults(right, code)) == []


def test_a_latin_letter_inside_a_cyrillic_word_is_found() -> None:
    assert any("look alike" in what for what in tools.checks.letters.faults("cадок", "uk"))


def test_the_day_decides_what_is_overdue(broken) -> None:
    assert [p for p in run(broken({}, on=date(2028, 1, 1))) if p.is_warning]
