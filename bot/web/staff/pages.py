"""What the templates of the staff pages are filled with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.guidance.model import Choice
from bot.languages import languages
from bot.texts import text
from bot.web.services import Services
from bot.web.staff.wish import Wish

HERE: Final = Path(__file__).parent
_LABEL: Final = re.compile(r"([^\s:.]{2,16}(?: [^\s:.]{1,12}){0,2}): (?=\S)")

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def paragraphs(words: str) -> list[tuple[str, str]]:
    """The paragraphs of a staff text as (label, rest): ``Hjemmel: barnehageloven § 20`` has the label ``Hjemmel``."""
    found = []
    for block in re.split(r"\n\s*\n", words):
        label = _LABEL.match(block)
        if block.strip():
            found.append((label[1] if label else "", block[label.end() :] if label else block))
    return found


def topic_links(choices: Sequence[Choice], wish: Wish) -> list[tuple[str, str]]:
    """(title, address) of the choices that lead to a topic."""
    names = [(choice.title, choice.payload.removeprefix("topic:")) for choice in choices if "topic:" in choice.payload]
    return [(title, wish.link(f"/staff/topics/{topic}")) for title, topic in names]


def areas(services: Services, wish: Wish) -> list[tuple[str, list[tuple[str, str]]]]:
    """All topics for staff as (area, [(title, address)]), in the order of the knowledge base."""
    found: dict[str, list[tuple[str, str]]] = {}
    for topic in services.guide.topics("staff"):
        title = services.guide.title(topic, wish.language, "staff")
        area = text(f"area.{services.guide.area(topic)}", wish.language).value
        found.setdefault(area, []).append((title, wish.link(f"/staff/topics/{topic}")))
    return list(found.items())


def render(name: str, services: Services, wish: Wish, *, here: str, **values: object) -> str:
    """Fill a template. ``here`` is the path that the language links and the form of the day keep to."""
    spoken = languages()[wish.language]

    def translate(key: str, **named: object) -> str:
        return text(key, wish.language, **{name: str(value) for name, value in named.items()}).value

    def day(value: str | date) -> str:
        moment = date.fromisoformat(value) if isinstance(value, str) else value
        return format_date(moment, format="long", locale=spoken.formats)

    return environment.get_template(name).render(
        t=translate,
        day=day,
        language=spoken,
        languages=services.languages,
        staff_languages=services.languages.staff(),
        municipalities=services.guide.municipalities(),
        wish=wish,
        here=here,
        paragraphs=paragraphs,
        topic_links=lambda choices: topic_links(choices, wish),
        **values,
    )
