from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.__main__ import ROOT, main
from tools.validate import find

NB = "knowledge/articles/barnehage/cost/nb.md"


def call(root: Path, *arguments: str) -> int:
    return main(["--root", str(root), "--today", "2026-11-22", *arguments])


def test_validate_passes_a_sound_repository(broken, capsys) -> None:
    assert call(broken({}).root, "validate", "--language", "nb") == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings.\n"


def test_validate_fails_on_an_error_and_prints_path_line_and_remedy(broken, capsys) -> None:
    tree = broken({NB: ("Søk tidlig", "Søk før 1. mars")})
    assert call(tree.root, "validate", "--language", "nb") == 1
    shown = capsys.readouterr().out
    assert f"{NB}:10  there is a digit" in shown
    assert "Make it a fact" in shown


def test_validate_lets_warnings_pass_and_prints_them_last(broken, capsys) -> None:
    tree = broken({NB: ("revision: 2", "revision: 1")})
    assert call(tree.root, "validate", "--language", "nb") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Warnings")
    assert shown.endswith("0 errors, 1 warnings.\n")


def test_validate_of_a_language_that_is_not_offered_tells_what_it_lacks(broken, capsys) -> None:
    assert call(broken({}).root, "validate", "--language", "so") == 1
    shown = capsys.readouterr().out
    assert "bot/locales/so.yml:1  the file is missing" in shown
    assert "articles/barnehage/cost/so.md:1  the text is missing" in shown
    assert "ask/barnehage.cost has 0 training sentences" in shown


def test_preview_prints_the_answers_that_change(broken, capsys) -> None:
    assert call(broken({}).root, "preview", "2027-08-01") == 0
    shown = capsys.readouterr().out
    assert "barnehage.cost (parent)" in shown
    assert "200" in shown
    assert "300" in shown
    assert shown.endswith("2 answers change between 2026-11-22 and 2027-08-01.\n")


def test_preview_of_a_day_without_change_says_so(broken, capsys) -> None:
    assert call(broken({}).root, "preview", "2026-11-23") == 0
    assert capsys.readouterr().out.startswith("0 answers change")


def test_facts_lists_what_is_due_soonest_first(broken, capsys) -> None:
    price = "knowledge/facts/barnehage/price.yml"
    tree = broken({price: ('"2026-11-22"', '"2025-11-01"')})
    assert call(tree.root, "facts", "--days", "400") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1:3] for line in lines] == [
        ["OVERDUE", "barnehage.price"],
        ["due", "barnehage.deadline"],
        ["due", "emergency.police"],
    ]


def test_facts_lists_a_change_that_is_expected(broken, capsys) -> None:
    price = "knowledge/facts/barnehage/price.yml"
    tree = broken({price: ('"2027-08-01": {value: 1300, source: page}', '"2027-01-01": expected')})
    call(tree.root, "facts")
    assert capsys.readouterr().out == "2027-01-01  due      barnehage.price  (a change is expected)\n"


def test_facts_says_when_nothing_is_due(broken, capsys) -> None:
    call(broken({}).root, "facts", "--days", "1")
    assert capsys.readouterr().out == "No fact is due within 1 days.\n"


@pytest.mark.parametrize("command", [("preview", "2027-08-01"), ("facts",)])
def test_a_broken_file_is_a_sentence_and_no_traceback(broken, capsys, command) -> None:
    tree = broken({NB: ("language: nb", "language: nn")})
    assert call(tree.root, *command) == (1)
    shown = capsys.readouterr().err
    assert "nb.md:2" in shown
    assert "tools validate" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["validate", "--language", "xx"], "is not in bot/languages.yml"),
        (["preview", "tomorrow"], "is not a day"),
        (["explode"], "invalid choice"),
        ([], "required"),
    ],
)
def test_a_wrong_argument_is_explained(capsys, arguments, words) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def test_the_real_repository_has_no_error_and_is_checked_within_fifteen_seconds() -> None:
    started = time.perf_counter()
    problems = find(ROOT, datetime.now(UTC).date())
    assert [problem.shown(ROOT) for problem in problems if not problem.is_warning] == []
    assert time.perf_counter() - started < 15
