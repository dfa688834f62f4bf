"""How well the language of a message is told, by its length: what the benchmark and the tests report.

    python -m bot.nlu.measure_languages --model var/models/<archive>

Three questions are asked of every test message: whether the writer's own choice is kept, whether somebody who chose
another language is followed, and what is told without any choice. Messages in languages that we do not speak
(tests/conversations/_other) must be known as such, and none of ours may be taken for one.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.languages import languages
from bot.nlu.data import CONVERSATIONS, Case, read_cases
from bot.nlu.languages import NORWEGIAN, LanguageIdentifier
from bot.nlu.measure import load_archive

LENGTHS = ("1–3", "4–8", "9–")
OTHER = CONVERSATIONS / "_other"
QUESTIONS = ("own language kept", "other choice followed", "told without a choice", "taken for another")
"""The last is a fault: one of our messages is answered as one in a language that we do not speak."""


def length_of(text: str) -> str:
    """The row of the table that a message belongs to, by its words."""
    words = len(text.split())
    return LENGTHS[0] if words <= 3 else LENGTHS[1] if words <= 8 else LENGTHS[2]


def other_cases(folder: Path = OTHER) -> Iterator[tuple[str, str]]:
    """(message, code) in languages that we do not speak."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.strip(), path.stem


def same(one: str, other: str) -> bool:
    """Whether a reader is served as well: the two Norwegian languages are understood together."""
    return one == other or (one in NORWEGIAN and other in NORWEGIAN)


Rates = Mapping[tuple[str, str, str], tuple[int, int]]
"""By (language, length, question): how many, of how many."""


def measure(identifier: LanguageIdentifier, cases: Iterable[Case]) -> Rates:
    """Ask the three questions of messages in our own languages; somebody else chose English, or for English Bokmål."""
    allowed = list(languages())
    counted: Counter[tuple[str, str, str]] = Counter()
    asked: Counter[tuple[str, str, str]] = Counter()
    for case in cases:
        elsewhere = "nb" if case.language == "en" else "en"
        kept = identifier.identify(case.text, case.language, allowed)
        followed = identifier.identify(case.text, elsewhere, allowed)
        told = identifier.identify(case.text, None, allowed)
        answers = (
            same(kept.language, case.language) and not kept.foreign,
            same(followed.language, case.language),
            same(told.language, case.language),
            kept.foreign is not None,
        )
        for question, right in zip(QUESTIONS, answers, strict=True):
            for language in (case.language, "all"):
                key = (language, length_of(case.text), question)
                asked[key] += 1
                counted[key] += right
    return {key: (counted[key], asked[key]) for key in asked}


def measure_others(identifier: LanguageIdentifier, cases: Iterable[tuple[str, str]]) -> Rates:
    """How many messages in languages that we do not speak are known as foreign, and as the right language."""
    counted: Counter[tuple[str, str, str]] = Counter()
    asked: Counter[tuple[str, str, str]] = Counter()
    for text, code in cases:
        found = identifier.identify(text, "en")
        for question, right in (("known as foreign", found.foreign is not None), ("named", found.foreign == code)):
            for language in (code, "all"):
                key = (language, length_of(text), question)
                asked[key] += 1
                counted[key] += right
    return {key: (counted[key], asked[key]) for key in asked}


def table(rates: Rates, question: str) -> str:
    """A Markdown table of one question: lengths down, languages across."""
    names = [*sorted({language for language, _, asked in rates if asked == question} - {"all"}), "all"]
    lines = [f"| {question}, % | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for length in LENGTHS:
        cells = []
        for name in names:
            right, number = rates.get((name, length, question), (0, 0))
            cells.append(f"{100 * right / number:.0f} ({number})" if number else "–")
        lines.append(f"| {length} words | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables of a trained model."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.measure_languages")
    parser.add_argument("--model", type=Path, required=True)
    identifier = load_archive(parser.parse_args().model).identifier
    own = measure(identifier, read_cases())
    for question in QUESTIONS:
        print(table(own, question), end="\n\n")
    others = measure_others(identifier, other_cases())
    for question in ("known as foreign", "named"):
        print(table(others, question), end="\n\n")


if __name__ == "__main__":
    main()
