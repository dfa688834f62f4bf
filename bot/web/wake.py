"""Wake-ups: whoever waits for something new is woken at once, across processes when Redis is configured.

A wake-up carries no content, only a topic (``conversation:<id>``, ``queue``). It may be lost (Redis away, several
processes without Redis), so listeners look again after a while by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, Final

from redis import asyncio as aioredis

log = logging.getLogger(__name__)

CHANNEL: Final = "brobygger:wake"


class Bell:
    """What a listener holds."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake the listener, now or at its next wait."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a wake-up; False when there was none within ``seconds``."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return True


class WakeUps:
    """Wakes listeners of this process, and of the others through Redis."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self._redis: Any = aioredis.Redis.from_url(redis_url) if redis_url else None
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[Bell]:
        """Give a bell that rings for ``topic`` while the block runs."""
        bell = Bell()
        self._bells[topic].add(bell)
        try:
            yield bell
        finally:
            self._bells[topic].discard(bell)
            if not self._bells[topic]:
                del self._bells[topic]

    async def wake(self, topic: str) -> None:
        """Wake all who listen for ``topic``. Never raises: a lost wake-up only means a later look."""
        self._ring(topic)
        if self._redis is not None:
            try:
                await self._redis.publish(CHANNEL, topic)
            except (aioredis.RedisError, OSError):
                log.warning("wake-up not passed on")

    def _ring(self, topic: str) -> None:
        for bell in tuple(self._bells.get(topic, ())):
            bell.ring()

    async def start(self) -> None:
        """Begin to hear the other processes."""
        if self._redis is not None:
            self._task = asyncio.create_task(self._hear())

    async def stop(self) -> None:
        """Stop hearing them."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._redis is not None:
            await self._redis.close()

    async def _hear(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._ring(message["data"].decode())
            except (aioredis.RedisError, OSError):
                log.warning("wake-ups from other processes are away")
                await asyncio.sleep(2)
