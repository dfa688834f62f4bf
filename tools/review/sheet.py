"""The sheet for a reviewer: a spreadsheet or a CSV file, one row for each passage, and reading it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection

from bot.languages import Language
from tools.review.passages import Passage
from tools.tables import SheetError, read_table, write_csv_table

COLUMNS: Final = ("key", "where", "norsk", "translation", "good (x)", "better words", "comment", "state", "fingerprint")
MAX_ROWS: Final = 3000
YES: Final = frozenset({"x", "ok", "ja", "yes", "good", "1", "✓", "✔"})


@dataclass(frozen=True)
class Judgement:
    """What a reviewer said of one passage; ``row`` is its line in the sheet."""

    row: int
    key: str
    fingerprint: str
    good: bool
    better: str
    comment: str


def write_sheet(found: Iterable[Passage], language: Language, path: Path) -> int:
    """Write .xlsx or .csv by the name of the file; returns how many rows. Raises SheetError."""
    rows = [[p.key, p.where, p.norwegian, p.words, "", "", "", p.state, p.fingerprint] for p in found]
    if path.suffix.lower() == ".csv":
        write_csv_table(path, COLUMNS, rows)
    elif path.suffix.lower() == ".xlsx":
        _write_xlsx(rows, language, path)
    else:
        raise SheetError(f"{path.name} is neither .csv nor .xlsx.")
    return len(rows)


def _write_xlsx(rows: list[list[str]], language: Language, path: Path) -> None:
    book = Workbook()
    page = book.active
    if page is None:
        raise SheetError("no page could be made")
    page.title = language.english[:30]
    page.append(list(COLUMNS))
    for row in rows:
        page.append(row)
    direction = "rtl" if language.direction == "rtl" else "ltr"
    for cells in page.iter_rows(min_row=1, max_row=page.max_row, max_col=len(COLUMNS)):
        for cell in cells:
            cell.number_format = "@"
            heading = COLUMNS[(cell.column or 1) - 1]
            own = heading in ("translation", "better words")
            cell.alignment = Alignment(
                wrap_text=True, vertical="top", readingOrder=2 if own and direction == "rtl" else 1
            )
            if cell.row == 1:
                cell.font = Font(bold=True)
            elif heading in ("good (x)", "better words", "comment"):
                cell.fill = PatternFill("solid", fgColor="FFF8E1")
                cell.protection = Protection(locked=False)
    page.freeze_panes = "C2"
    for letter, width in zip("ABCDEFGHI", (10, 26, 60, 60, 9, 40, 30, 10, 10), strict=True):
        page.column_dimensions[letter].width = width
    book.save(path)


def read_sheet(path: Path) -> list[Judgement]:
    """The rows in which the reviewer wrote something. Raises SheetError."""
    found = []
    for number, cells in read_table(path, COLUMNS, MAX_ROWS):
        mark = cells["good (x)"].casefold()
        if mark and mark not in YES:
            raise SheetError(f"row {number}: {mark!r} in the column good; write x or leave it empty.")
        judgement = Judgement(
            number, cells["key"], cells["fingerprint"], bool(mark), cells["better words"], cells["comment"]
        )
        if judgement.good or judgement.better or judgement.comment:
            found.append(judgement)
    return found
