from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from bot.languages import languages
from tools.__main__ import main
from tools.report import figures
from tools.report.by_language import language_states
from tools.report.page import write


def test_the_report_is_one_page_with_plots_and_every_list(broken, tmp_path: Path) -> None:
    price = "knowledge/facts/barnehage/price.yml"
    tree = broken({price: ('"2026-11-22"', '"2025-10-01"')})
    target = tmp_path / "report.html"
    assert main(["--root", str(tree.root), "--today", "2026-11-22", "report", "--to", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    assert page.count("<svg") == 5
    assert not re.search(r'(?:src|href)="http', page)
    assert "2026-10-02 (overdue)" in page
    for heading in ("Due this month", "Due next month", "Coverage by language", "Age of facts", "How sure we are"):
        assert heading in page
    assert "barnehage.cost" in page


def test_coverage_tells_missing_outdated_and_not_for_this_audience(broken) -> None:
    tree = broken({"knowledge/articles/barnehage/cost/nb.md": ("revision: 2", "revision: 1")})
    row = figures.coverage(tree)["barnehage.cost"]
    assert row == {"nb": "outdated", "staff nb": "draft"}
    tree = broken({"knowledge/topics.yml": 'barnehage:\n  cost: {for: staff, must: true, asks: "price"}\n'})
    assert figures.coverage(tree)["barnehage.cost"]["nb"] == "-"


def test_orphans_are_facts_that_nothing_uses(broken) -> None:
    fact = (
        'description: x\nlabel: {nb: x}\nunit: number\ndecided_by: state\ncertainty: B\nlast_checked: "2026-11-22"\n'
        'values: {"2020-01-01": {value: 1, source: page}}\n'
    )
    tree = broken({"knowledge/facts/barnehage/spare.yml": fact})
    assert figures.orphans(tree.knowledge) == ["barnehage.spare"]
    assert figures.certainties(tree.knowledge)["B"]["facts"] == 1


def test_months_end_where_they_end() -> None:
    assert figures.month_ends(date(2026, 11, 22)) == (date(2026, 11, 30), date(2026, 12, 31))
    assert figures.month_ends(date(2027, 1, 31)) == (date(2027, 1, 31), date(2027, 2, 28))


def test_every_language_has_a_row_with_what_is_there_and_who_has_read_it(broken) -> None:
    tree = broken({"knowledge/reviews.yml": "nb: {glossary/plass: {by: A.B., date: '2026-12-01', of: '00000000'}}\n"})
    rows = {row.code: row for row in language_states(tree)}
    assert set(rows) == set(languages())
    assert rows["nb"].must == (1, 1)
    assert rows["nb"].passages["outdated"] == 1
    assert rows["nb"].trained > 20
    assert (rows["so"].must, rows["so"].trained, rows["so"].reviewed) == ((0, 1), 0, 0)
    assert "Somali (so)" in write(tree)
