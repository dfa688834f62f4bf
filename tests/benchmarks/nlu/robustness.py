"""What disturbances cost: the same messages before and after, by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.guidance.beside import topics_beside
from bot.guidance.model import Understanding
from bot.nlu.data import Case
from bot.nlu.measure import CHOICES
from tests.benchmarks.nlu.figures import ALL
from tests.benchmarks.nlu.records import Disturbed

FIRST, FOUND, DANGER = "first guess right", "right in answer or choices", "danger recognised"
MEASURES = (FIRST, FOUND, DANGER)


@dataclass
class Change:
    """Counts of one disturbance in one language."""

    messages: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def share(self, measure: str, *, is_after: bool) -> float | None:
        """Per cent, before or after the disturbance; None of nothing."""
        counts = self.after if is_after else self.before
        return 100 * counts[measure] / self.messages[measure] if self.messages[measure] else None


def shown(understood: Understanding) -> list[str]:
    """The topics that the reader sees: the one that is answered or the choices, and what stands beside."""
    beside = list(topics_beside(understood))
    if understood.kind != "ask" or understood.band == "none":
        return beside
    topics = [topic for topic, _ in understood.topics]
    return [*topics[:1], *beside] if understood.band == "sure" else topics[:CHOICES]


def judged(label: str, also: str | None, understood: Understanding) -> dict[str, bool]:
    """What is right of one message; with a second question ``also``, both must be shown and either may come first."""
    kind, _, detail = label.partition("/")
    if kind == "danger":
        return {DANGER: understood.kind == "danger"}
    wanted = {detail, also} if also else {detail}
    first = understood.topics[0][0] if understood.topics else None
    return {FIRST: first in wanted, FOUND: wanted <= set(shown(understood))}


def changes(
    given: Sequence[Disturbed], after: Iterable[Understanding], before: Mapping[Case, Understanding]
) -> dict[str, dict[str, Change]]:
    """Counts by disturbance and language, and of all languages; a second question has nothing to compare with."""
    found: dict[str, dict[str, Change]] = {}
    for entry, understood in zip(given, after, strict=True):
        now = judged(entry.original.label, entry.also, understood)
        then = judged(entry.original.label, None, before[entry.original])
        for name in (entry.original.language, ALL):
            change = found.setdefault(entry.disturbance, {}).setdefault(name, Change())
            for measure, is_right in now.items():
                change.messages[measure] += 1
                change.after[measure] += is_right
                change.before[measure] += then[measure]
    return found
