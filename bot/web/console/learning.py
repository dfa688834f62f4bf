"""``/console/learning``: what was not understood, for leads, who make training sentences of it or take it away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff.learning import Unclear
from bot.languages import Language, languages
from bot.privacy.masking import mask
from bot.texts import text
from bot.web.cleaning import clean
from bot.web.console.board import topic_title
from bot.web.console.door import Door, moved
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
class LearningPage:
    """Values of ``learning.html``. ``labels`` are (label, title) to choose from; ``counts`` number by language."""

    groups: tuple[Group, ...]
    counts: dict[str, int]
    kept: int
    labels: tuple[tuple[str, str], ...]
    is_on: bool


def read_learning(services: Services, visitor: Visitor, language: str | None) -> LearningPage:
    """Read the page for a lead; synchronous."""
    found = services.learning.waiting(language)
    groups = tuple(
        Group(languages()[code], topic_title(services, guess, visitor.language), tuple(rows))
        for (code, guess), rows in groupby(found, key=lambda entry: (entry.language, entry.guess))
    )
    topics = sorted(services.guide.knowledge.topics)
    labels = tuple((f"ask/{topic}", topic_title(services, topic, visitor.language) or topic) for topic in topics)
    others = tuple((label, label) for label in OTHER_LABELS)
    return LearningPage(
        groups=groups,
        counts=services.learning.counts(),
        kept=len(services.learning.learned()),
        labels=labels + others,
        is_on=services.settings.learn_from_use,
    )


def learning_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page and its two changes."""

    async def show(request: Request, visitor: Visitor, problem: str | None = None, status: int = 200) -> Response:
        wish = request.query_params.get("only", "")
        language = wish if wish in services.languages else None
        page = await services.in_thread(read_learning, services, visitor, language)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "learning.html", visitor, status=status, here=HERE, learning=page, waiting=waiting, problem=problem
        )

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(request, visitor)

    async def keep(request: Request, visitor: Visitor) -> Response:
        form = await request.form()
        label = str(form.get("label", ""))[:64]
        topic = label.removeprefix("ask/")
        known = label in OTHER_LABELS or (topic != label and topic in services.guide.knowledge.topics)
        try:
            words = mask(clean(str(form.get("text", ""))[:20_000], visitor.language), contacts=True).text
        except Problem as problem:
            return await show(request, visitor, problem.detail, problem.status)
        if not known:
            return await show(request, visitor, text("console.learning_choose", visitor.language).value, 422)
        message = request.path_params["message"]
        await services.in_thread(
            services.learning.keep, message, text=" ".join(words.split()), label=label, account=visitor.account.id
        )
        return moved(HERE)

    async def drop(request: Request, visitor: Visitor) -> Response:
        await services.in_thread(services.learning.drop, request.path_params["message"], visitor.account.id)
        return moved(HERE)

    return [
        Route(HERE, door.for_roles(page, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{message}/keep", door.for_roles(keep, LEAD_ROLES), methods=["POST"]),
        Route(HERE + "/{message}/drop", door.for_roles(drop, LEAD_ROLES), methods=["POST"]),
    ]
