"""``/console/learning``: what was not understood or not useful, for leads, who make training sentences of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.learning import KINDS, MOST_SHOWN, Kind, Unclear
from bot.languages import Language, languages
from bot.privacy.masking import mask
from bot.texts import text
from bot.web.cleaning import clean
from bot.web.console.board import topic_title
from bot.web.console.door import Door, moved
from bot.web.console.pages import problem_page
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import Visitor
from bot.web.problems import Problem
from bot.web.services import Services

LEAD_ROLES = ("lead",)
HERE = "/console/learning"
OTHER_LABELS = (
    "own_case",
    "consent",
    "human",
    "out_of_scope",
    "smalltalk/greet",
    "smalltalk/thanks",
    "smalltalk/bye",
    "smalltalk/bot",
)
"""Labels besides topics. Signs of danger are left to those who know docs/labelling.md: their detail picks the words."""


@dataclass(frozen=True)
class Group:
    """Messages of one language that came nearest to one topic; ``topic`` is its title, None where none was near."""

    language: Language
    topic: str | None
    messages: tuple[Unclear, ...]


@dataclass(frozen=True)
class Draft:
    """What a lead had made of a message when it was refused; shown again in its place."""

    message: str
    text: str
    label: str


@dataclass(frozen=True)
class Wish:
    """Which messages to show: one language, one kind, from which on."""

    language: str | None = None
    kind: Kind | None = None
    skip: int = 0

    def query(self, **changes: object) -> str:
        """The address's query for this choice with changes; empty for the first page of everything."""
        given = {"only": self.language, "kind": self.kind, "skip": self.skip} | changes
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class LearningPage:
    """Values of ``learning.html``. ``labels`` are (label, title) to choose from; ``by_language`` and ``by_kind`` number
    what each filter would show; ``later`` and ``earlier`` are where the next and the last page begin.
    """

    groups: tuple[Group, ...]
    by_language: dict[str, int]
    by_kind: dict[Kind, int]
    kept: int
    labels: tuple[tuple[str, str], ...]
    is_on: bool
    wish: Wish
    later: int | None
    earlier: int | None
    draft: Draft | None


def read_wish(services: Services, request: Request) -> Wish:
    """What the address asks for; anything unknown is left out."""
    query = request.query_params
    only, skip = query.get("only", ""), query.get("skip", "")
    kind = next((kind for kind in KINDS if kind == query.get("kind")), None)
    number = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0
    return Wish(only if only in services.languages else None, kind, number)


def read_learning(services: Services, visitor: Visitor, wish: Wish, draft: Draft | None = None) -> LearningPage:
    """Read the page for a lead, as far as her municipalities go; synchronous."""
    me = visitor.account.id
    found = services.learning.waiting(wish.language, wish.kind, skip=wish.skip, limit=MOST_SHOWN + 1, reader=me)
    groups = tuple(
        Group(languages()[code], topic_title(services, guess, visitor.language), tuple(rows))
        for (code, guess), rows in groupby(found[:MOST_SHOWN], key=lambda entry: (entry.language, entry.guess))
    )
    topics = sorted(services.guide.knowledge.topics)
    labels = tuple((f"ask/{topic}", topic_title(services, topic, visitor.language) or topic) for topic in topics)
    others = tuple((label, label) for label in OTHER_LABELS)
    by_language: dict[str, int] = {}
    by_kind: dict[Kind, int] = {}
    for (code, kind), number in services.learning.counts(me).items():
        if wish.kind in (None, kind):
            by_language[code] = by_language.get(code, 0) + number
        if wish.language in (None, code):
            by_kind[kind] = by_kind.get(kind, 0) + number
    return LearningPage(
        groups=groups,
        by_language=by_language,
        by_kind=by_kind,
        kept=len(services.learning.learned()),
        labels=labels + others,
        is_on=services.settings.learn_from_use,
        wish=wish,
        later=wish.skip + MOST_SHOWN if len(found) > MOST_SHOWN else None,
        earlier=max(0, wish.skip - MOST_SHOWN) if wish.skip else None,
        draft=draft,
    )


def learning_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page and its two changes."""

    async def show(
        request: Request, visitor: Visitor, problem: str | None = None, status: int = 200, draft: Draft | None = None
    ) -> Response:
        page = await services.in_thread(read_learning, services, visitor, read_wish(services, request), draft)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "learning.html", visitor, status=status, here=HERE, learning=page, waiting=waiting, problem=problem
        )

    def back(request: Request) -> Response:
        query = read_wish(services, request).query()
        return moved(f"{HERE}?{query}" if query else HERE)

    def gone(visitor: Visitor) -> Response:
        """The parent has deleted it, a colleague was faster, or it is not hers to see: nobody learns which."""
        return problem_page(visitor.language, text("console.learning_gone", visitor.language).value, 404, back=HERE)

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(request, visitor)

    async def keep(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        label = str(form.get("label", ""))[:64]
        topic = label.removeprefix("ask/")
        known = label in OTHER_LABELS or (topic != label and topic in services.guide.knowledge.topics)
        message, written = request.path_params["message"], str(form.get("text", ""))[:20_000]
        draft = Draft(message, written, label)
        try:
            words = mask(clean(written, visitor.language), contacts=True).text
        except Problem as problem:
            return await show(request, visitor, problem.detail, problem.status, draft)
        if not known:
            return await show(request, visitor, text("console.learning_choose", visitor.language).value, 422, draft)
        kept = await services.in_thread(
            services.learning.keep, message, text=" ".join(words.split()), label=label, account=visitor.account.id
        )
        return back(request) if kept else gone(visitor)

    async def drop(request: Request, visitor: Visitor) -> Response:
        dropped = await services.in_thread(services.learning.drop, request.path_params["message"], visitor.account.id)
        return back(request) if dropped else gone(visitor)

    return [
        Route(HERE, door.for_roles(page, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{message}/keep", door.for_roles(keep, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/{message}/drop", door.for_roles(drop, LEAD_ROLES), methods=["POST"]),
    ]
