"""Server-sent events: what is new in a conversation, as it comes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.handoff.records import ConversationGone
from bot.web.services import Services

LOOK_AGAIN: Final = 5.0
"""Seconds after which a listener looks by itself, because a wake-up may have been lost."""
PING: Final = 20
"""Seconds between signs of life, so that no proxy closes a quiet stream."""

News = dict[str, Any]


def stream(
    services: Services, topic: str, read: Callable[[str | None], News | None], after: str | None
) -> EventSourceResponse:
    """Answer with a stream of ``news`` events.

    ``read(cursor)`` runs in a worker thread and returns what came after the cursor, with the new ``cursor`` and
    the ``state``; it returns None, or raises ConversationGone, when there is nothing to follow any more.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        cursor, state = after, None
        async with services.wakeups.listen(topic) as bell:
            while True:
                try:
                    news = await services.in_thread(read, cursor)
                except ConversationGone:
                    news = None
                if news is None:
                    yield ServerSentEvent(event="gone", data="{}")
                    return
                if news["messages"] or news["state"] != state:
                    cursor, state = news["cursor"], news["state"]
                    yield ServerSentEvent(event="news", id=cursor, data=json.dumps(news, ensure_ascii=False))
                await bell.wait(LOOK_AGAIN)

    return EventSourceResponse(events(), ping=PING, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
