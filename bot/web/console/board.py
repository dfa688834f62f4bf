"""The queues as coordinators see them: a list of cases, status only, and how many stand in the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.guidance.guide import UnknownTopic
from bot.guidance.municipalities import Municipality
from bot.handoff.book import WAITING
from bot.handoff.case_search import Place, folded
from bot.handoff.lists import QUEUES, CasePage, Listed, Queue
from bot.handoff.records import Case, utc_now
from bot.handoff.times import Wait
from bot.languages import Language, languages
from bot.texts import text
from bot.web.console.pages import waited
from bot.web.console.queue_view import QueueView, filters_of, municipalities_of
from bot.web.console.session import Visitor
from bot.web.services import Services


@dataclass(frozen=True)
class Row:
    """One case in a list. ``share`` is the code of what the consent covers, ``none`` without one.

    ``wait`` is the deadline of the first answer while it waits for one, ``team`` in whose queue it stands.
    ``since`` is the moment that the list is about; ``waited`` how long ago it is, None where it lies ahead or the case
    has ended. ``places`` are where a search found its words.
    """

    case: Case
    topic: str | None
    speaks: Language
    municipality: str | None
    waited: str | None
    since: datetime
    holder: str | None
    share: str
    is_mine: bool
    places: tuple[Place, ...] = ()
    wait: Wait | None = None
    team: str | None = None

    @property
    def is_back(self) -> bool:
        """The visitor had put it off; its time has come, and she has not opened it since."""
        until = self.case.snoozed_until
        return self.is_mine and self.case.state == "claimed" and until is not None and until <= utc_now()

    @property
    def her_turn(self) -> bool:
        """Somebody has the case, and the parent wrote last."""
        case = self.case
        return case.state == "claimed" and case.parent_at is not None and case.parent_at > (case.replied_at or _NEVER)


_NEVER = datetime.min.replace(tzinfo=utc_now().tzinfo)


@dataclass(frozen=True)
class Board:
    """Values of ``queue.html``. ``areas`` are (area, title, topics with titles) to choose from; ``queues`` those that
    have a tab: the team's only for whoever belongs to one.
    """

    view: QueueView
    counts: Mapping[Queue, int]
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    holders: Mapping[str, str]
    areas: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    municipalities: tuple[Municipality, ...]
    queues: tuple[Queue, ...]


def topic_title(services: Services, topic: str | None, language: str) -> str | None:
    """The title of a case's topic; its id when the article is gone."""
    if topic is None:
        return None
    try:
        return services.guide.title(topic, language)
    except UnknownTopic:
        return topic


def holder_name(services: Services, account: str | None) -> str | None:
    """The name of whoever has a case; synchronous."""
    found = services.accounts.find(account) if account else None
    return found.name if found else None


def read_board(
    services: Services, visitor: Visitor, view: QueueView, holders: Mapping[str, str], counts: Mapping[Queue, int]
) -> Board:
    """Read one queue; ``counts`` are those of all queues, just read. Synchronous."""
    scope = municipalities_of(visitor.account)
    filters = filters_of(view, services, visitor.account)
    found: CasePage = services.handoff.case_list(
        view.queue,
        visitor.account.id,
        filters=filters,
        order=view.order,
        page=view.page,
        total=counts[view.queue] if filters.is_empty else None,
    )
    places = services.guide.municipalities()
    in_team = bool(services.teams.of(visitor.account.id))
    shown = tuple(queue for queue in QUEUES if queue != "team" or in_team)
    return Board(
        view=view.on(found.page),
        counts=counts,
        rows=_rows(services, visitor, found.rows, view.queue),
        total=found.total,
        page=found.page,
        pages=found.pages,
        holders=holders,
        areas=_areas(services, visitor.language),
        municipalities=tuple(place for place in places if scope is None or place.slug in scope),
        queues=tuple(queue for queue in QUEUES if queue in (view.queue, *shown)),
    )


def _rows(services: Services, visitor: Visitor, found: tuple[Listed, ...], queue: Queue) -> tuple[Row, ...]:
    """Rows with what other tables say of them, read once for all."""
    waits = services.handoff.waits(listed.case.id for listed in found if listed.case.state in WAITING)
    in_teams = any(listed.case.team for listed in found)
    teams = {team.id: team.name for team in services.teams.open()} if in_teams else {}
    return tuple(
        replace(
            make_row(services, visitor, listed, queue),
            wait=waits.get(listed.case.id),
            team=teams.get(listed.case.team or "") if listed.case.state in WAITING else None,
        )
        for listed in found
    )


def make_row(services: Services, visitor: Visitor, listed: Listed, queue: Queue, places: tuple[Place, ...] = ()) -> Row:
    """A case as it stands in a list."""
    case = listed.case
    moments = {"waiting": case.replied_at, "snoozed": case.snoozed_until, "closed": case.closed_at}
    since = moments.get(queue) or case.queued_at or case.opened_at
    place = services.guide.municipality(case.municipality)
    passing = queue not in ("snoozed", "closed") and case.is_open
    return Row(
        case=case,
        topic=topic_title(services, case.topic, visitor.language),
        speaks=languages()[case.talk_language or case.language],
        municipality=place.name if place else None,
        waited=waited(utc_now() - since, languages()[visitor.language]) if passing else None,
        since=since,
        holder=listed.holder,
        share=case.share or "none",
        is_mine=case.account == visitor.account.id,
        places=places,
    )


def search_rows(services: Services, visitor: Visitor, words: str) -> tuple[Row, ...]:
    """The cases that words are found in; synchronous. A title counts in every language of the console."""
    wanted = folded(words)
    spoken = [language.code for language in languages().staff()]
    titled = (
        topic
        for topic in services.guide.knowledge.topics
        if wanted and any(wanted in folded(topic_title(services, topic, code) or "") for code in spoken)
    )
    found = services.handoff.search(words, visitor.account.id, topics=tuple(titled))
    return tuple(make_row(services, visitor, hit.listed, "all", hit.places) for hit in found)


def _areas(services: Services, language: str) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    guide = services.guide
    of: dict[str, list[tuple[str, str]]] = {}
    for topic in guide.topics("parent"):
        of.setdefault(guide.area(topic), []).append((topic, topic_title(services, topic, language) or topic))
    return tuple((area, text(f"area.{area}", language).value, tuple(topics)) for area, topics in of.items())
