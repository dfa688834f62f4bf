"""What somebody asked of the queues, as it stands in an address: read with care, written again, remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, cast
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from bot.handoff.lists import ORDERS, QUEUES, Filters, Order, Queue
from bot.handoff.records import Account, Urgency
from bot.handoff.tables import URGENCIES
from bot.web.console.session import CASE_ROLES, HOME
from bot.web.services import Services

COOKIE: Final = "brobygger_console_view"
MINE: Final = "me"
"""Stands for the visitor's own account in an address."""
KEYS: Final = ("topic", "language", "urgency", "municipality", "holder")


@dataclass(frozen=True)
class QueueView:
    """One look at the queues. ``topic`` is an area or a topic; only values that exist get in."""

    queue: Queue = "new"
    topic: str = ""
    language: str = ""
    urgency: str = ""
    municipality: str = ""
    holder: str = ""
    order: Order = "urgency"
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(getattr(self, key)) for key in KEYS)

    @property
    def is_usual(self) -> bool:
        """What the bare address shows."""
        return replace(self, page=1) == QueueView()

    @property
    def query(self) -> str:
        """The part of an address after the question mark; the queue always stands in it."""
        given = {"queue": self.queue, **{key: getattr(self, key) for key in KEYS}}
        given |= {"order": self.order if self.order != "urgency" else ""}
        given |= {"page": str(self.page) if self.page > 1 else ""}
        return urlencode({key: value for key, value in given.items() if value})

    @property
    def address(self) -> str:
        """Where this look is found again."""
        return f"{HOME}?{self.query}"

    def of(self, queue: Queue) -> QueueView:
        """The same filters in another queue, from its first page."""
        return replace(self, queue=queue, page=1)

    def on(self, page: int) -> QueueView:
        """Another page of the same list."""
        return replace(self, page=page)

    def plain(self) -> QueueView:
        """The queue without filters."""
        return QueueView(queue=self.queue)


def municipalities_of(account: Account) -> tuple[str, ...] | None:
    """The municipalities that an account is limited to; None: all."""
    return account.municipalities or None


def waiting_for(services: Services, account: Account) -> int:
    """How many cases wait that an account may see: the number beside the queue on every page; synchronous."""
    if account.role not in CASE_ROLES:
        return 0
    return services.handoff.waiting_count(account.id)


def read_view(given: Mapping[str, str], services: Services, holders: Mapping[str, str]) -> QueueView:
    """Read a look from an address or a cookie; what does not exist is left out."""
    guide = services.guide
    topic, order, queue = given.get("topic", ""), given.get("order", ""), given.get("queue", "")
    page = given.get("page", "")
    known = topic in guide.knowledge.topics or topic in guide.areas("parent")
    places = {place.slug for place in guide.municipalities()}

    def one_of(key: str, values: object) -> str:
        value = given.get(key, "")
        return value if value in values else ""  # type: ignore[operator]  # sets, tuples and mappings alike

    return QueueView(
        queue=queue if queue in QUEUES else "new",
        topic=topic if known else "",
        language=one_of("language", {language.code for language in services.languages.offered()}),
        urgency=one_of("urgency", URGENCIES),
        municipality=one_of("municipality", places),
        holder=one_of("holder", {MINE, *holders}),
        order=order if order in ORDERS else "urgency",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


def filters_of(view: QueueView, services: Services, account: Account) -> Filters:
    """The filters as the record wants them."""
    guide = services.guide
    area = tuple(topic for topic in guide.knowledge.topics if guide.area(topic) == view.topic)
    topics = area or ((view.topic,) if view.topic else ())
    return Filters(
        topics=topics,
        language=view.language or None,
        urgency=cast(Urgency, view.urgency) if view.urgency else None,
        municipality=view.municipality or None,
        holder=account.id if view.holder == MINE else view.holder or None,
    )


def remembered(cookie: str, services: Services, holders: Mapping[str, str]) -> QueueView | None:
    """The look that a browser was asked to keep; None when it is the usual one."""
    view = read_view(dict(parse_qsl(cookie[:500])), services, holders).on(1)
    return None if view.is_usual else view


def remember(response: Response, services: Services, view: QueueView) -> None:
    """Keep a look in the browser until it is closed: codes only, never words that were searched."""
    response.set_cookie(
        COOKIE,
        view.on(1).query,
        path=HOME,
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )
