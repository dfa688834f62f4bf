"""Background jobs of the web process. Each is safe to run in several processes: the record decides who does what."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from bot.handoff.counting import month_of
from bot.handoff.deliveries import deliver_due
from bot.handoff.notifiers import Receiver
from bot.handoff.outbox import spread
from bot.handoff.records import RecordError
from bot.web.alerting import receivers_of
from bot.web.deletion import retain, sweep
from bot.web.services import Services
from bot.web.status import status

log = logging.getLogger(__name__)

OUTBOX_SECONDS: Final = 5.0
SWEEP_SECONDS: Final = 30.0
OVERDUE_SECONDS: Final = 60.0
RETENTION_SECONDS: Final = 3600.0
COUNTING_SECONDS: Final = 1800.0


class Jobs:
    """Runs the jobs until it is stopped. A round that fails is logged and the next one comes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: list[asyncio.Task[None]] = []
        self._receivers = receivers_of(services)
        self._bells = {receiver.name: asyncio.Event() for receiver in self._receivers}

    def start(self) -> None:
        """Begin all jobs."""
        jobs: list[tuple[Callable[[], Awaitable[None]], float]] = [
            (self.spread, OUTBOX_SECONDS),
            # Each in a task of its own: one that does not answer holds up none of the others. They wait for the bell.
            *((partial(self._deliver_when_told, receiver), 0.0) for receiver in self._receivers),
            (self.sweep, SWEEP_SECONDS),
            (self.return_overdue, OVERDUE_SECONDS),
            (self.keep_time, OVERDUE_SECONDS),
            (self.count, COUNTING_SECONDS),
            (self.retain, RETENTION_SECONDS),
        ]
        for job, seconds in jobs:
            self._tasks.append(asyncio.create_task(self._repeat(job, seconds)))

    async def stop(self) -> None:
        """End all jobs."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    async def _repeat(self, job: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await job()
            except RecordError as error:
                log.warning("job waits for the record: %s", type(error).__name__)
            except Exception:
                log.exception("job failed")
            await asyncio.sleep(seconds)

    async def spread(self) -> None:
        """Let new pieces of news wait for each receiver, and ring for those who deliver: once a round for all."""
        try:
            await self._services.in_thread(spread, self._services.engine, list(self._bells))
        finally:  # what waited before may be due all the same
            for bell in self._bells.values():
                bell.set()

    async def _deliver_when_told(self, receiver: Receiver) -> None:
        bell = self._bells[receiver.name]
        await bell.wait()
        bell.clear()
        await self.deliver_to(receiver)

    async def deliver_to(self, receiver: Receiver) -> None:
        """Tell one receiver what is due."""
        await self._services.in_thread(
            deliver_due, self._services.engine, receiver, public_url=self._services.settings.public_url
        )

    async def return_overdue(self) -> None:
        """Give cases without a reply in time back to the queue, and tell the parent that she need not start again."""
        told = status("handoff.returned")
        for case in await self._services.in_thread(self._services.handoff.expire_overdue, told):
            if case.conversation is not None:
                await self._services.wakeups.wake(f"conversation:{case.conversation}")
            await self._services.wakeups.wake("queue")

    async def keep_time(self) -> None:
        """Remind coordinators of cases that wait, and leads of those whose time is over."""
        if await self._services.in_thread(self._services.handoff.keep_time):
            await self._services.wakeups.wake("queue")

    async def sweep(self) -> None:
        """Finish deletions until nothing is left."""
        await self._services.in_thread(sweep, self._services)

    async def retain(self) -> None:
        """Delete what has been kept as long as was promised."""
        await self._services.in_thread(retain, self._services)

    async def count(self) -> None:
        """Count the days that are over for the statistics, before what happened on them is deleted."""
        await self._services.in_thread(self._services.counting.run)
        running = month_of(self._services.counting.today())
        await self._services.in_thread(self._services.statistics.prepare, running)
