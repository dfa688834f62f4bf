"""``python -m tools review LANG sheet | import``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.languages import languages
from tools.review.importing import are_initials, take_back
from tools.review.passages import passages
from tools.review.sheet import read_sheet, write_sheet
from tools.tables import SheetError
from tools.tree import Tree


def sheet(root: Path, on: date, code: str, target: Path, *, everything: bool) -> int:
    """Write a sheet of what no native speaker has reviewed, or of ``everything``. Returns 1 when it cannot."""
    tree = Tree(root, on, (code,))
    wanted = [p for p in passages(tree, code) if everything or p.state != "reviewed"]
    try:
        rows = write_sheet(wanted, languages()[code], target)
    except SheetError as error:
        print(error)
        return 1
    print(f"Wrote {target}: {rows} passages in {languages()[code].english}.")
    print(f"Read back with: python -m tools review {code} import {target} --by INITIALS")
    return 0


def import_sheet(root: Path, on: date, code: str, source: Path, by: str) -> int:
    """Write what the reviewer said; returns 1 and writes nothing when a row is wrong."""
    if not are_initials(by):
        print(f"{by!r} are no initials; write for example --by A.B.")
        return 1
    try:
        given = read_sheet(source)
    except (SheetError, OSError) as error:
        print(f"The sheet cannot be read: {error}")
        return 1
    outcome = take_back(Tree(root, on, (code,)), code, given, by, on)
    if outcome.faults:
        print("\n".join(outcome.faults))
        print(f"{len(outcome.faults)} rows are wrong. Nothing was written.")
        return 1
    for remark in outcome.remarks:
        print(f"Remark on {remark}")
    print(
        f"{outcome.judged} passages judged, {outcome.better} with better words; "
        f"{len(outcome.whole)} articles are now reviewed by {by}; {len(outcome.written)} files written. "
        f"Run: python -m tools validate --language {code}"
    )
    return 0
