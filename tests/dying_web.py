"""The real web process, started again and again in a moment, that kills itself where a test says.

``python -m tests.dying_web`` reads knowledge and texts once and forks a child for every line it is given; the child
runs ``bot.web.serve`` and is the process that a test kills. From one child to the next only what is on disk is kept.

Where it dies is named by commits of transactions that write: ``before:2`` kills it when the second one is about to be
committed, ``after:2`` when it has been, before anything else happens. It is a SIGKILL in the thread that commits, so
nothing is tidied up. A request names the place in the header ``Test-Die`` and counts its own commits only; the line
``start after:3`` names it for the background jobs.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.guidance.guide import Guide
from bot.handoff import deliveries
from bot.settings import settings
from bot.texts import preload
from bot.web import jobs, serve
from bot.web.app import create_app
from bot.web.services import Services, make_services

DIE = b"test-die"
COMMITS = b"test-commits"


@dataclass
class Count:
    """Commits so far, and where to die; an empty place is nowhere."""

    place: str = ""
    seen: int = 0

    def commits(self) -> None:
        """A transaction is about to be committed."""
        self.seen += 1
        self._die(f"before:{self.seen}")

    def committed(self) -> None:
        """It has been."""
        self._die(f"after:{self.seen}")

    def _die(self, here: str) -> None:
        if here == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """The application, with a count of its own for every request and one for everything else."""

    def __init__(self, app: ASGIApp, services: Services, of_jobs: Count) -> None:
        self._app = app
        self._of_jobs = of_jobs
        self._current: ContextVar[Count] = ContextVar("count", default=of_jobs)
        self._writes = threading.local()
        for engine in (services.engine, services.dialogue):
            self._watch(engine)

    def _watch(self, engine: sa.engine.Engine) -> None:
        really = engine.dialect.do_commit

        def commits(connection: sa.engine.Connection) -> None:
            self._writes.now = not connection.get_execution_options().get("brobygger_reading")
            if self._writes.now:
                self._current.get().commits()

        def do_commit(connection: Any) -> None:
            really(connection)
            if getattr(self._writes, "now", False):
                self._writes.now = False
                self._current.get().committed()

        sa.event.listen(engine, "commit", commits)
        engine.dialect.do_commit = do_commit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; tell in a header how often the request has committed before its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        count = Count(dict(scope["headers"]).get(DIE, b"").decode())
        self._current.set(count)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (COMMITS, str(count.seen).encode())]
            await send(message)

        await self._app(scope, receive, counted)


def child(place: str) -> None:
    """Be the web process until somebody kills it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(2, 1)
    # Time goes faster, so that a test need not wait: the lease of a process that was killed, the rounds of the jobs.
    deliveries.LEASE = timedelta(seconds=0.3)
    jobs.OUTBOX_SECONDS = 0.1  # type: ignore[misc]
    jobs.SWEEP_SECONDS = 0.5  # type: ignore[misc]

    def dying(services: Services) -> ASGIApp:
        return Dying(create_app(services), services, Count(place))

    serve.create_app = dying  # type: ignore[attr-defined]
    os._exit(serve.main([]))


def main() -> None:
    """Fork a child for each line ``start [place]`` and answer with its process id, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a dead child leaves the table of processes by itself
    guide = Guide.load(settings().knowledge)
    preload()
    Guide.load = classmethod(lambda cls, knowledge: guide)  # type: ignore[assignment, method-assign]
    # For what is read and imported on the way: it opens nothing.
    uvicorn.Config(create_app(make_services(settings())), ws="none").load()
    gc.freeze()  # a child that collects garbage would copy all that it shares
    print("ready", flush=True)
    for line in sys.stdin:
        place = line.removeprefix("start").strip()
        process = os.fork()
        if process == 0:
            child(place)
        print(process, flush=True)


if __name__ == "__main__":
    main()
