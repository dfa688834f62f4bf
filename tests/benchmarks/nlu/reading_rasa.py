"""A step: reads messages with a trained Rasa model, in process, one after the other.

python -m tests.benchmarks.nlu.reading_rasa <model> <messages> <replies> [<messages> <replies> ...]
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path
from typing import Any

from bot.guidance.model import Understanding
from bot.nlu.data import Case
from tests.benchmarks.nlu.judging import RANKED
from tests.benchmarks.nlu.records import WARM_UP, Pairs, Reply, pairs_of, read_cases_from, write_replies

FALLBACK = "nlu_fallback"


def reply(parsed: dict[str, Any], milliseconds: float) -> Reply:
    """What Rasa's parse data say: our understanding where it is there, else the ranking of intents."""
    if "understanding" in parsed:
        return Reply(milliseconds, Understanding.from_dict(parsed["understanding"]))
    ranking = tuple(
        (str(entry["name"]), round(float(entry["confidence"]), 4))
        for entry in parsed["intent_ranking"]
        if entry["name"] != FALLBACK
    )
    return Reply(milliseconds, None, ranking[:RANKED], parsed["intent"]["name"] == FALLBACK)


async def read_all(model: Path, parts: list[list[Case]]) -> list[list[Reply]]:
    """The replies, in the order of the messages; each writer has chosen the message's language."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    processor = Agent.load(str(model)).processor
    if processor is None:
        raise RuntimeError("Rasa did not load the model.")

    async def one(case: Case) -> Reply:
        message = UserMessage(case.text, metadata={"language": case.language})
        started = time.perf_counter()
        parsed = await processor.parse_message(message)
        return reply(parsed, (time.perf_counter() - started) * 1000)

    for case in parts[0][:: max(1, len(parts[0]) // WARM_UP)]:
        await one(case)
    return [[await one(case) for case in cases] for cases in parts]


def main(model: Path, pairs: Pairs) -> None:
    """Read and write."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # else Rasa prints every message, which also takes time
    logging.getLogger().setLevel(logging.ERROR)
    found = asyncio.run(read_all(model, [read_cases_from(messages) for messages, _ in pairs]))
    for (_, replies), part in zip(pairs, found, strict=True):
        write_replies(replies, part)


if __name__ == "__main__":
    main(Path(sys.argv[1]), pairs_of(sys.argv[2:]))
