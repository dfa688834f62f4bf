"""The sheet: one row for each local value, with Norwegian headings and explanations for whoever fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from bot.guidance.articles import ZONES
from bot.guidance.loading import Knowledge
from bot.guidance.municipalities import CONTACT_KINDS, LINK_KINDS
from bot.texts import text
from tools.municipality.completeness import ALWAYS, WITH_HOURS, local_facts
from tools.tables import SheetError, csv_table, read_table

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
    """An empty sheet as CSV."""
    return csv_table(COLUMNS, ([key, what, *[""] * (len(COLUMNS) - 2)] for key, what in rows_wanted(knowledge)))


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
    return [
        Row(number, filled)
        for number, filled in read_table(path, COLUMNS, MAX_ROWS)
        if any(value for heading, value in filled.items() if heading not in ("nøkkel", "hva"))
    ]
