"""What a reader of the staff pages wishes: language, day, municipality, words; read from the address or a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

from bot.guidance.model import Audience, Context
from bot.web.cleaning import plain
from bot.web.problems import Problem
from bot.web.reading import default_language, municipality_slug
from bot.web.services import Services

LONGEST_SEARCH: Final = 300
"""Characters of a search that are looked at; a question may be longer."""


@dataclass(frozen=True)
class Wish:
    """A checked wish. ``on`` and ``municipality`` are those of the installation when nothing was chosen.

    ``beside`` is the parent's language on a topic page. ``problems`` are locale keys of what could not be read.
    """

    language: str
    today: date
    on: date
    municipality: str | None
    own_municipality: str | None
    beside: str | None = None
    search: str = ""
    problems: tuple[str, ...] = ()

    def context(self, audience: Audience = "staff", language: str | None = None) -> Context:
        """The reader's context for the guide."""
        asked = self.on != self.today
        return Context(language or self.language, self.on, self.municipality, audience, asked_day=asked)

    def link(self, path: str, **changes: str) -> str:
        """An address on the staff pages that keeps what was chosen, with changes; an empty value leaves it out."""
        chosen = {"language": self.language}
        if self.on != self.today:
            chosen["on"] = self.on.isoformat()
        if self.municipality != self.own_municipality:
            chosen["municipality"] = self.municipality or ""
        if self.beside:
            chosen["beside"] = self.beside
        chosen |= changes
        kept = {name: value for name, value in chosen.items() if value or name == "municipality"}
        return f"{path}?{urlencode(kept)}"


def read_wish(request: Request, services: Services, given: Mapping[str, str]) -> Wish:
    """Read a wish from the query or a form. Never raises: what cannot be used is named in ``problems``."""
    problems: list[str] = []
    asked = services.languages.resolve(given.get("language", "")[:35])
    known = asked is not None and services.languages[asked].staff
    language = asked if asked is not None and known else default_language(request, "staff", services)
    today = on = services.settings.on()
    if given.get("on"):
        try:
            on = date.fromisoformat(given["on"][:10])
        except ValueError:
            problems.append("staff.bad_day")
    own = services.settings.municipality
    place = own
    if "municipality" in given:
        try:
            place = municipality_slug(given["municipality"], services, language)
        except Problem:
            problems.append("error.unknown_municipality.detail")
    beside = services.languages.resolve(given.get("beside", "")[:35])
    if beside is not None and not services.languages[beside].is_offered:
        beside = None
    wish = Wish(language, today, on, place, own, beside, problems=tuple(problems))
    return replace(wish, search=plain(given.get("q", "")[:LONGEST_SEARCH]))
