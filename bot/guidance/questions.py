"""Questions back to the reader: asked only when the answer really differs, and answered by buttons."""

from __future__ import annotations

from dataclasses import dataclass

from bot.guidance.articles import Article
from bot.guidance.model import SITUATIONS, Choice, Context
from bot.texts import text


@dataclass(frozen=True)
class Question:
    """One condition to ask for: ``key`` is the text, ``options`` situations or the first year of each age group."""

    key: str
    options: tuple[str | int, ...]

    def choices(self, language: str) -> list[Choice]:
        """The buttons."""
        return [
            Choice(text(f"situation.{option}", language).value, f"situation:{option}")
            if isinstance(option, str)
            else Choice(self._age(position, language), f"age:{option}")
            for position, option in enumerate(self.options)
        ]

    def _age(self, position: int, language: str) -> str:
        first = self.options[position]
        assert isinstance(first, int)
        if position + 1 == len(self.options):
            return text("age.from", language, years=first).value
        last = int(self.options[position + 1]) - 1
        if first == 0:
            return text("age.under", language, years=last + 1).value
        if first == last:
            return text("age.exact", language, years=first).value
        return text("age.range", language, **{"from": first, "to": last}).value


def _situations(article: Article) -> tuple[str, ...]:
    named = {situation for variant in article.variants for situation in variant.when.situations}
    # "Settled" is the position most families come to; without it a family outside the variants finds no button.
    return tuple(situation for situation in SITUATIONS if situation in named | {"settled"}) if named else ()


def _ages(article: Article) -> tuple[int, ...]:
    starts = {0}
    for variant in article.variants:
        if variant.when.age_min is not None:
            starts.add(variant.when.age_min)
        if variant.when.age_max is not None:
            starts.add(variant.when.age_max + 1)
    return tuple(sorted(starts)) if len(starts) > 1 else ()


def positions(article: Article) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The situations, and the first year of each age group, between which an article tells apart."""
    return _situations(article), _ages(article)


def question(article: Article, context: Context, zones: tuple[str, ...]) -> Question | None:
    """Return the first condition that the article asks for, is not known, and would change the answer."""
    situations: tuple[str | None, ...] = (context.situation,) if context.situation else (None, *_situations(article))
    ages: tuple[int | None, ...] = (context.child_age,) if context.child_age is not None else (None, *_ages(article))

    def chosen(situation: str | None, age: int | None) -> str | None:
        for variant in article.variants:
            if variant.when.holds(situation=situation, zones=zones, child_age=age, on=context.on):
                return variant.id
        return None

    for condition in article.asks:
        if condition in context.asked:
            continue
        if condition == "situation" and any(len({chosen(s, age) for s in situations}) > 1 for age in ages):
            return Question("answer.ask_situation", tuple(s for s in situations if s))
        if condition == "child_age" and any(len({chosen(s, age) for age in ages}) > 1 for s in situations):
            return Question("answer.ask_child_age", tuple(age for age in ages if age is not None))
    return None
