"""No word that was said and no token stands in any log, at any level."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot import quiet

SECRET = "en setning som ingen skal se"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    factory, root, hook = logging.getLogRecordFactory(), logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    quiet.install("DEBUG")
    stream = io.StringIO()
    root.handlers = [logging.StreamHandler(stream)]
    yield stream
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(False)
    sys.excepthook = hook
    root.handlers, root.level = handlers, level


async def test_a_whole_conversation_with_failures_leaves_no_word_in_the_log(
    written: io.StringIO, client: Any, rasa: Any, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.start(language="nb")
    await client.say(SECRET)
    for mode in ("empty", "garbage", "error"):
        rasa.mode = mode
        await client.post(text=SECRET)
    rasa.mode = "ok"

    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError(f"failed on {SECRET}")

    monkeypatch.setattr(services.conversations, "update", broken)
    monkeypatch.setattr(services.conversations, "record_replies", broken)
    await client.post(text=SECRET)
    log = written.getvalue()
    assert "RuntimeError" in log
    for word in (SECRET, "setning", services.settings.rasa_token, client.token):
        assert word not in log


def test_others_records_lose_their_words_and_ours_keep_their_sentence(written: io.StringIO) -> None:
    logging.getLogger("somebody.else").error("said: %s", SECRET)
    logging.getLogger("bot.web.x").error("record unavailable")
    log = written.getvalue()
    assert SECRET not in log
    assert "record unavailable" in log
