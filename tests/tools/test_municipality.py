"""The sheet that an office worker fills in, reading it back, and what is missing before the start."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.guidance.loading import read_knowledge
from tools.__main__ import main
from tools.municipality.completeness import gaps
from tools.municipality.importing import slug_of
from tools.municipality.sheet import COLUMNS

FILLED = {
    "name": {"verdi": "Nordre Øyvær"},
    "number": {"verdi": "9998"},
    "language": {"verdi": "nn"},
    "website": {"nettadresse": "https://nordre-oyvaer.example"},
    "zone:rural": {"verdi": "ja"},
    "zone:action-zone": {"verdi": "nei"},
    "fact:barnehage.deadline": {"verdi": "02-15", "gjelder fra": "2026-01-01", "kontrollert": "2026-11-20"},
    "link:barnehage-application": {"nettadresse": "https://nordre-oyvaer.example/sok", "kontrollert": "2026-11-20"},
    "contact:barnevernvakt": {
        "navn nynorsk": "Barnevernvakta",
        "navn engelsk": "the on-call service",
        "telefon": "22 00 00 00",
        "åpningstid": "mon-fri 15:30-08:00; sat-sun 00:00-24:00",
    },
    "contact:legevakt": {"navn nynorsk": "Legevakta", "telefon": "116117"},
    "contact:ppt": {"finnes ikke": "x"},
}


def call(root: Path, *arguments: str) -> int:
    return main(["--root", str(root), "--today", "2026-11-22", "municipality", *arguments])


@pytest.fixture
def root(broken) -> Path:
    return broken({}).root


def fill(root: Path, filled: dict[str, dict[str, str]], delimiter: str = ";", encoding: str = "utf-8-sig") -> Path:
    empty = root / "empty.csv"
    assert call(root, "sheet", str(empty)) == 0
    table = list(csv.DictReader(io.StringIO(empty.read_text(encoding="utf-8-sig")), delimiter=";"))
    known = {row["nøkkel"] for row in table}
    table += [dict.fromkeys(COLUMNS, "") | {"nøkkel": key} for key in filled if key not in known]
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(row | filled.get(row["nøkkel"], {}) for row in table)
    target = root / "filled.csv"
    target.write_bytes(out.getvalue().encode(encoding))
    return target


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1252")])
def test_a_filled_in_sheet_becomes_a_municipality(root: Path, delimiter: str, encoding: str, capsys) -> None:
    assert call(root, "import", str(fill(root, FILLED, delimiter, encoding))) == 0, capsys.readouterr().out
    place = read_knowledge(root / "knowledge").municipalities["nordre-oyvaer"]
    assert (place.name, place.number, place.language, place.stage) == ("Nordre Øyvær", "9998", "nn", "draft")
    assert place.zones == ("rural",)
    assert place.overrides["barnehage.deadline"].periods[0].value == "02-15"
    assert place.overrides["barnehage.deadline"].periods[0].source == "kommune-nordre-oyvaer"
    assert place.contacts["barnevernvakt"].hours == "mon-fri 15:30-08:00; sat-sun 00:00-24:00"
    assert place.contacts["legevakt"].phone == "116117"
    assert place.links["barnehage-application"] == "https://nordre-oyvaer.example/sok"
    assert place.none == ("ppt",)


def test_a_spreadsheet_does_the_same_and_keeps_leading_zeros(root: Path) -> None:
    target = root / "sheet.xlsx"
    assert call(root, "sheet", str(target)) == 0
    book = load_workbook(target)
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        for heading, value in FILLED.get(row[0].value, {}).items():
            row[headings.index(heading)].value = value
    book.save(target)
    assert call(root, "import", str(target)) == 0
    place = read_knowledge(root / "knowledge").municipalities["nordre-oyvaer"]
    assert place.overrides["barnehage.deadline"].periods[0].value == "02-15"
    assert place.number == "9998"


@pytest.mark.parametrize(
    ("key", "cells", "words"),
    [
        ("contact:barnevernvakt", {"navn nynorsk": "Vakta", "telefon": "ring oss"}, "no telephone number"),
        ("contact:barnevernvakt", {"telefon": "22 00 00 00"}, "has no Norwegian name"),
        ("fact:barnehage.deadline", {"verdi": "1. mars"}, "no month-day"),
        ("fact:barnehage.deadline", {"verdi": "03-01", "gjelder fra": "i fjor"}, "write year-month-day"),
        ("fact:barnehage.deadline", {"verdi": "03-01", "kontrollert": "2027-01-01"}, "in the future"),
        ("fact:barnehage.price", {"verdi": "900"}, "no value that a municipality decides"),
        ("link:barnehage-application", {"nettadresse": "http://usikker.example"}, "does not begin with https"),
        ("contact:ppt", {"finnes ikke": "kanskje"}, "write x"),
        ("zone:rural", {"verdi": "litt"}, "must be ja or nei"),
        ("number", {"verdi": "98"}, "four digits"),
        ("language", {"verdi": "sv"}, "must be one of nb, nn"),
        ("contact:helikopter", {"telefon": "22 00 00 00"}, "no kind of contact"),
        ("noe:annet", {"verdi": "x"}, "is not known"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(root: Path, capsys, key: str, cells: dict, words: str) -> None:
    assert call(root, "import", str(fill(root, FILLED | {key: cells}))) == 1
    shown = capsys.readouterr().out
    assert words in shown
    assert "row " in shown
    assert not (root / "knowledge/municipalities/nordre-oyvaer.yml").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "is empty"),
        ("x.csv", b"a;b\n1;2\n", "lacks the columns"),
        ("x.xlsx", b"no spreadsheet", "cannot be opened"),
        ("x.ods", b"", "neither .csv nor .xlsx"),
    ],
)
def test_a_file_that_is_no_sheet_is_a_sentence(root: Path, capsys, name: str, content: bytes, words: str) -> None:
    (root / name).write_bytes(content)
    assert call(root, "import", str(root / name)) == 1
    assert words in capsys.readouterr().out


def test_a_municipality_is_never_overwritten(root: Path, capsys) -> None:
    sheet = fill(root, FILLED)
    call(root, "import", str(sheet))
    assert call(root, "import", str(sheet)) == 1
    assert "exists already" in capsys.readouterr().out


def test_what_is_missing_is_listed_until_it_is_told(root: Path, capsys) -> None:
    call(root, "import", str(fill(root, FILLED)))
    assert call(root, "check", "nordre-oyvaer") == 1
    shown = capsys.readouterr().out
    assert "contact:barnevern: nobody may be without it" in shown
    assert "contact:legevakt: the opening hours are missing" in shown
    assert "contact:ppt" not in shown
    assert call(root, "check", "vik") == 0
    assert "is complete" in capsys.readouterr().out
    assert call(root, "check", "nowhere") == 1


def test_the_shipped_examples_are_complete() -> None:
    knowledge = read_knowledge(Path(__file__).resolve().parents[2] / "knowledge")
    assert len(knowledge.municipalities) >= 3
    assert {place.slug: list(gaps(knowledge, place)) for place in knowledge.municipalities.values()} == {
        slug: [] for slug in knowledge.municipalities
    }
    assert any("action-zone" in place.zones for place in knowledge.municipalities.values())
    assert any(place.language == "nn" for place in knowledge.municipalities.values())


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Nordre Øyvær", "nordre-oyvaer"), ("Å", "a"), ("Guovdageaidnu – Kautokeino", "guovdageaidnu-kautokeino")],
)
def test_a_name_gives_a_file_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
