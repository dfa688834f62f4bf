"""``python -m tools municipality sheet | import | check``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.guidance.loading import read_knowledge
from tools.municipality.completeness import gaps
from tools.municipality.importing import read_draft, slug_of, written
from tools.municipality.sheet import read_sheet, write_csv, write_xlsx
from tools.tables import SheetError


def sheet(root: Path, target: Path) -> int:
    """Write an empty sheet to fill in, .csv or .xlsx by the name of the file."""
    knowledge = read_knowledge(root / "knowledge")
    if target.suffix.lower() == ".xlsx":
        write_xlsx(knowledge, target)
    elif target.suffix.lower() == ".csv":
        target.write_text(write_csv(knowledge), encoding="utf-8-sig", newline="")
    else:
        print("The name must end in .csv or .xlsx.")
        return 1
    print(f"Wrote {target}. Let the municipality fill it in, then run: python -m tools municipality import {target}")
    return 0


def import_sheet(root: Path, source: Path, today: date) -> int:
    """Read a filled-in sheet into knowledge/municipalities/; writes nothing when a row is wrong. Returns 1 then."""
    knowledge = read_knowledge(root / "knowledge")
    try:
        draft = read_draft(read_sheet(source), knowledge, today)
    except (SheetError, OSError) as error:
        print(f"The sheet cannot be read: {error}")
        return 1
    if draft.faults:
        for row, fault in sorted(draft.faults):
            print(f"{source.name}, row {row}: {fault}")
        print(f"{len(draft.faults)} rows are wrong. Nothing was written.")
        return 1
    slug = slug_of(draft.values["name"])
    path = root / "knowledge/municipalities" / f"{slug}.yml"
    if path.exists():
        print(f"{path} exists already. Move it away first; nothing was written.")
        return 1
    key = f"kommune-{slug}"
    if key not in knowledge.sources and draft.values["overrides"]:
        whose = f"{draft.values['name']} kommune"
        entry = (
            f"{key}:\n  title: {whose}\n  url: {draft.website}\n  publisher: {whose}\n"
            f'  law: false\n  checked: "{today}"\n  certainty: A\n'
        )
        with (root / "knowledge/sources.yml").open("a", encoding="utf-8") as file:
            file.write(entry)
    path.write_text(written(draft, key), encoding="utf-8")
    print(f"Wrote {path} with stage: draft. Run: python -m tools municipality check {slug}")
    return 0


def check(root: Path, slug: str) -> int:
    """Print what a municipality still lacks; returns 1 when there is anything."""
    knowledge = read_knowledge(root / "knowledge")
    municipality = knowledge.municipalities.get(slug)
    if municipality is None:
        print(f"There is no municipality {slug!r}. Known: {', '.join(sorted(knowledge.municipalities))}")
        return 1
    found = list(gaps(knowledge, municipality))
    for gap in found:
        print(f"{gap.key}: {gap.why}")
    print(
        f"{len(found)} values are missing before {municipality.name} may be offered."
        if found
        else f"{municipality.name} is complete. Set stage: offered when it has confirmed every line."
    )
    return 1 if found else 0
