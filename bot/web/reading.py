"""Reads what comes from outside: JSON bodies, query values, languages, municipalities. Raises Problem, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.requests import Request

from bot.guidance.model import SITUATIONS, Audience, Context
from bot.web import openapi
from bot.web.identity import language_of, negotiated
from bot.web.problems import Problem
from bot.web.services import Services

OLDEST_CHILD: Final = 25


async def body_of(request: Request, services: Services, schema: str, *, optional: bool = False) -> dict[str, Any]:
    """Return the JSON body after checking it against a schema of openapi.yml."""
    raw = await request.body()
    language = language_of(request, services)
    if optional and not raw.strip():
        return {}
    try:
        data = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem("bad_json", language) from None
    try:
        openapi.check(schema, data)
    except openapi.Invalid as invalid:
        raise bad_field(invalid.field, language) from None
    checked: dict[str, Any] = data
    return checked


def bad_field(field: str, language: str) -> Problem:
    """The problem of a field that cannot be used; names the field, not the value."""
    return Problem("bad_request", language, values={"field": field}, extra={"field": field})


def language_code(tag: str, audience: str, services: Services, speaking: str) -> str:
    """Return our code for a language that may be chosen; raises Problem ``unknown_language`` with the list."""
    code = services.languages.resolve(tag)
    offered = services.languages.staff() if audience == "staff" else services.languages.offered()
    if code and any(language.code == code for language in offered):
        return code
    listed = [{"code": language.code, "name": language.name} for language in offered]
    names = ", ".join(language.name for language in offered)
    raise Problem("unknown_language", speaking, values={"languages": names}, extra={"languages": listed})


def default_language(request: Request, audience: str, services: Services) -> str:
    """Return the language for somebody who chose none."""
    wished = negotiated(request.headers, services.languages)
    return wished if audience == "parent" or services.languages[wished].staff else "nb"


def municipality_slug(slug: str | None, services: Services, speaking: str) -> str | None:
    """Return a municipality that exists, None for none; raises Problem ``unknown_municipality``."""
    if not slug:
        return None
    if slug not in {municipality.slug for municipality in services.guide.municipalities()}:
        raise Problem("unknown_municipality", speaking)
    return slug


def context_of(request: Request, services: Services) -> Context:
    """Return the reader's context from the query of ``/api/answers`` and ``/api/search``."""
    query = request.query_params
    speaking = language_of(request, services)
    audience = audience_of(query, speaking)
    language = (
        language_code(query["language"], audience, services, speaking)
        if query.get("language")
        else default_language(request, audience, services)
    )
    situation = query.get("situation") or None
    if situation is not None and situation not in SITUATIONS:
        raise bad_field("situation", language)
    slug = municipality_slug(query.get("municipality"), services, language)
    return Context(
        language=language,
        on=day_of(query, services, language),
        municipality=slug if "municipality" in query else services.settings.municipality,
        audience=audience,
        situation=situation,
        child_age=_age(query.get("child_age"), language),
        asked_day=bool(query.get("on")),
    )


def audience_of(query: Mapping[str, str], speaking: str) -> Audience:
    """Return ``parent`` or ``staff``."""
    audience = query.get("audience") or "parent"
    if audience == "staff":
        return "staff"
    if audience != "parent":
        raise bad_field("audience", speaking)
    return "parent"


def day_of(query: Mapping[str, str], services: Services, speaking: str) -> date:
    """Return the day asked about, today by default."""
    wanted = query.get("on")
    if not wanted:
        return services.settings.on()
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        raise bad_field("on", speaking) from None


def _age(text: str | None, speaking: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:4]) > OLDEST_CHILD:
        raise bad_field("child_age", speaking)
    return int(text)
