"""Handing a conversation over to a coordinator: one object for the parent's and the coordinators' side."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Engine

from bot.handoff.absence import AbsenceSide
from bot.handoff.case_search import CaseSearch
from bot.handoff.drafts import Drafts
from bot.handoff.further import FurtherConsent
from bot.handoff.handing_back import HandingBack
from bot.handoff.hours import Hours, Offices
from bot.handoff.interpreting import Interpreting
from bot.handoff.lists import CaseLists
from bot.handoff.office import OfficeSide
from bot.handoff.parents import ParentSide, Turn
from bot.handoff.records import Clock, Urgency, utc_now
from bot.handoff.schedule import Schedule
from bot.handoff.snooze import Snoozing
from bot.handoff.translating import Translating
from bot.privacy.durations import durations
from bot.settings import Settings

__all__ = ["Handoff", "Turn", "make_handoff"]


class Handoff(
    ParentSide,
    HandingBack,
    FurtherConsent,
    Drafts,
    Interpreting,
    Translating,
    AbsenceSide,
    OfficeSide,
    Snoozing,
    CaseLists,
    CaseSearch,
):
    """All that can happen to a case. Every method is one transaction; RecordUnavailable means nothing happened."""


def make_handoff(
    engine: Engine, settings: Settings, clock: Clock = utc_now, *, offices: Offices | None = None
) -> Handoff:
    """The service as the settings want it; without ``offices``, the settings' hours hold everywhere."""
    within: dict[Urgency, timedelta] = {
        "U0": timedelta(hours=settings.deadline_u0_hours),
        "U1": timedelta(hours=settings.deadline_u1_hours),
        "U2": timedelta(hours=settings.deadline_u2_hours),
    }
    schedule = Schedule(offices or Offices(Hours(settings.hours)), within)
    return Handoff(engine, durations=durations(settings), clock=clock, schedule=schedule)
