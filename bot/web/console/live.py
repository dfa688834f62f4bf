"""Tells an open page of the console that something changed; the page then reads itself again.

The stream carries no content and reads none: a look into a case is a line in the audit log, so only the page itself,
which shows it, may take one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from bot.handoff.engine import RecordUnavailable
from bot.handoff.records import Case
from bot.web.console.session import CASE_ROLES
from bot.web.events import News
from bot.web.services import Services


def watcher(services: Services, token: str, case: str | None) -> Callable[[str | None], News | None]:
    """A function for ``bot.web.events.stream``: gives a new ``state`` when the queue or the case has changed.

    It ends (None) with the session. While the record is away its state is ``away``.
    """
    cursor = 0

    def look(_: str | None) -> News | None:
        nonlocal cursor
        try:
            account = services.accounts.session(token)
            if account is None or account.role not in CASE_ROLES:
                return None
            waiting, taken = services.handoff.queue(account.id), services.handoff.taken(account.id)
            shown = next((found for found in (*waiting, *taken) if found.id == case), None)
            if shown is not None and shown.account == account.id and shown.conversation is not None:
                while page := services.conversations.after(shown.conversation, cursor):
                    cursor = page[-1].seq
            state = _fingerprint((*waiting, *taken), cursor, services.handoff.escalated())
        except RecordUnavailable:
            state, waiting = "away", ()
        return {"messages": [], "cursor": state, "state": state, "waiting": len(waiting)}

    return look


def _fingerprint(cases: tuple[Case, ...], cursor: int, late: int) -> str:
    seen = "|".join(f"{case.id}:{case.state}:{case.account}:{case.urgency}" for case in cases)
    return hashlib.sha256(f"{seen}#{cursor}#{late}".encode()).hexdigest()[:16]
