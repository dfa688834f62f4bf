"""Days on which leads close an office: what becomes of deadlines, and whose office may be closed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.office import NotYourOffice
from bot.handoff.service import Handoff
from tests.handoff.office_days import at, hand_over, history, office, oslo, told


@pytest.fixture
def desk(engine: Engine, clock: Any) -> Handoff:
    return office(engine, clock)


def test_a_closed_period_moves_deadlines_and_is_taken_away_again(
    engine: Engine, desk: Handoff, talk: str, clock: Any, lead: str, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    period = desk.close_days("fjordvik", date(2026, 11, 27), date(2026, 11, 30), lead)
    assert period is not None
    assert desk.close_days("fjordvik", date(2026, 11, 27), date(2026, 11, 30), lead) is None
    assert desk.closed_periods() == (period,)
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-12-01T10:00")
    at(clock, desk, "2026-11-27T10:00")
    assert "case.escalated" not in [action for action, _ in history(engine, case)]
    assert desk.hours("heimvik").is_open(clock.now)
    claimed = desk.claim(case.id, coordinators[0])
    assert claimed is not None
    assert claimed.deadline_at == oslo("2026-12-01T15:00")
    assert desk.open_days(period.id, lead)
    assert not desk.open_days(period.id, lead)
    assert desk.closed_periods() == ()
    view = desk.view(case.id, coordinators[0]).case
    assert view.deadline_at == oslo("2026-11-30T10:00")
    assert desk.waits([case.id])[case.id].due_at == oslo("2026-11-27T10:00")
    done = [(line.action, line.detail) for line in audit.entries(engine) if line.action.startswith("hours.")]
    assert done == [
        ("hours.closed", "fjordvik:2026-11-27:2026-11-30"),
        ("hours.opened", "fjordvik:2026-11-27:2026-11-30"),
    ]


def test_a_morning_on_a_closed_day_is_put_off(engine: Engine, desk: Handoff, talk: str, clock: Any, lead: str):
    hand_over(desk, talk, urgency="U2")
    told(engine, clock)
    desk.close_days(None, date(2026, 11, 27), date(2026, 11, 27), lead)
    assert at(clock, desk, "2026-11-27T09:00") == []
    assert at(clock, desk, "2026-11-30T09:00") != []
    assert told(engine, clock) == ["reminder"]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 28), date(2026, 11, 27)),
        (date(2026, 11, 20), date(2026, 11, 25)),
        (date(2026, 12, 1), date(2027, 12, 1)),
        (date(2030, 12, 1), date(2030, 12, 2)),
    ],
)
def test_days_that_cannot_be_meant_are_not_closed(desk: Handoff, lead: str, first: date, last: date):
    with pytest.raises(ValueError, match="cannot be closed"):
        desk.close_days(None, first, last, lead)
    assert desk.closed_periods() == ()


def test_a_limited_lead_reads_and_changes_her_own_offices_only(engine: Engine, desk: Handoff, clock: Any, lead: str):
    nils = Accounts(engine, clock).create("nils", "lead", municipalities=("fjordvik", "solvik"))[0].id
    day = date(2026, 12, 1)
    made = {place: desk.close_days(place, day, day, lead) for place in ("fjordvik", "heimvik", None)}
    assert {period.municipality for period in desk.closed_periods(nils)} == {"fjordvik", None}
    assert {period.municipality for period in desk.closed_periods(lead)} == {"fjordvik", "heimvik", None}
    for strange in ("heimvik", None):
        with pytest.raises(NotYourOffice):
            desk.close_days(strange, date(2026, 12, 2), date(2026, 12, 2), nils)
        period = made[strange]
        assert period is not None
        assert not desk.open_days(period.id, nils)
    assert len(desk.closed_periods()) == 3
    own = made["fjordvik"]
    assert own is not None
    assert desk.open_days(own.id, nils)
    assert desk.close_days("solvik", day, day, nils) is not None
