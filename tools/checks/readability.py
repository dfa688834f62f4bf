"""Texts are easy to read: LIX for Norwegian, the length of sentences in every language.

LIX is Björnsson's readability index (Läsbarhet, 1968): words per sentence plus the per cent of words with more than six
letters. Under 30 is very easy, 30 to 40 easy, 40 to 50 medium, over 50 hard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guidance.articles import ArticleText, Template
from tools.problems import Problem
from tools.tree import Tree

MAX_LIX = {False: 40, True: 55}
"""By whether the text is for staff."""
MAX_SENTENCE = {False: 25, True: 32}
"""Words in one sentence."""
NORWEGIAN = ("nb", "nn")
STAFF_LANGUAGES = ("nb", "nn", "en")
"""Texts that the project writes itself; a translation is told, not refused."""
LONG_WORD = 6

_SENTENCE_END = re.compile(r"(?<=[.!?:።፧፨؟])(?:\s+|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+")


def plain(template: Template) -> str:
    """The text with every placeholder as one short word: most are an amount, a day or an office."""
    return "".join(part if isinstance(part, str) else "x" for part in template)


def sentences(text: str) -> list[str]:
    """Split into sentences; a colon ends one, as in LIX, and so does a line of a list."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def lix(text: str) -> float:
    """Return the readability index; 0 for an empty text."""
    found = words(text)
    if not found:
        return 0.0
    long = sum(len(word) > LONG_WORD for word in found)
    return len(found) / len(sentences(text)) + 100 * long / len(found)


def sections(text: ArticleText) -> dict[str, Template]:
    """The sections of a text by name."""
    found = {"main": text.main, **{f"variant {name}": body for name, body in text.variants.items()}}
    if text.brief:
        found["brief"] = text.brief
    return found


def check(tree: Tree) -> Iterator[Problem]:
    """Yield sections that are too hard, and their longest sentence where it is too long."""
    for _, text in tree.texts():
        if text.language not in tree.codes:
            continue
        for name, template in sections(text).items():
            content = plain(template)
            line = text.lines.get(name, 1)
            value = lix(content)
            # An index over two sentences says little; the length of a sentence is checked all the same.
            if text.language in NORWEGIAN and name != "brief" and value > MAX_LIX[text.staff]:
                yield Problem(
                    text.path,
                    line,
                    f"the section {name} has LIX {value:.0f}; {MAX_LIX[text.staff]} is the most. It is hard to read.",
                    "Use shorter sentences and shorter words.",
                )
            longest = max(sentences(content), key=lambda sentence: len(words(sentence)), default="")
            if len(words(longest)) > MAX_SENTENCE[text.staff]:
                yield Problem(
                    text.path,
                    line,
                    f"a sentence of {len(words(longest))} words in {name} ({longest[:40]!r} …); "
                    f"{MAX_SENTENCE[text.staff]} are the most. A tired reader loses the thread.",
                    "Make it two.",
                    is_warning=text.language not in STAFF_LANGUAGES,
                )
