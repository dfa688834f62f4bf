"""How the rules behind an article were, are and will be: the periods of its facts, and the acts that hold on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date

from bot.guidance.articles import Article, within
from bot.guidance.facts import Period, Value
from bot.guidance.model import Context
from bot.guidance.rendering import format_value, formats, in_language
from bot.texts import text

if TYPE_CHECKING:
    from bot.guidance.guide import Guide


@dataclass(frozen=True)
class Stretch:
    """What held from one day until before the next: ``shown`` is the value in words, ``law`` where it stood.

    ``state`` is ``value``, ``ended`` (the rule ended) or ``expected`` (a change is coming, to what is not known).
    """

    starts: date
    until: date | None
    state: str
    shown: str
    law: str


@dataclass(frozen=True)
class History:
    """One fact through time, oldest first; ``is_local`` when the municipality sets the value itself."""

    label: str
    stretches: tuple[Stretch, ...]
    is_local: bool


def _law(guide: Guide, source: str, section: str) -> str:
    found = guide.knowledge.sources.get(source)
    return f"{found.title} {section}".strip() if found else section


def _stretch(guide: Guide, unit: str, period: Period, until: date | None, language: str) -> Stretch:
    state = "expected" if period.expected else "ended" if period.ends else "value"
    shown = ""
    if period.value is not None:
        shown = format_value(
            Value("", period.value, unit, period.starts, period.source, period.section, period.starts, ()), language
        )
    return Stretch(period.starts, until, state, shown, _law(guide, period.source, period.section))


def histories(guide: Guide, topic: str, context: Context) -> tuple[History, ...]:
    """The facts of an article with all their periods, telephone numbers left out; () for an unknown topic."""
    article = guide.knowledge.articles.get(topic)
    if article is None:
        return ()
    place = guide.municipality(context.municipality)
    found: list[History] = []
    for fact_id in article.facts:
        fact = guide.knowledge.facts.get(fact_id)
        if fact is None or fact.unit in ("phone", "date"):  # a day of entry into force has no history of its own
            continue
        own = place.overrides.get(fact_id) if place else None
        periods = own.periods if own else fact.periods
        if all(period.ends for period in periods):  # each municipality has its own value, and none is known here
            continue
        ends = [*(period.starts for period in periods[1:]), None]
        stretches = tuple(
            _stretch(guide, fact.unit, period, until, context.language)
            for period, until in zip(periods, ends, strict=True)
        )
        found.append(History(in_language(fact.label, context.language), stretches, own is not None))
    return tuple(found)


def held_on(guide: Guide, article: Article, context: Context, language: str) -> str:
    """The acts and the values that held on the day asked for, as lines of a list under a heading."""
    day = format_date(context.on, "long", locale=formats(language))
    lines = [text("staff.held.heading", language, date=day).value]
    acts = [
        _law(guide, reference.source, reference.section)
        for reference in article.sources
        if within(reference.starts, reference.ends, context.on)
        and (source := guide.knowledge.sources.get(reference.source))
        and source.law
    ]
    if acts:
        lines.append("- " + text("staff.held.law", language, law="; ".join(dict.fromkeys(acts))).value)
    for fact_id in article.facts:
        fact = guide.knowledge.facts.get(fact_id)
        if fact is None or fact.unit in ("phone", "date"):
            continue
        value = guide.fact(fact_id, context.on, context.municipality)
        label = in_language(fact.label, language)
        if isinstance(value, Value):
            lines.append(
                "- "
                + text(
                    "staff.held.value",
                    language,
                    label=label,
                    value=format_value(value, language),
                    law=_law(guide, value.source, value.section),
                    since=format_date(value.starts, "long", locale=formats(language)),
                ).value
            )
        elif all(period.ends for period in fact.periods):
            continue  # each municipality has its own, and none is chosen
        elif context.on < fact.periods[0].starts:
            first = format_date(fact.periods[0].starts, "long", locale=formats(language))
            lines.append("- " + text("staff.held.later", language, label=label, date=first).value)
        else:
            lines.append("- " + text("staff.held.missing", language, label=label).value)
    return "\n".join(lines)
