"""Tells an open page of the console that something changed; the page then reads itself again.

The stream carries no content and reads none: a look into a case is a line in the audit log, so only the page itself,
which shows it, may take one. A look is a few figures, however many cases there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from bot.handoff.engine import RecordUnavailable
from bot.handoff.lists import Arrival, Pulse, Woken
from bot.web.console.session import CASE_ROLES
from bot.web.events import News
from bot.web.services import Services


def watcher(services: Services, token: str, case: str | None) -> Callable[[str | None], News | None]:
    """A function for ``bot.web.events.stream``: gives a new ``state`` when the queue or the case has changed.

    ``page`` differs only when what the page shows is old: on a case's page not for others' cases. ``newest`` are the
    latest cases that wait, for alerts; ``woken`` are hers whose snooze has ended and that no page has told her of. It
    ends (None) with the session. While the record is away its state is ``away``.
    """

    def look(_: str | None) -> News | None:
        try:
            account = services.accounts.session(token)
            if account is None or account.role not in CASE_ROLES:
                return None
            return told(services, account.id, services.handoff.pulse(account.id, case), of_case=case is not None)
        except RecordUnavailable:
            away = dict.fromkeys(("cursor", "state", "page"), "away")
            return {"messages": [], **away, "waiting": 0, "newest": [], "woken": []}

    return look


def told(services: Services, account: str, pulse: Pulse, *, of_case: bool = False) -> News:
    """What the stream says to ``account`` of a look at the record; synchronous."""
    woken = [woken_json(one) for one in pulse.woken]
    state = _fingerprint(f"{pulse.mark}#{pulse.shown}#{services.handoff.escalated(account)}#{woken}")
    return {
        "messages": [],
        "cursor": state,
        "state": state,
        "page": _fingerprint(pulse.shown) if of_case else state,
        "waiting": pulse.waiting,
        "newest": [arrival_json(arrival) for arrival in pulse.arrivals],
        "woken": woken,
    }


def arrival_json(arrival: Arrival) -> dict[str, Any]:
    """A case that waits: number, urgency and since when, in milliseconds."""
    return {"case": arrival.case, "urgency": arrival.urgency, "at": int(arrival.at.timestamp() * 1000)}


def woken_json(woken: Woken) -> dict[str, Any]:
    """A case that is back: number, and since when, in milliseconds."""
    return {"case": woken.case, "at": int(woken.at.timestamp() * 1000)}


def _fingerprint(seen: str) -> str:
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
