"""Opening hours as arithmetic: over changes of time, Easter, and the days between Christmas and New Year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handoff.holiday import CODES, ahead, holiday, holidays_of
from bot.handoff.hours import ALWAYS_OPEN, HORIZON, NORWAY, Hours, Offices, Period
from bot.weekly import DAYS, read_clock, read_week

OFFICE = Hours(read_week("mon-thu 09:00-11:30, 12:00-15:00; fri 09:00-14:00"))
NIGHT_SHIFT = Hours(read_week("mon-sun 00:00-24:00"))
SMALL_HOURS = Hours(read_week("sun 01:30-02:15, 02:30-03:00, 03:00-04:00; mon 09:00-10:00"))


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NORWAY)


MOMENTS = st.timedeltas(timedelta(), timedelta(days=4 * 365)).map(lambda span: datetime(2026, 1, 1, tzinfo=UTC) + span)
SPANS = st.timedeltas(timedelta(), timedelta(hours=40))
OFFICES = st.sampled_from((OFFICE, NIGHT_SHIFT, SMALL_HOURS, ALWAYS_OPEN))


@given(OFFICES, MOMENTS, SPANS, SPANS)
@settings(max_examples=300, deadline=None)
def test_more_open_hours_never_end_earlier(office: Hours, at: datetime, one: timedelta, more: timedelta):
    assert at <= office.add_open_hours(at, one) <= office.add_open_hours(at, one + more)


@given(OFFICES, MOMENTS, SPANS, SPANS)
@settings(max_examples=300, deadline=None)
def test_who_begins_to_wait_later_is_never_due_earlier(office: Hours, at: datetime, later: timedelta, span: timedelta):
    assert office.add_open_hours(at, span) <= office.add_open_hours(at + later, span)


@given(OFFICES, MOMENTS, SPANS, SPANS)
@settings(max_examples=300, deadline=None)
def test_open_hours_can_be_counted_in_two_parts(office: Hours, at: datetime, one: timedelta, other: timedelta):
    assert office.add_open_hours(office.add_open_hours(at, one), other) in (
        office.add_open_hours(at, one + other),
        # nothing more to count: the next opening, where the first part ended at a closing
        office.next_opening(office.add_open_hours(at, one)) if not other else None,
    )


@given(OFFICES, MOMENTS)
@settings(max_examples=300, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(office: Hours, at: datetime):
    opens = office.next_opening(at)
    assert opens is not None
    assert opens >= at
    assert office.is_open(opens)
    assert (opens == at) == office.is_open(at)
    if opens > at:
        assert not office.is_open(at + (opens - at) * 0.999)


@given(OFFICES, MOMENTS)
@settings(max_examples=200, deadline=None)
def test_it_closed_before_now_and_has_been_closed_since(office: Hours, at: datetime):
    since = office.closed_since(at)
    assert (since is None) == office.is_open(at)
    if since is not None:
        assert since <= at
        assert office.is_open(since - timedelta(seconds=1))
        assert not office.is_open(since + (at - since) * 0.5)


@pytest.mark.parametrize(("night", "length"), [("2027-03-28", 23), ("2026-10-25", 25)])
def test_a_day_of_the_change_of_time_is_as_long_as_it_is(night: str, length: int):
    ((opens, closes),) = ALWAYS_OPEN.spells(date.fromisoformat(night))
    assert opens == oslo(f"{night}T00:00")
    assert closes - opens == timedelta(hours=length)
    assert ALWAYS_OPEN.add_open_hours(opens, timedelta(hours=length)) == closes


def test_a_spell_in_the_hour_that_is_left_out_is_left_out():
    watch = Hours(read_week("sun 02:15-03:00, 03:00-04:00"))
    ((opens, closes),) = Hours(watch.week).spells(date(2028, 3, 26))
    assert closes - opens <= timedelta(hours=1, minutes=45)
    assert opens < closes


def test_an_opening_keeps_its_hour_on_the_wall_through_the_changes_of_time():
    for day in ("2026-10-23", "2026-10-26", "2027-03-19", "2027-03-30"):
        opens = OFFICE.next_opening(oslo(f"{day}T01:00"))
        assert opens is not None
        assert opens.astimezone(NORWAY).isoformat()[:16] == f"{day}T09:00"


def test_six_open_hours_from_friday_noon_end_on_monday_after_a_weekend_and_a_break():
    assert OFFICE.add_open_hours(oslo("2026-11-27T12:00"), timedelta(hours=6)) == oslo("2026-11-30T13:30")


def test_a_working_day_that_begins_outside_hours_ends_at_closing():
    week = Hours(read_week("mon-fri 09:00-15:00"))
    assert week.add_open_hours(oslo("2026-11-26T20:00"), timedelta(hours=6)) == oslo("2026-11-27T15:00")


def test_easter_has_a_half_wednesday_and_four_days_without_anybody():
    week = Hours(read_week("mon-fri 09:00-15:00"))
    assert week.is_open(oslo("2027-03-24T11:59"))
    assert not week.is_open(oslo("2027-03-24T12:00"))
    assert week.next_opening(oslo("2027-03-24T12:00")) == oslo("2027-03-30T09:00")
    away = Hours(week.week, half_days_end=None)
    assert away.next_opening(oslo("2027-03-23T15:00")) == oslo("2027-03-30T09:00")


def test_the_days_between_christmas_and_new_year_are_open_but_for_the_holidays():
    week = Hours(read_week("mon-fri 09:00-15:00"))
    open_days = [day for day in (date(2026, 12, 21) + timedelta(days=n) for n in range(14)) if week.spells(day)]
    assert [day.day for day in open_days] == [21, 22, 23, 24, 28, 29, 30, 31]
    assert week.spells(date(2026, 12, 31))[0][1] == oslo("2026-12-31T12:00")
    closed = week.closing((Period(date(2026, 12, 24), date(2027, 1, 1)),))
    assert closed.next_opening(oslo("2026-12-23T15:00")) == oslo("2027-01-04T09:00")


def test_an_office_that_is_always_open_knows_no_holidays():
    assert ALWAYS_OPEN.is_open(oslo("2026-12-25T03:00"))
    assert ALWAYS_OPEN.add_open_hours(oslo("2026-12-24T23:00"), timedelta(hours=2)) == oslo("2026-12-25T01:00")


def test_an_office_that_never_opens_again_gives_no_opening_and_a_moment_far_away():
    shut = Hours(read_week("mon-fri 09:00-15:00"), closed=(Period(date(2026, 1, 1), date(2030, 1, 1)),))
    at = oslo("2027-01-01T00:00")
    assert shut.next_opening(at) is None
    assert shut.add_open_hours(at, timedelta(hours=1)) > at + timedelta(days=HORIZON - 1)
    assert shut.closed_since(at) is not None


@pytest.mark.parametrize("year", range(2000, 2060))
def test_every_year_has_its_holidays_and_four_half_days_at_most(year: int):
    found = holidays_of(year)
    assert 10 <= sum(not entry.half for entry in found.values()) <= 12
    assert 3 <= sum(entry.half for entry in found.values()) <= 4
    assert {entry.code for entry in found.values()} <= set(CODES)


def test_a_holiday_is_known_by_its_day():
    assert (found := holiday(date(2027, 5, 15))) is not None
    assert (found.code, found.half) == ("whitsun-eve", True)
    assert (national := holiday(date(2027, 5, 17))) is not None
    assert not national.half
    assert holiday(date(2027, 5, 18)) is None
    codes = [entry.code for entry in ahead(date(2026, 12, 20), 14)]
    assert codes == ["christmas-eve", "christmas-day", "second-christmas-day", "new-years-eve", "new-year"]


def test_a_municipality_without_hours_has_the_usual_ones_and_nobodys_family_those_at_home():
    offices = Offices(ALWAYS_OPEN, {"fjordvik": OFFICE}, home="fjordvik")
    assert offices.of("fjordvik") is OFFICE
    assert offices.of(None) is OFFICE
    assert offices.of("heimvik") is ALWAYS_OPEN


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("09:00-15:00", "mon-fri 09:00-15:00"),
        ("00:00-24:00", "mon-sun 00:00-24:00"),
        ("mon-thu 09:00-11:30, 12:00-15:00; fri 09:00-14:00", "mon-thu 09:00-11:30, 12:00-15:00; fri 09:00-14:00"),
        ("mon 09:00-12:00; mon 12:00-15:00", "mon 09:00-15:00"),
        ("always", "always"),
    ],
)
def test_hours_are_read_and_written_again(words: str, read: str):
    assert str(read_week(words)) == read
    assert read_week(read) == read_week(words)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "no hours"),
        ("mon-fri", "cannot be read"),
        ("monday 09:00-15:00", "cannot be read"),
        ("09:00-25:00", "cannot be read"),
        ("09:00-24:30", "24:00"),
        ("15:00-09:00", "before it begins"),
        ("09:00-09:00", "before it begins"),
        ("fri-mon 09:00-15:00", "backwards"),
        ("mon-fri 09:00-15:00; fri 09:00-14:00", "overlap"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_a_reason(words: str, why: str):
    with pytest.raises(ValueError, match=why):
        read_week(words)


def test_an_office_may_write_its_hours_more_freely():
    assert str(read_week("mon-fri 08:00-15:30; thu 08:00-18:00", loose=True)) == (
        "mon-wed 08:00-15:30; thu 08:00-18:00; fri 08:00-15:30"
    )
    watch = read_week("mon-fri 15:30-08:00; sat-sun 00:00-24:00", loose=True)
    assert watch.days[DAYS.index("tue")] == ((0, 480), (930, 1440))
    assert watch.days[DAYS.index("sat")] == ((0, 1440),)


def test_a_time_of_day_is_read_or_refused():
    assert read_clock("12:30") == 750
    with pytest.raises(ValueError, match="cannot be read"):
        read_clock("noon")
