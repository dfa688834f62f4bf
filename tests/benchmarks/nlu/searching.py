"""A step: the product's own search over the articles, as ``/api/search`` calls it.

    python -m tests.benchmarks.nlu.searching <messages> <replies> [<messages> <replies> ...]

The reader is a parent; a message about a topic that only staff can read is searched as on the staff page.
"""

from __future__ import annotations

import sys
import time
from datetime import date

from bot.guidance.guide import Guide
from bot.guidance.model import Audience
from bot.nlu.data import Case
from bot.settings import settings
from tests.benchmarks.nlu.records import Pairs, Reply, pairs_of, read_cases_from, write_replies


def main(pairs: Pairs) -> None:
    """Read messages, one after the other, once every index is built."""
    now = settings()
    guide = Guide.load(now.knowledge)
    for_parents = set(guide.topics("parent"))
    parts = [read_cases_from(messages) for messages, _ in pairs]

    def audience(case: Case) -> Audience:
        kind, _, topic = case.label.partition("/")
        return "staff" if kind == "ask" and topic not in for_parents else "parent"

    def one(case: Case, on: date) -> Reply:
        started = time.perf_counter()
        found = guide.search(case.text, language=case.language, audience=audience(case), on=on)
        took = (time.perf_counter() - started) * 1000
        return Reply(took, None, tuple((result.topic, round(result.score, 4)) for result in found))

    today = now.on()
    for case in {(case.language, audience(case)): case for cases in parts for case in cases}.values():
        one(case, today)
    for (_, replies), cases in zip(pairs, parts, strict=True):
        write_replies(replies, [one(case, today) for case in cases])


if __name__ == "__main__":
    main(pairs_of(sys.argv[1:]))
