"""A web process that is killed and started again, what is sent to it, and what its record holds afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import tables
from bot.handoff.engine import reading
from bot.handoff.tables_consent import case_safety, consent_asks
from tests.conftest import ROOT


@dataclass(frozen=True)
class Call:
    """One request; sent again it is the same to the last letter, its client id too."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    fine: tuple[int, ...] = (200,)
    again: tuple[int, ...] = ()
    """What else it may be answered with when it has had its effect before."""


class Web:
    """The process, on one port; a request that it does not survive is answered with None."""

    def __init__(self, environment: dict[str, str], port: int, log: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.kills = 0
        with log.open("ab") as file:
            self._starter = subprocess.Popen(
                [sys.executable, "-m", "tests.dying_web"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        assert self._said() == "ready"
        self._pid = 0
        self._http = httpx.Client(timeout=30)

    def _said(self) -> str:
        assert self._starter.stdout is not None
        return self._starter.stdout.readline().strip()

    def start(self, place: str = "") -> None:
        """Start it, to die at a commit of its jobs if one is named; returns when it answers or is dead already."""
        assert self._starter.stdin is not None
        self._starter.stdin.write(f"start {place}\n")
        self._starter.stdin.flush()
        self._pid = int(self._said())
        until = time.monotonic() + 30
        while self.is_alive():
            try:
                if self._http.get(f"{self.address}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < until, "web does not answer"
            time.sleep(0.01)

    def is_alive(self) -> bool:
        """There is a process."""
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """Kill it without any chance to tidy up."""
        os.kill(self._pid, signal.SIGKILL)
        self.wait_for_its_end()

    def wait_for_its_end(self, seconds: float = 10) -> None:
        """Return when it is gone."""
        until = time.monotonic() + seconds
        while self.is_alive():
            assert time.monotonic() < until, "web is still alive"
            time.sleep(0.005)
        self.kills += 1
        self._http.close()
        self._http = httpx.Client(timeout=30)

    def send(self, call: Call, die: str = "") -> httpx.Response | None:
        """Send it; None when the process died of it."""
        headers = {**call.headers, **({"Test-Die": die} if die else {})}
        try:
            return self._http.request(
                call.method, self.address + call.path, headers=headers, json=call.json, data=call.form
            )
        except httpx.TransportError:
            self.wait_for_its_end()
            return None

    def close(self) -> None:
        """End the process and what starts it."""
        if self._pid and self.is_alive():
            os.kill(self._pid, signal.SIGKILL)
        self._http.close()
        self._starter.terminate()
        self._starter.wait(10)


@dataclass
class Family:
    """A parent's side, as the chat speaks it: every message has an id of its own, which it keeps."""

    opened: dict[str, Any]
    number: int = 0
    """Every family writes words of its own."""

    @property
    def summary(self) -> str:
        """What she wants to be passed on."""
        return f"Kvitrefjell{self.number:02} barnehage har ikke svart oss"

    @property
    def name(self) -> str:
        """What she is called."""
        return f"Vind{chr(97 + self.number)}lfa"

    @property
    def phone(self) -> str:
        """A number that belongs to nobody."""
        return f"+47 91 23 45 {self.number:02}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What she types in the steps, as it could be found somewhere."""
        return (self.summary.split()[0], self.name, self.phone, self.phone.replace(" ", "")[3:])

    def found_in(self, text: str) -> list[str]:
        """Which of her words are in a text."""
        return [word for word in self.secrets if word in text]

    @property
    def id(self) -> str:
        """The conversation."""
        return str(self.opened["conversation"])

    @property
    def headers(self) -> dict[str, str]:
        """What proves that it is hers."""
        return {"Authorization": f"Bearer {self.opened['token']}"}

    def _call(self, name: str, method: str, rest: str, **more: Any) -> Call:
        return Call(name, method, f"/api/conversations/{self.id}{rest}", self.headers, **more)

    def say(self, text: str, name: str = "") -> Call:
        """Type something."""
        return self._call(name or f"says {text[:24]}", "POST", "/messages", json={"id": uuid4().hex, "text": text})

    def choose(self, payload: str) -> Call:
        """Press a button."""
        parts = payload.split(":")  # the number of a case or a question is no part of the kind of step
        named = parts if len(parts) < 3 else [parts[0], *parts[2:]]
        return self._call(
            f"presses {':'.join(named)}", "POST", "/messages", json={"id": uuid4().hex, "choice": payload}
        )

    def press(self, reply: httpx.Response, answer: str) -> Call:
        """Press the button of the last message whose payload ends so."""
        payloads = [choice["payload"] for message in reply.json()["messages"] for choice in message.get("choices", ())]
        return self.choose(next(one for one in payloads if one == answer or one.endswith(f":{answer}")))

    def read(self) -> Call:
        """Everything that was said."""
        return self._call("reads", "GET", "/messages")

    def receipts(self) -> Call:
        """What she agreed to."""
        return self._call("receipts", "GET", "/receipts")

    def withdraw(self, receipt: str) -> Call:
        """Take a yes back."""
        return self._call("withdraws", "POST", f"/receipts/{receipt}/withdraw")

    def delete(self) -> Call:
        """Delete everything; asked again there is nothing to speak for any more."""
        return self._call("deletes", "DELETE", "", fine=(204,), again=(401, 410))


@dataclass(frozen=True)
class Desk:
    """A coordinator's browser, signed in."""

    account: str
    cookie: str
    origin: str

    def send(self, case: str, what: str, **form: str) -> Call:
        """Send a form of the page of a case. One that was taken already finds the case no longer hers."""
        return Call(
            f"coordinator: {what}",
            "POST",
            f"/console/cases/{case}/{what}",
            {"Cookie": self.cookie, "Origin": self.origin},
            form=form,
            fine=(303,),
            again=(404, 409),
        )

    def look(self, path: str) -> Call:
        """Open a page."""
        return Call("coordinator: looks", "GET", path, {"Cookie": self.cookie}, fine=(200, 404))


class Webhook(ThreadingHTTPServer):
    """Takes news, and keeps every piece as often as it comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TakesNews)
        self.news: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        """Where news is sent."""
        return f"http://127.0.0.1:{self.server_port}/"


class _TakesNews(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.news.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        return


def facts(engine: Engine, conversation: str) -> dict[str, Any]:
    """The state of a family's affairs: everything but the chat itself, the notice that is on its way to her, and times.

    ``told`` is what coordinators and the system wrote to her. A look into a case is a line in the audit log whenever it
    happens, and is left out. A conversation whose deletion has begun has no more state than that: nobody can read it,
    and a sweep removes the rest.
    """
    t, a = tables, tables.audit_log.c
    with reading(engine) as connection:
        there = sa.select(t.conversations.c.id).where(t.conversations.c.id == conversation)
        if connection.execute(there.where(t.conversations.c.deleted_at.is_(None))).first() is None:
            return {"deleted": True}

        def rows(query: Any) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(query)]

        c = t.cases.c
        numbers = connection.execute(sa.select(c.id).where(c.conversation_id == conversation)).scalars().all()
        codes = (c.id, c.state, c.step, c.writing, c.reason, c.urgency, c.share, c.reach, c.talk_language)
        codes += (c.interpreter, c.account_id, c.outcome, c.queued_at, c.closed_at.is_not(None), c.shared_until)
        v, s, k, r, m = t.conversations.c, t.shared.c, consent_asks.c, t.consent_records.c, t.messages.c
        o, n = t.outbox.c, t.notes.c
        safe = [column for column in case_safety.c if column.name != "case_id"]
        author = sa.and_(m.conversation_id == conversation, m.author.in_(("coordinator", "system")))
        return {
            "conversation": rows(
                sa.select(v.state, v.pending_offer, v.language, v.misses, v.last_topic).where(v.id == conversation)
            ),
            "cases": rows(sa.select(*codes).where(c.id.in_(numbers)).order_by(c.opened_at)),
            "shared": rows(sa.select(s.summary, s.contact, s.name).where(s.case_id.in_(numbers)).order_by(s.case_id)),
            "safety": rows(sa.select(*safe).where(case_safety.c.case_id.in_(numbers))),
            "records": rows(
                sa.select(r.state, r.purpose, sa.cast(r.data, sa.Text))
                .where(r.case_id.in_(numbers))
                .order_by(r.given_at)
            ),
            "asks": rows(sa.select(k.code, k.state, k.value).where(k.case_id.in_(numbers)).order_by(k.asked_at)),
            "notes": rows(sa.select(n.account_id, n.text).where(n.case_id.in_(numbers)).order_by(n.at)),
            "told": rows(sa.select(m.author, sa.cast(m.body, sa.Text)).where(author).order_by(m.seq)),
            "news": rows(sa.select(o.event).where(o.case_id.in_(numbers)).order_by(o.created_at)),
            "lines": rows(
                sa.select(a.actor, a.action, a.detail)
                .where(a.case_id.in_(numbers), a.action != "case.read")
                .order_by(a.seq)
            ),
        }


def stored(engine: Engine, conversation: str, client_id: str) -> tuple[int, int]:
    """How often a client id is stored as her message, and how many messages answer it."""
    m = tables.messages.c
    mine = m.conversation_id == conversation
    with reading(engine) as connection:
        said = connection.execute(sa.select(sa.func.count()).where(mine, m.client_id == client_id)).scalar_one()
        answered = connection.execute(sa.select(sa.func.count()).where(mine, m.reply_to == client_id)).scalar_one()
    return int(said), int(answered)
