"""Entry point of ``python -m tools``."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from bot.guidance.reading import KnowledgeError
from bot.languages import languages

ROOT = Path(__file__).resolve().parent.parent


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2027-08-01") from None


def _language(text: str) -> str:
    if text not in languages():
        raise argparse.ArgumentTypeError(f"{text!r} is not in bot/languages.yml: {', '.join(languages())}")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools", description="Tools for knowledge and languages.")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--today", type=_day, default=datetime.now(UTC).date(), help="read everything as on this day")
    commands = parser.add_subparsers(dest="command", required=True)
    validate = commands.add_parser("validate", help="check knowledge, texts and sentences")
    validate.add_argument("--language", type=_language, help="check what this language needs, offered or not")
    preview = commands.add_parser("preview", help="show which answers change until a day")
    preview.add_argument("day", type=_day, help="such as 2027-08-01")
    preview.add_argument("--language", type=_language, default="nb")
    facts = commands.add_parser("facts", help="list the facts that are due for review")
    facts.add_argument("--days", type=int, default=60, help="how many days ahead to look")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    # Imported late: `--help` and a wrong argument need nothing of this.
    from tools.facts import facts
    from tools.preview import preview
    from tools.validate import validate

    options = _parser().parse_args(arguments)
    try:
        if options.command == "validate":
            return validate(options.root, options.today, options.language)
        if options.command == "preview":
            return preview(options.root, options.today, options.day, options.language)
        return facts(options.root, options.today, options.days)
    except KnowledgeError as error:
        print(f"{error}\n\nRun `python -m tools validate` to see every fault.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
