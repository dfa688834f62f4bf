"""Handing a conversation over to a coordinator: one object for the parent's and the coordinators' side."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Engine

from bot.handoff.case_search import CaseSearch
from bot.handoff.lists import CaseLists
from bot.handoff.parents import ParentSide, Turn
from bot.handoff.records import Clock, utc_now
from bot.handoff.snooze import Snoozing
from bot.privacy.durations import durations
from bot.settings import Settings

__all__ = ["Handoff", "Turn", "make_handoff"]


class Handoff(ParentSide, Snoozing, CaseLists, CaseSearch):
    """All that can happen to a case. Every method is one transaction; RecordUnavailable means nothing happened."""


def make_handoff(engine: Engine, settings: Settings, clock: Clock = utc_now) -> Handoff:
    """The service as the settings want it."""
    return Handoff(
        engine,
        durations=durations(settings),
        answer_deadline=timedelta(hours=settings.answer_deadline_hours),
        clock=clock,
    )
