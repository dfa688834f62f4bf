"""A question with a choice of times: the parent presses one in her language, the coordinator reads it in hers.

The payload holds the time on the clock in Norway (``phrase:times:20261201T0930``), so that each reader's language
writes the same time, whoever pressed it and whenever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date, format_skeleton, format_time

from bot.guidance.model import Choice, Message
from bot.languages import languages
from bot.texts import text

QUESTION: Final = "times"
NONE: Final = "none"
FEWEST, MOST = 2, 4
_STAMP: Final = re.compile(r"\d{8}T\d{4}", re.ASCII)
_FORMAT: Final = "%Y%m%dT%H%M"


def written(at: datetime, language: str) -> str:
    """A time on the clock in Norway as a language writes it: weekday, day, month, hour and minute."""
    formats = languages()[language].formats
    weekday = format_date(at, "EEEE", locale=formats)
    day = format_skeleton("MMMMd", at, locale=formats)
    clock = format_time(at, "short", locale=formats)
    return f"{weekday} {day} {clock}"


def times_body(times: Sequence[datetime], language: str) -> dict[str, Any]:
    """The message that offers times, in the order of the clock. Raises ValueError unless 2 to 4 are different."""
    offered = sorted(set(times))
    if not FEWEST <= len(offered) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} different times are offered")
    said = text("bridge.when", language)
    choices = [Choice(written(at, said.language), f"phrase:{QUESTION}:{at.strftime(_FORMAT)}") for at in offered]
    choices.append(Choice(text("bridge.none", said.language).value, f"phrase:{QUESTION}:{NONE}"))
    message = Message("notice", said.value, said.language, said.direction, choices=tuple(choices))
    return message.to_dict() | {"phrase": QUESTION}


def time_title(answer: str, language: str) -> str | None:
    """What a pressed time says in a language; None for what is none."""
    if answer == NONE:
        return text("bridge.none", language).value
    if not _STAMP.fullmatch(answer):
        return None
    try:
        return written(datetime.strptime(answer, _FORMAT), language)  # noqa: DTZ007 - a clock in Norway, no moment
    except ValueError:
        return None
