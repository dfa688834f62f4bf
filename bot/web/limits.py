"""Rate limits per conversation and per client: in memory, or in Redis so that all processes count together."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from redis import asyncio as aioredis

log = logging.getLogger(__name__)

WINDOW: Final = 60.0
KEPT: Final = 20_000
"""Counters kept in memory; the oldest go first, so that strangers cannot fill the memory."""


class Limits:
    """Counts within windows of one minute.

    ``messages`` is per conversation, ``conversations`` per client address.
    """

    def __init__(
        self,
        *,
        messages: int = 60,
        conversations: int = 30,
        redis_url: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = {"messages": messages, "conversations": conversations}
        self._clock = clock
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._redis: Any = aioredis.Redis.from_url(redis_url) if redis_url else None

    async def wait_for(self, what: str, who: str) -> int:
        """Count one more; return 0 when it is allowed, else the whole seconds to wait."""
        key = f"{what}:{who}"
        allowed = self._allowed[what]
        if self._redis is not None:
            try:
                return await self._shared(key, allowed)
            except (aioredis.RedisError, OSError):
                log.warning("shared rate limit is away; this process counts alone")
        now = self._clock()
        start, count = self._counts.pop(key, (now, 0))
        if now - start >= WINDOW:
            start, count = now, 0
        self._counts[key] = (start, count + 1)
        if len(self._counts) > KEPT:
            self._counts.popitem(last=False)
        return 0 if count < allowed else max(1, math.ceil(start + WINDOW - now))

    async def _shared(self, key: str, allowed: int) -> int:
        name = f"brobygger:limit:{key}"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(name, 0, ex=int(WINDOW), nx=True)
            pipe.incr(name)
            pipe.ttl(name)
            _, count, left = await pipe.execute()
        return 0 if count <= allowed else max(1, int(left))

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            await self._redis.close()
