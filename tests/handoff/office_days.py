"""An office with opening hours, and how its days go, for tests of deadlines, closed periods and absence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.consent import Effect, Step
from bot.handoff.deliveries import deliver_due
from bot.handoff.hours import NORWAY, Hours, Offices
from bot.handoff.notifiers import News, Receiver
from bot.handoff.outbox import spread
from bot.handoff.records import Case, Reason, Urgency
from bot.handoff.schedule import Schedule
from bot.handoff.service import Handoff
from bot.privacy.durations import Durations
from bot.weekly import read_week

WITHIN: dict[Urgency, timedelta] = {"U0": timedelta(hours=1), "U1": timedelta(hours=6), "U2": timedelta(hours=18)}
STEPS = ("contact_only", "chat", "keep", "no", "skip", "yes")


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NORWAY).astimezone(UTC)


def office(engine: Engine, clock: Any) -> Handoff:
    """Open from nine to three on weekdays; on Thursday morning, the twenty-sixth of November."""
    clock.now = oslo("2026-11-26T10:00")
    week = Hours(read_week("mon-fri 09:00-15:00"))
    schedule = Schedule(Offices(week, {"fjordvik": week}), WITHIN)
    return Handoff(engine, durations=Durations(21, 90), clock=clock, schedule=schedule)


def hand_over(desk: Handoff, talk: str, reason: Reason = "own_case", urgency: Urgency = "U1") -> Case:
    desk.offer(talk, reason=reason, topic=None, urgency=urgency)
    desk.accept(talk, summary="")
    case = None
    for given in STEPS:
        prompt = desk.open_prompt(talk)
        assert prompt is not None
        if prompt.step is Step.CONFIRM:
            desk.notice_shown(talk, text="Dette gis videre: …", language="uk", version="1")
        turn = desk.answer_step(talk, prompt.case, prompt.step, given)
        assert turn.effect in (Effect.NEXT, Effect.GIVEN)
        case = turn.case
    assert case is not None
    return case


def told(engine: Engine, clock: Any) -> list[str]:
    """What reaches the coordinators now."""
    came: list[News] = []

    class Ears:
        def send(self, news: News) -> None:
            came.append(news)

    spread(engine, ["ears"], clock=clock)
    ears = Receiver("ears", "here", Ears())
    deliver_due(engine, ears, public_url="https://chat.example.kommune.no", clock=clock)
    return [news.event for news in came]


def history(engine: Engine, case: Case) -> list[tuple[str, str | None]]:
    lines = audit.entries(engine, case=case.id)
    return [(line.action, line.detail) for line in lines if line.action != "case.read"]


def at(clock: Any, desk: Handoff, moment: str) -> list[str]:
    """Let the job make a round at a moment, and say which cases it told of."""
    clock.now = oslo(moment)
    return [case.id for case in desk.keep_time()]
