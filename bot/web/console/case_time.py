"""What a case page shows of time: until when an answer is due, and what happened when, in codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.handoff import audit
from bot.handoff.times import Wait
from bot.web.console.board import holder_name
from bot.web.services import Services


@dataclass(frozen=True)
class Line:
    """One event. ``actor`` is a name, ``parent`` or ``system``."""

    at: datetime
    actor: str
    action: str
    detail: str | None


@dataclass(frozen=True)
class CaseTime:
    """``lines`` are oldest first, without the looks into the case, which stand in the log."""

    wait: Wait | None
    lines: tuple[Line, ...]


def read_case_time(services: Services, case: str) -> CaseTime:
    """Read it; synchronous."""
    names: dict[str, str] = {}

    def name(actor: str) -> str:
        if actor.startswith("account:") and actor not in names:
            names[actor] = holder_name(services, actor.removeprefix("account:")) or "?"
        return names.get(actor, actor)

    entries, cursor = [], 0
    while page := audit.entries(services.engine, after=cursor, case=case):
        cursor = page[-1].seq
        entries += [entry for entry in page if entry.action != "case.read"]
    lines = tuple(Line(entry.at, name(entry.actor), entry.action, entry.detail) for entry in entries)
    return CaseTime(services.handoff.waits([case]).get(case), lines)
