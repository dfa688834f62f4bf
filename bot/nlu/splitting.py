"""Cuts a long message into what can be understood one by one."""

from __future__ import annotations

import re

MOST_SENTENCES = 12
"""A message with more sentences than this is read up to here sentence by sentence, and whole."""

WINDOW = 14
"""Words of a stretch when a message has no sentence marks."""

_END = re.compile(r"(?<=[.!?؟።፧…۔])\s+|[\n\r]+|(?<=[!?؟])(?=\w)")
_SHORT_NAMES = re.compile(r"\b(?:kl|dr|nr|f\.eks|bl\.a|ca|mr|mrs|e\.g|i\.e|т\.д|д\.р)\.$", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, in order; a piece of one word joins the sentence before it. Never empty text."""
    found: list[str] = []
    for piece in _END.split(text):
        part = piece.strip()
        if not part:
            continue
        if found and (len(part.split()) < 2 or _SHORT_NAMES.search(found[-1])):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found[:MOST_SENTENCES]


def windows(text: str) -> list[str]:
    """Overlapping stretches of a text that runs on without marks; none for one short enough to be read whole."""
    words = text.split()
    if len(words) <= WINDOW + WINDOW // 2:
        return []
    step = WINDOW // 2
    last = min(len(words) - step, MOST_SENTENCES * 2 * step)
    return [" ".join(words[start : start + WINDOW]) for start in range(0, last, step)]
