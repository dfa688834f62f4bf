"""``/console/audit``: the audit log for auditors and leads: read, select, check the chain, download."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.handoff import audit
from bot.handoff.audit_check import Note, Verdict, verify
from bot.handoff.audit_export import Format, export, is_part
from bot.handoff.engine import writing
from bot.handoff.records import utc_now
from bot.texts import text
from bot.web.console.board import holder_name
from bot.web.console.door import FRESH, Door
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import AUDIT_ROLES, Visitor
from bot.web.services import Services

HERE = "/console/audit"
LINES = 200
"""Lines of the audit log on one page."""
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@dataclass(frozen=True)
class LogPage:
    """Values of ``audit.html``. ``names`` are those of accounts, by actor; ``query`` is the selection in an address."""

    lines: tuple[audit.AuditEntry, ...]
    names: dict[str, str]
    actors: tuple[str, ...]
    actions: tuple[str, ...]
    chosen: audit.Selection
    query: str
    older: int | None
    is_newest: bool


def selection_of(query: QueryParams, reader: str) -> audit.Selection:
    """What the form asks for, as far as the reader may see it; what cannot be meant is left out."""

    def code(name: str) -> str | None:
        wish = query.get(name, "").strip()
        return wish if audit.is_code(wish) else None  # a database need not take every sign

    case = code("case")
    try:
        day = date.fromisoformat(query.get("day", "").strip())
    except ValueError:
        day = None
    if day is not None and not 2000 <= day.year <= 2999:
        day = None
    return audit.Selection(case.upper() if case else None, code("actor"), code("action"), day, reader)


def read_log(services: Services, chosen: audit.Selection, before: int | None) -> LogPage:
    """Read one page of the log; synchronous."""
    lines = audit.newest(services.engine, before=before, limit=LINES, selection=chosen)
    actors, actions = audit.known_codes(services.engine, chosen.reader)
    accounts = [actor for actor in actors if actor.startswith("account:")]
    names = {actor: holder_name(services, actor.removeprefix("account:")) or actor for actor in accounts}
    day = chosen.day.isoformat() if chosen.day else None
    wished = {"case": chosen.case, "actor": chosen.actor, "action": chosen.action, "day": day}
    query = urlencode({name: value for name, value in wished.items() if value})
    older = lines[-1].seq if len(lines) == LINES else None
    return LogPage(lines, names, actors, actions, chosen, query, older, before is not None)


def _note(words: str) -> Note | None:
    """A line and its hash as they were shown. Raises ValueError for anything else but nothing."""
    if not words:
        return None
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", words)
    if found is None:
        raise ValueError
    return Note(int(found[1]), found[2])


def log_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page, its check and its download."""

    async def show(
        request: Request,
        visitor: Visitor,
        verdict: Verdict | None = None,
        problem: str | None = None,
        noted: str = "",
        status: int = 200,
    ) -> Response:
        before = request.query_params.get("before", "")
        cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        page = await services.in_thread(
            read_log, services, selection_of(request.query_params, visitor.account.id), cursor
        )
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "audit.html",
            visitor,
            status=status,
            here=HERE,
            log=page,
            verdict=verdict,
            problem=problem,
            noted=noted,
            waiting=waiting,
        )

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(request, visitor)

    async def check(request: Request, visitor: Visitor) -> Response:
        words = "".join(str((await request.form()).get("noted", ""))[:200].lower().split())
        try:
            noted = _note(words)
        except ValueError:
            sentence = text("console.log.check_noted_wrong", visitor.language).value
            return await show(request, visitor, problem=sentence, noted=words, status=422)
        verdict = await services.in_thread(verify, services.engine, noted=noted)
        return await show(request, visitor, verdict=verdict, noted=words)

    async def download(request: Request, visitor: Visitor) -> Response:
        wish = request.query_params.get("format", "")
        form: Format = "jsonl" if wish == "jsonl" else "csv"
        chosen = selection_of(request.query_params, visitor.account.id)
        part = await services.in_thread(is_part, services.engine, chosen)
        await services.in_thread(told, visitor.account.id, form)
        name = f"brobygger-log-{'part-' if part else ''}{utc_now():%Y-%m-%d}.{form}"
        return StreamingResponse(
            export(services.engine, form, chosen),
            media_type=MEDIA[form],
            headers={**FRESH, "Content-Disposition": f'attachment; filename="{name}"'},
        )

    def told(account: str, form: Format) -> None:
        with writing(services.engine) as connection:
            audit.append(connection, utc_now(), audit.by_account(account), "audit.exported", detail=form)

    return [
        Route(HERE, door.for_roles(page, AUDIT_ROLES), methods=["GET"]),
        Route(HERE + "/check", door.for_roles(check, AUDIT_ROLES), methods=["POST"]),
        Route(HERE + "/export", door.for_roles(download, AUDIT_ROLES), methods=["GET"]),
    ]
