"""A native speaker fills in a sheet; what she says lands in the files, and only on the words that she has read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from bot.guidance.loading import read_knowledge
from tools.__main__ import main
from tools.review.passages import passages
from tools.tree import Tree

UK = "knowledge/articles/barnehage/cost/uk.md"
TEXT = """---
language: uk
revision: 1
status: machine
---
# Скільки коштує?

Напишіть до {fact:barnehage.deadline}.

## brief

Муніципалітет може відповісти.
"""
LOCALE = """# Interface texts
uk:
  a:
    hello: "Вітаю, %{name}"  # a greeting
  crisis:
    medical: >-
      Телефонуйте
      зараз.
"""


@pytest.fixture
def root(broken: Callable[[dict[str, str | None]], Tree]) -> Path:
    root = broken({}).root
    (root / UK).write_text(TEXT, encoding="utf-8")
    (root / "bot/locales/uk.yml").write_text(LOCALE, encoding="utf-8")
    glossary = root / "knowledge/glossary.yml"
    glossary.write_text("plass:\n  nb: En fast avtale.\n  uk: Місце\n", encoding="utf-8")
    return root


def call(root: Path, *arguments: str) -> int:
    return main(["--root", str(root), "--today", "2026-12-01", "review", "uk", *arguments])


def fill(root: Path, said: dict[str, dict[str, str]]) -> Path:
    """A sheet in which a reviewer has written; ``*`` stands for every row."""
    path = root / "sheet.csv"
    assert call(root, "sheet", str(path), "--all") == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {key for key in said if key != "*"} <= {row["key"] for row in rows}
    for row in rows:
        row.update(said.get("*", {}))
        row.update(said.get(row["key"], {}))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_sheet_has_norwegian_beside_every_passage_of_the_language(root: Path) -> None:
    target = root / "uk.xlsx"
    assert call(root, "sheet", str(target)) == 0
    page = load_workbook(target).active
    assert page is not None
    rows = {str(row[0]): row for row in page.iter_rows(min_row=2, values_only=True)}
    assert {"article/barnehage/cost#title", "article/barnehage/cost#main", "words/a.hello", "glossary/plass"} <= set(
        rows
    )
    assert rows["article/barnehage/cost#main"][3] == "Напишіть до {fact:barnehage.deadline}."
    assert rows["glossary/plass"][2:4] == ("En fast avtale.", "Місце")
    assert next(iter(rows)) == "words/crisis.medical"


def test_a_text_whose_every_section_was_found_good_is_reviewed_with_initials_and_day(root: Path) -> None:
    path = fill(root, {"*": {"good (x)": "x"}})
    assert call(root, "import", str(path), "--by", "A.B.") == 0
    text = read_knowledge(root / "knowledge").articles["barnehage.cost"].parent_texts["uk"]
    assert text.status == "reviewed"
    assert 'reviewed: {by: "A.B.", date: "2026-12-01"}' in (root / UK).read_text(encoding="utf-8")
    states = {p.key: p.state for p in passages(Tree(root, None, ("uk",)), "uk")}  # type: ignore[arg-type]
    assert set(states.values()) == {"reviewed"}


def test_a_text_of_which_a_part_was_read_stays_as_it_is(root: Path) -> None:
    path = fill(root, {"article/barnehage/cost#main": {"good (x)": "x"}})
    assert call(root, "import", str(path), "--by", "AB") == 0
    assert (root / UK).read_text(encoding="utf-8") == TEXT


def test_better_words_replace_the_old_ones_and_nothing_else(root: Path) -> None:
    said = {
        "article/barnehage/cost#title": {"better words": "Яка ціна?"},
        "article/barnehage/cost#main": {"better words": "Надішліть заяву до {fact:barnehage.deadline}."},
        "words/a.hello": {"better words": 'Добрий день, %{name}: "так"'},
        "words/crisis.medical": {"better words": "Дзвоніть зараз."},
        "glossary/plass": {"better words": "Місце в садку"},
    }
    assert call(root, "import", str(fill(root, said)), "--by", "A.B.") == 0
    written = (root / UK).read_text(encoding="utf-8")
    assert written == TEXT.replace("Скільки коштує?", "Яка ціна?").replace("Напишіть до", "Надішліть заяву до")
    locale = (root / "bot/locales/uk.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(locale)["uk"] == {
        "a": {"hello": 'Добрий день, %{name}: "так"'},
        "crisis": {"medical": "Дзвоніть зараз."},
    }
    assert locale.startswith("# Interface texts")
    assert yaml.safe_load((root / "knowledge/glossary.yml").read_text(encoding="utf-8"))["plass"] == {
        "nb": "En fast avtale.",
        "uk": "Місце в садку",
    }


def test_words_changed_after_the_review_count_as_unread(root: Path) -> None:
    assert call(root, "import", str(fill(root, {"*": {"good (x)": "x"}})), "--by", "A.B.") == 0
    path = root / "bot/locales/uk.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("Вітаю", "Привіт"), encoding="utf-8")
    states = {p.key: p.state for p in passages(Tree(root, None, ("uk",)), "uk")}  # type: ignore[arg-type]
    assert (states["words/a.hello"], states["words/crisis.medical"]) == ("outdated", "reviewed")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"article/barnehage/cost#main": {"better words": "Надішліть заяву."}}, "places in braces"),
        ({"words/a.hello": {"better words": "Привіт", "good (x)": ""}}, "places in braces"),
        ({"glossary/plass": {"better words": "Місце", "good (x)": "x"}}, "both good and to be replaced"),
        ({"glossary/plass": {"good (x)": "x", "fingerprint": "00000000"}}, "changed after this sheet was made"),
        ({"glossary/plass": {"good (x)": "x", "key": "glossary/other"}}, "no such passage"),
        ({"glossary/plass": {"good (x)": "maybe"}}, "write x or leave it empty"),
    ],
)
def test_a_sheet_with_a_wrong_row_changes_nothing(root: Path, said: dict, why: str, capsys) -> None:
    said = said | {"words/crisis.medical": {"better words": "Інше."}}
    path = fill(root, said)
    assert call(root, "import", str(path), "--by", "A.B.") == 1
    assert why in capsys.readouterr().out
    assert (root / UK).read_text(encoding="utf-8") == TEXT
    assert (root / "bot/locales/uk.yml").read_text(encoding="utf-8") == LOCALE


def test_remarks_are_shown_and_judge_nothing(root: Path, capsys) -> None:
    path = fill(root, {"glossary/plass": {"comment": "Which place?"}})
    assert call(root, "import", str(path), "--by", "A.B.") == 0
    assert "Remark on glossary/plass: Which place?" in capsys.readouterr().out
    assert not (root / "knowledge/reviews.yml").exists()


@pytest.mark.parametrize("by", ["", "12", 'A"B', "a very long name indeed"])
def test_a_reviewer_signs_with_initials(root: Path, by: str) -> None:
    assert call(root, "import", str(fill(root, {})), "--by", by) == 1


def test_a_file_that_is_no_sheet_is_refused(root: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "a.csv").write_text("one;two\n1;2\n", encoding="utf-8")
    (tmp_path / "a.xlsx").write_bytes(b"no spreadsheet")
    for name in ("a.csv", "a.xlsx", "a.txt", "missing.csv"):
        assert call(root, "import", str(tmp_path / name), "--by", "A.B.") == 1
    assert call(root, "sheet", str(tmp_path / "a.txt")) == 1
    assert capsys.readouterr().out.count("cannot be read") == 4
