"""The sheet: one row for each local value, with Norwegian headings and explanations for whoever fills it in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from bot.guidance.articles import ZONES
from bot.guidance.loading import Knowledge
from bot.guidance.municipalities import CONTACT_KINDS, LINK_KINDS
from bot.texts import text
from tools.municipality.completeness import ALWAYS, WITH_HOURS, local_facts

COLUMNS: Final = (
    "nøkkel",
    "hva",
    "navn bokmål",
    "navn nynorsk",
    "navn engelsk",
    "telefon",
    "nettadresse",
    "åpningstid",
    "verdi",
    "gjelder fra",
    "kontrollert",
    "finnes ikke",
)
MAX_ROWS: Final = 500
UNIT_HINTS: Final = {
    "nok": "kroner, bare tallet",
    "percent": "prosent, bare tallet",
    "number": "tall",
    "date": "dato, år-måned-dag",
    "month_day": "måned-dag, for eksempel 03-01",
    "phone": "telefonnummer",
    "text": "noen få ord",
}
ZONE_HINTS: Final = {
    "rural": "Lav pris på barnehage (sentralitetsklasse fem eller seks)? Skriv ja eller nei i verdi",
    "action-zone": "I tiltakssonen (Finnmark og Nord-Troms)? Skriv ja eller nei i verdi",
}


class SheetError(Exception):
    """The file is not a sheet of ours; says what is wrong with it as a whole."""


@dataclass(frozen=True)
class Row:
    """One filled-in row; ``number`` is its line in the sheet, ``cells`` by heading, blanks stripped."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


def rows_wanted(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """(key, what it is) of every row of an empty sheet."""
    yield "name", "Kommunens navn, i verdi"
    yield "number", "Kommunenummer, i verdi"
    yield "language", "Målform: nb eller nn, i verdi"
    yield "website", "Kommunens nettsted, i nettadresse"
    for zone in ZONES:
        yield f"zone:{zone}", ZONE_HINTS[zone]
    for kind in CONTACT_KINDS:
        needs = "må fylles ut" if kind in ALWAYS else "eller kryss i finnes ikke"
        hours = ", med åpningstid" if kind in WITH_HOURS else ""
        yield f"contact:{kind}", f"{text(f'contact.{kind}', 'nb').value} ({needs}{hours})"
    for kind in LINK_KINDS:
        yield f"link:{kind}", f"Side: {text(f'link.{kind}', 'nb').value} (nettadresse, eller kryss i finnes ikke)"
    for name in local_facts(knowledge):
        fact = knowledge.facts[name]
        yield f"fact:{name}", f"{fact.label.get('nb', fact.description)} ({UNIT_HINTS[fact.unit]})"


def write_csv(knowledge: Knowledge) -> str:
    """An empty sheet as CSV with semicolons, which Norwegian spreadsheets open as columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([key, what, *[""] * (len(COLUMNS) - 2)] for key, what in rows_wanted(knowledge))
    return out.getvalue()


def write_xlsx(knowledge: Knowledge, path: Path) -> None:
    """An empty sheet as a spreadsheet; every cell is text, so that no number loses its zeros."""
    book = Workbook()
    page = book.active
    if page is None:
        raise SheetError("no page could be made")
    page.title = "Kommune"
    page.append(list(COLUMNS))
    for key, what in rows_wanted(knowledge):
        page.append([key, what, *[""] * (len(COLUMNS) - 2)])
    for cells in page.iter_rows(min_row=1, max_row=page.max_row, max_col=len(COLUMNS)):
        for cell in cells:
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == 1:
                cell.font = Font(bold=True)
    page.freeze_panes = "C2"
    page.column_dimensions["A"].width = 34
    page.column_dimensions["B"].width = 60
    for letter in "CDEFGHIJKL":
        page.column_dimensions[letter].width = 22
    book.save(path)


def read_sheet(path: Path) -> list[Row]:
    """Read a filled-in sheet (.csv or .xlsx); rows without anything filled in are left out. Raises SheetError."""
    if path.suffix.lower() == ".xlsx":
        table = _from_xlsx(path)
    elif path.suffix.lower() == ".csv":
        table = _from_csv(path)
    else:
        raise SheetError(f"{path.name} is neither .csv nor .xlsx.")
    if not table:
        raise SheetError(f"{path.name} is empty.")
    if len(table) > MAX_ROWS:
        raise SheetError(f"{path.name} has {len(table)} rows; {MAX_ROWS} are the most.")
    headings = [heading.casefold() for heading in table[0]]
    missing = [heading for heading in COLUMNS if heading not in headings]
    if missing:
        raise SheetError(f"{path.name} lacks the columns {', '.join(missing)}. Begin from a fresh sheet.")
    rows = []
    for number, values in enumerate(table[1:], start=2):
        cells = dict(zip(headings, values, strict=False))
        filled = {heading: cells.get(heading, "") for heading in COLUMNS}
        if any(value for heading, value in filled.items() if heading not in ("nøkkel", "hva")):
            rows.append(Row(number, filled))
    return rows


def _from_csv(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("cp1252", errors="replace")  # what older Norwegian spreadsheets write
    first = content.splitlines()[0] if content.strip() else ""
    delimiter = max(";,\t", key=first.count)
    return [[value.strip() for value in values] for values in csv.reader(io.StringIO(content), delimiter=delimiter)]


def _from_xlsx(path: Path) -> list[list[str]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise SheetError(f"{path.name} cannot be opened as a spreadsheet ({error}).") from None
    page = book.worksheets[0]
    table = [[_written(value) for value in values] for values in page.iter_rows(values_only=True, max_row=MAX_ROWS + 2)]
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
