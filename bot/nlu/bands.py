"""What is done with probabilities: which kind a message is, and whether its topic is sure enough to answer.

The thresholds stand in ``config.yml``, for all languages and where needed for one, and were set on one half of the
test messages (``python -m bot.nlu.tuning``); the figures that are reported come from the other half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from bot.guidance.model import PERSONAL, Band
from bot.nlu.evidence import CONVERSATION

WORDS_ENOUGH = 4
"""Words from which a message is long enough to be judged by the usual threshold for danger."""
CLEAR, DOUBTFUL = 0.4, 0.25
"""Probability from which one of these is believed, however little danger (up to ``DOUBTFUL``) or a family's own matter
needs to be heard. On neither half of the test messages does it hide a sign of danger."""
Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Bands:
    """Thresholds of one language. Each is a probability.

    ``danger``: signs of danger from here on are danger, whatever else is more probable (recall wins). This, ``word``
    and ``part`` are for what speaks for danger all in all where it is weighed (``evidence``).
    ``word``: the same for a message of a single word, which says little; it falls to ``danger`` at four words.
    ``part``: the same for one sentence or stretch of a long message, where more chances to be wrong add up.
    ``rest``: the same for what is left of a message when a phrase that only sounds like danger is taken out (``net``).
    ``personal``: own case, consent and a wish for a person together, where no single kind is on top.
    ``kind``: below it, the kind on top is not believed.
    ``answer``: the first topic is answered when its probability times that of a question is at least this;
    ``margin``: … and if it leads the second by this much. ``choose``: the first topics are offered as choices.
    ``near``: a second kind of danger at least this share as probable as the first may as well be meant.
    ``beside``: so probable a question in a message of danger that its topics stand below the numbers.
    """

    danger: float = 0.3
    word: float = 0.6
    part: float = 0.4
    rest: float = 0.5
    personal: float = 0.5
    kind: float = 0.3
    answer: float = 0.5
    margin: float = 0.15
    choose: float = 0.15
    near: float = 0.5
    beside: float = 0.1


def read_bands(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Bands]:
    """Read ``bands`` of config.yml: ``default`` and the languages that differ from it. Raises ValueError."""
    names = {entry.name for entry in fields(Bands)}
    for language, values in raw.items():
        for name, value in values.items():
            if name not in names:
                raise ValueError(f"config.yml: bands of {language}: {name!r} is not one of {', '.join(sorted(names))}")
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ValueError(f"config.yml: bands of {language}: {name} is a number from 0 to 1, not {value!r}")
    default = Bands(**raw.get("default", {}))
    return {"default": default} | {
        language: replace(default, **values) for language, values in raw.items() if language != "default"
    }


def coarse(kinds: Ranking) -> list[tuple[str, float]]:
    """``danger/x`` and ``smalltalk/x`` summed into one kind each, best first."""
    sums: dict[str, float] = {}
    for label, probability in kinds:
        kind = label.split("/", 1)[0]
        sums[kind] = sums.get(kind, 0.0) + probability
    return sorted(sums.items(), key=lambda item: -item[1])


def detail_of(kind: str, kinds: Ranking) -> str | None:
    """What follows the slash in the most probable label of ``kind``; None when that label has no second part.

    ``own_case`` stands both alone and with a detail: an ordinary own case must not take the detail of a rare one.
    """
    for label, _ in kinds:
        own, _, detail = label.partition("/")
        if own == kind:
            return detail or None
    return None


def second_detail(kind: str, kinds: Ranking, near: float) -> str | None:
    """The second detail of ``kind`` when it is at least ``near`` times as probable as the first, else None."""
    own = [(label.partition("/")[2], probability) for label, probability in kinds if label.partition("/")[0] == kind]
    if len(own) < 2 or not own[0][0] or own[1][1] < near * own[0][1]:
        return None
    return own[1][0] or None


def danger_threshold(words: int, bands: Bands) -> float:
    """From which probability a message of so many words is danger: ``word`` for one, ``danger`` from four on."""
    short = max(0, WORDS_ENOUGH - max(1, words)) / (WORDS_ENOUGH - 1)
    return bands.danger + (bands.word - bands.danger) * short


def topic_band(topics: Ranking, bands: Bands, question: float = 1.0) -> Band:
    """What a ranking of topics allows, in a message that is a question with this probability."""
    if not topics:
        return "none"
    first = topics[0][1]
    second = topics[1][1] if len(topics) > 1 else 0.0
    if first * question >= bands.answer and first - second >= bands.margin:
        return "sure"
    return "unsure" if first >= bands.choose else "none"


def choose_kind(
    kinds: Ranking, band: Band, bands: Bands, *, danger: float | None = None, weighed: float | None = None
) -> tuple[str, float]:
    """The kind of a message and its probability; ``unclear`` when nothing is believed.

    ``danger`` replaces the threshold for danger (for a part of a message), ``weighed`` is what speaks for danger all in
    all (``evidence``) and replaces its probability.
    """
    sums = coarse(kinds)
    by_kind = dict(sums)
    is_short = max(by_kind.get(kind, 0.0) for kind in CONVERSATION) >= CLEAR
    harm = by_kind.get("danger", 0.0)
    speaks = harm if weighed is None else weighed
    if speaks >= (bands.danger if danger is None else danger) and not (is_short and harm < DOUBTFUL):
        return "danger", by_kind["danger"]
    ranked = [(kind, probability) for kind, probability in sums if kind != "danger"]
    if not ranked:
        return "unclear", 0.0
    kind, probability = ranked[0]
    if kind not in PERSONAL and not is_short:
        together = sum(by_kind.get(name, 0.0) for name in PERSONAL)
        if together >= bands.personal:
            kind = max(PERSONAL, key=lambda name: by_kind.get(name, 0.0))
            return kind, by_kind[kind]
    if kind == "ask":
        return ("ask", probability) if band != "none" else ("unclear", probability)
    if probability >= bands.kind:
        return kind, probability
    if band == "sure":
        return "ask", by_kind.get("ask", 0.0)
    return "unclear", probability
