"""One message per conversation at a time, in this process and, with Redis, in all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any, Final
from weakref import WeakValueDictionary

from redis import asyncio as aioredis
from redis.exceptions import LockError

log = logging.getLogger(__name__)

LONGEST_TURN: Final = 30.0
"""Seconds after which a lock in Redis is given up: the process that held it is gone."""


class Locks:
    """A lock for each conversation. Redis away: the lock of this process alone holds, which is logged."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._redis: Any = aioredis.Redis.from_url(redis_url) if redis_url else None

    @contextlib.asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Hold the conversation's lock while the block runs."""
        lock = self._locks.get(conversation)
        if lock is None:
            lock = self._locks[conversation] = asyncio.Lock()
        async with lock:
            shared = await self._shared(conversation)
            try:
                yield
            finally:
                if shared is not None:
                    with contextlib.suppress(LockError, aioredis.RedisError, OSError):
                        await shared.release()

    async def _shared(self, conversation: str) -> Any:
        if self._redis is None:
            return None
        lock = self._redis.lock(f"brobygger:turn:{conversation}", timeout=LONGEST_TURN, sleep=0.02)
        try:
            await lock.acquire(blocking_timeout=LONGEST_TURN)
        except (LockError, aioredis.RedisError, OSError):
            log.warning("shared lock not taken")
            return None
        return lock

    async def reachable(self) -> bool | None:
        """Whether Redis answers; None where none is configured."""
        if self._redis is None:
            return None
        try:
            return bool(await self._redis.ping())
        except (aioredis.RedisError, OSError):
            return False

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            await self._redis.close()
