"""Locks, limits and wake-ups: in one process, and between two over a real Redis."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.web.limits import Limits
from bot.web.locks import Locks
from bot.web.wake import WakeUps

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


async def _most_at_once(*locks: Locks) -> int:
    inside = most = 0

    async def turn(lock: Locks) -> None:
        nonlocal inside, most
        async with lock.hold("c1"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(turn(lock) for lock in locks for _ in range(4)))
    return most


async def test_one_turn_at_a_time_in_one_process() -> None:
    assert await _most_at_once(Locks()) == 1


@pytest.mark.redis
async def test_one_turn_at_a_time_in_two_processes(redis_url: str) -> None:
    one, other = Locks(redis_url), Locks(redis_url)
    assert await _most_at_once(one, other) == 1
    await one.close()
    await other.close()


async def test_without_its_redis_a_process_goes_on_alone() -> None:
    locks, limits, wakeups = Locks(NOBODY), Limits(messages=1, redis_url=NOBODY), WakeUps(NOBODY)
    assert await _most_at_once(locks) == 1
    assert await limits.wait_for("messages", "a") == 0
    assert await limits.wait_for("messages", "a") > 0
    async with wakeups.listen("queue") as bell:
        await wakeups.wake("queue")
        assert await bell.wait(1)


@pytest.mark.redis
async def test_two_processes_count_together(redis_url: str) -> None:
    one, other = Limits(messages=2, redis_url=redis_url), Limits(messages=2, redis_url=redis_url)
    assert [await one.wait_for("messages", "a"), await other.wait_for("messages", "a")] == [0, 0]
    assert 1 <= await one.wait_for("messages", "a") <= 60
    assert await one.wait_for("messages", "b") == 0
    await one.close()
    await other.close()


@pytest.mark.redis
async def test_a_wake_up_reaches_the_other_process(redis_url: str) -> None:
    one, other = WakeUps(redis_url), WakeUps(redis_url)
    await other.start()
    try:
        async with other.listen("conversation:c1") as bell, other.listen("conversation:c2") as deaf:
            for _ in range(50):  # the subscription may still be on its way
                await one.wake("conversation:c1")
                if await bell.wait(0.1):
                    break
            else:
                raise AssertionError("nothing arrived")
            assert not await deaf.wait(0.05)
    finally:
        await one.stop()
        await other.stop()


async def test_only_those_who_listen_are_kept() -> None:
    wakeups = WakeUps()
    async with wakeups.listen("queue"):
        assert set(wakeups._bells) == {"queue"}
    assert wakeups._bells == {}
