"""The files by which the steps of the benchmark hand on what they made: messages, replies, measurements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.guidance.model import Understanding
from bot.nlu.data import Case
from bot.nlu.examples import Example

WARM_UP = 20
"""Messages that are read once before the clock counts, so that what is made at first use is there."""
Pairs = list[tuple[Path, Path]]
"""Files of messages, each with the file that its replies go to."""


@dataclass(frozen=True)
class Reply:
    """What a system made of one message: ours an ``understanding``, the others a ``ranking``, best first.

    ``is_unsure`` is the system's own fallback, ``milliseconds`` the time from the text to this reply.
    """

    milliseconds: float
    understanding: Understanding | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    is_unsure: bool = False


@dataclass(frozen=True)
class Disturbed:
    """A message after a disturbance; ``original`` is the message before, ``also`` the topic of a second question."""

    disturbance: str
    text: str
    original: Case
    also: str | None = None


def pairs_of(arguments: Sequence[str]) -> Pairs:
    """Arguments two by two; raises ValueError when one is left over."""
    places = [Path(argument) for argument in arguments]
    return list(zip(places[::2], places[1::2], strict=True))


def write(path: Path, content: Any) -> None:
    """Write JSON, whole or not at all: a step that was broken off leaves no half a file."""
    half = path.with_suffix(".part")
    half.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    half.replace(path)


def read(path: Path) -> Any:
    """Read JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_items(path: Path, items: Iterable[Case | Example | Disturbed]) -> None:
    """Write messages or sentences."""
    write(path, [asdict(item) for item in items])


def read_cases_from(path: Path) -> list[Case]:
    """The test messages of a step."""
    return [Case(**raw) for raw in read(path)]


def read_examples_from(path: Path) -> list[Example]:
    """The training sentences of a step."""
    return [Example(**raw) for raw in read(path)]


def read_disturbed(path: Path) -> list[Disturbed]:
    """The disturbed messages."""
    return [Disturbed(**(raw | {"original": Case(**raw["original"])})) for raw in read(path)]


def write_replies(path: Path, replies: Iterable[Reply]) -> None:
    """Write replies in the order of their messages."""
    write(
        path,
        [
            {
                "milliseconds": round(reply.milliseconds, 3),
                "understanding": reply.understanding.to_dict() if reply.understanding else None,
                "ranking": reply.ranking,
                "is_unsure": reply.is_unsure,
            }
            for reply in replies
        ],
    )


def read_replies(path: Path) -> list[Reply]:
    """Read what ``write_replies`` wrote."""
    return [
        Reply(
            raw["milliseconds"],
            Understanding.from_dict(raw["understanding"]) if raw["understanding"] else None,
            tuple((str(label), float(p)) for label, p in raw["ranking"]),
            bool(raw["is_unsure"]),
        )
        for raw in read(path)
    ]
