"""Reading and writing sheets that people fill in: .csv and .xlsx, every cell as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException


class SheetError(Exception):
    """The file is not a sheet of ours; says what is wrong with it as a whole."""


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV with semicolons, which Norwegian spreadsheets open as columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def write_csv_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table with the mark by which spreadsheets know UTF-8."""
    path.write_text(csv_table(columns, rows), encoding="utf-8-sig", newline="")


def read_table(path: Path, columns: Sequence[str], most: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, cells by heading, blanks stripped) of every row; a cell that is not there is empty.

    Raises SheetError when the file is no sheet, lacks a column or has more than ``most`` rows.
    """
    if path.suffix.lower() == ".xlsx":
        table = _from_xlsx(path, most)
    elif path.suffix.lower() == ".csv":
        table = _from_csv(path)
    else:
        raise SheetError(f"{path.name} is neither .csv nor .xlsx.")
    if not table:
        raise SheetError(f"{path.name} is empty.")
    if len(table) > most:
        raise SheetError(f"{path.name} has {len(table)} rows; {most} are the most.")
    headings = [heading.casefold() for heading in table[0]]
    missing = [heading for heading in columns if heading not in headings]
    if missing:
        raise SheetError(f"{path.name} lacks the columns {', '.join(missing)}. Begin from a fresh sheet.")
    for number, values in enumerate(table[1:], start=2):
        cells = dict(zip(headings, values, strict=False))
        yield number, {heading: cells.get(heading, "") for heading in columns}


def _from_csv(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("cp1252", errors="replace")  # what older Norwegian spreadsheets write
    first = content.splitlines()[0] if content.strip() else ""
    delimiter = max(";,\t", key=first.count)
    return [[value.strip() for value in values] for values in csv.reader(io.StringIO(content), delimiter=delimiter)]


def _from_xlsx(path: Path, most: int) -> list[list[str]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise SheetError(f"{path.name} cannot be opened as a spreadsheet ({error}).") from None
    page = book.worksheets[0]
    table = [[_written(value) for value in values] for values in page.iter_rows(values_only=True, max_row=most + 2)]
    book.close()
    while table and not any(table[-1]):
        table.pop()
    return table


def _written(value: object) -> str:
    """A cell as text: a day as year-month-day, a whole number without a decimal part."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
