"""``python -m bot.handoff.audit verify`` and ``export``, for whoever watches over the audit log."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date

from bot.handoff.audit import Selection
from bot.handoff.audit_check import Fault, Note, verify
from bot.handoff.audit_export import FORMATS, export
from bot.handoff.engine import make_engine
from bot.handoff.records import RecordError
from bot.settings import SettingsError, settings

_SAID = {
    "changed": "Line {seq} is not the line that was written there.",
    "missing": "Line {seq} is missing.",
    "inserted": "Line {seq} was put in: its number was never given out.",
    "truncated": "The log is cut off: line {seq} and what came after it are gone.",
    "forged": "Line {seq} is not sealed with this installation's key.",
    "head": "Where the log ends was changed from outside, at line {seq}.",
    "noted": "Line {seq} does not have the hash that was noted.",
}


def _note(text: str) -> Note:
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text.strip().lower())
    if found is None:
        raise argparse.ArgumentTypeError("write it as LINE:HASH, as verify printed it")
    return Note(int(found[1]), found[2])


def said(fault: Fault) -> str:
    """What is wrong, as a sentence."""
    return _SAID[fault.kind].format(seq=fault.seq)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0, 1 when the chain does not hold, 2 when that could not be found out."""
    parser = argparse.ArgumentParser(prog="python -m bot.handoff.audit", description="Check or export the audit log.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="read the whole log and name the first line that is not as it was")
    check.add_argument("--noted", type=_note, metavar="LINE:HASH", help="a head that was noted before must be in it")
    out = commands.add_parser("export", help="write the log to standard output")
    out.add_argument("--format", choices=FORMATS, default="csv")
    out.add_argument("--case")
    out.add_argument("--actor", help="parent, system or account:<id>")
    out.add_argument("--action")
    out.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="a day in Norway")
    options = parser.parse_args(arguments)
    try:
        engine = make_engine(settings().database_url)
        if options.command == "export":
            chosen = Selection(options.case, options.actor, options.action, options.day)
            for piece in export(engine, options.format, chosen):
                sys.stdout.write(piece)
            return 0
        verdict = verify(engine, noted=options.noted)
    except (SettingsError, RecordError) as fault:
        print(f"The audit log could not be read: {fault}", file=sys.stderr)
        return 2
    if verdict.fault is not None:
        print(f"{said(verdict.fault)} Intact before that: {verdict.intact}.")
        return 1
    print(f"Intact: {verdict.intact} lines. Note the end elsewhere: {verdict.head.seq}:{verdict.head.hash}")
    return 0
