"""Facts: values by the day they start, and the one rule by which they are read.

The value with the latest start not after the day asked holds. Before the first start, after ``null`` and without a
file the fact is missing; the nearest value is never taken instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.guidance.reading import Record

Unit = Literal["nok", "percent", "number", "date", "month_day", "phone", "text"]
UNITS = ("nok", "percent", "number", "date", "month_day", "phone", "text")
DECIDERS = ("state", "county", "municipality")
CERTAINTIES = ("A", "B", "INF", "C")
DEFAULT_MAX_AGE = 366

Shown = int | float | str | Mapping[str, str]
"""A value as it stands in the file; a mapping holds a text by language."""


@dataclass(frozen=True)
class Period:
    """What holds from ``starts`` on: a value, the end of the rule (``ends``) or an expected change (``expected``)."""

    starts: date
    value: Shown | None
    expected: bool = False
    source: str = ""
    section: str = ""
    line: int = 0

    @property
    def ends(self) -> bool:
        """The rule ends on this day."""
        return self.value is None and not self.expected


@dataclass(frozen=True)
class Override:
    """A municipality's own values for a fact."""

    last_checked: date
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Fact:
    """A fact as its file tells it."""

    id: str
    description: str
    label: Mapping[str, str]
    unit: str
    decided_by: str
    certainty: str
    last_checked: date
    max_age: int
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Value:
    """A fact on a day. ``notices`` are the codes a reader must be told: fact_old, change_expected, unconfirmed."""

    fact: str
    value: Shown
    unit: str
    starts: date
    source: str
    section: str
    last_checked: date
    notices: tuple[str, ...]
    is_local: bool = False


@dataclass(frozen=True)
class Missing:
    """A fact that has no value on the day asked."""

    fact: str


def _value(record: Record, key: str, unit: str, starts: date) -> Period:
    line = record.lines[key]
    raw = record[key]
    if raw is None:
        return Period(starts, None, line=line)
    if raw == "expected":
        return Period(starts, None, expected=True, line=line)
    if not isinstance(raw, Record):
        raise record.error(
            key,
            f"the value from {key} is {raw!r}.",
            "A value without a source cannot be checked by anybody.",
            "Write {value: …, source: …}, expected or null.",
        )
    raw.only("value", "source", "section")
    value = raw.get("value")
    if not _fits(value, unit):
        expected = {
            "nok": "a number",
            "percent": "a number",
            "number": "a number",
            "date": 'a quoted day such as "2027-08-01"',
            "month_day": 'a quoted month and day such as "08-31"',
            "phone": 'a quoted telephone number as it is dialled, such as "116 117"',
            "text": "a text, or texts by language",
        }[unit]
        raise raw.error(
            "value", f"the value from {key} is {value!r}.", f"The unit is {unit}, so it must be {expected}."
        )
    if isinstance(value, Record):
        value = {language: value.text(language) for language in value}
    assert value is not None  # for the type checker; _fits refused it
    return Period(starts, value, source=raw.text("source"), section=raw.text("section", ""), line=line)


def _fits(value: object, unit: str) -> bool:
    if unit in ("nok", "percent", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if unit == "text":
        return isinstance(value, Record) or (isinstance(value, str) and bool(value.strip()))
    if not isinstance(value, str):
        return False
    if unit == "phone":
        return bool(value) and not set(value) - set("+0123456789 ")
    try:
        # A leap year, so that 29 February is a day.
        date.fromisoformat(value if unit == "date" else f"2028-{value}")
    except ValueError:
        return False
    return True


def read_periods(record: Record, unit: str) -> tuple[Period, ...]:
    """Read ``values:`` of a fact or an override; the days must ascend."""
    values = record.record("values")
    periods: list[Period] = []
    for key in values:
        try:
            starts = date.fromisoformat(key)
        except ValueError:
            raise values.error(
                key, f"{key!r} is not a day.", 'Values are listed by the day they start, such as "2026-08-01".'
            ) from None
        if periods and periods[-1].starts >= starts:
            raise values.error(key, f"{key} stands after {periods[-1].starts}.", "The days must ascend.", "Sort them.")
        periods.append(_value(values, key, unit, starts))
    if not periods:
        raise values.error(
            None, "there are no values.", "A fact without a value says nothing.", "Add one, or remove the file."
        )
    return tuple(periods)


def read_fact(record: Record, fact_id: str) -> Fact:
    """Read one file of ``knowledge/facts``; raises KnowledgeError."""
    record.only("description", "label", "unit", "decided_by", "certainty", "last_checked", "max_age", "values")
    label = record.record("label")
    unit = record.one_of("unit", UNITS)
    return Fact(
        id=fact_id,
        description=record.text("description"),
        label={language: label.text(language) for language in label},
        unit=unit,
        decided_by=record.one_of("decided_by", DECIDERS),
        certainty=record.one_of("certainty", CERTAINTIES),
        last_checked=record.day("last_checked"),
        max_age=record.integer("max_age", DEFAULT_MAX_AGE),
        periods=read_periods(record, unit),
    )


def read_override(record: Record, unit: str) -> Override:
    """Read a municipality's own values; raises KnowledgeError."""
    record.only("last_checked", "values")
    return Override(last_checked=record.day("last_checked"), periods=read_periods(record, unit))


def value_on(fact: Fact, on: date, override: Override | None = None) -> Value | Missing:
    """Return what ``fact`` says on a day; an override wins from its first start on."""
    local = override is not None and override.periods[0].starts <= on
    periods = override.periods if local and override else fact.periods
    last_checked = override.last_checked if local and override else fact.last_checked
    position = bisect_right(periods, on, key=lambda period: period.starts) - 1
    expected = False
    while position >= 0 and periods[position].expected:
        expected = True
        position -= 1
    if position < 0:
        return Missing(fact.id)
    period = periods[position]
    if period.value is None:
        return Missing(fact.id)
    notices = []
    if on - last_checked > timedelta(days=fact.max_age):
        notices.append("fact_old")
    if expected:
        notices.append("change_expected")
    if fact.certainty == "C":
        notices.append("unconfirmed")
    return Value(
        fact=fact.id,
        value=period.value,
        unit=fact.unit,
        starts=period.starts,
        source=period.source,
        section=period.section,
        last_checked=last_checked,
        notices=tuple(notices),
        is_local=local,
    )
