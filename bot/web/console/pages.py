"""What the templates of the console are filled with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from bot.languages import Language, languages
from bot.texts import text

HERE: Final = Path(__file__).parent
Unit = Literal["day", "hour", "minute"]
Size = Literal["short", "medium"]
NORWAY: Final = ZoneInfo("Europe/Oslo")

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def waited(span: timedelta, language: Language) -> str:
    """How long somebody has waited, in at most two units: ``5 min``, ``2 t 5 min``, ``1 d 3 t``."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts: list[tuple[int, Unit]] = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (rest, "minute")]
    written = [_part(number, unit, language) for number, unit in parts if number]
    return " ".join(written) or _part(0, "minute", language)


@lru_cache(maxsize=4096)
def _part(number: int, unit: Unit, language: Language) -> str:
    amount = timedelta(**{f"{unit}s": number})
    # The threshold keeps the unit: 65 minutes are not rounded to an hour here.
    shown: str = format_timedelta(amount, granularity=unit, threshold=10_000, format="short", locale=language.formats)
    return shown


def moment(at: datetime, language: Language) -> str:
    """A moment as the language writes it, in Norwegian time."""
    return format_datetime(at, format="short", tzinfo=NORWAY, locale=language.formats)


def clock(at: datetime, language: Language, size: Size = "short") -> str:
    """A time of day in Norway."""
    return format_time(at, format=size, tzinfo=NORWAY, locale=language.formats)


@lru_cache(maxsize=1024)
def language_name(code: str, language: Language) -> str:
    """What ``language`` calls the language ``code``."""
    known = languages().get(code)
    names = Locale.parse(language.formats).languages
    name: str | None = names.get(code) or (names.get(known.formats) if known else None)
    return name or (known.english if known else code)


def render(template: str, language: str, **values: object) -> str:
    """Fill a template in one language of the console."""
    spoken = languages()[language]

    def translate(key: str, **named: object) -> str:
        return text(key, language, **{name: str(value) for name, value in named.items()}).value

    return environment.get_template(template).render(
        t=translate,
        language=spoken,
        staff_languages=languages().staff(),
        languages=languages(),
        moment=lambda at: moment(at, spoken),
        iso_day=lambda iso: format_date(date.fromisoformat(iso), format="medium", locale=spoken.formats),
        field_time=lambda at: at.astimezone(NORWAY).replace(tzinfo=None).isoformat(timespec="minutes"),
        clock=lambda at, size="short": clock(at, spoken, size),
        language_name=lambda code: language_name(code, spoken),
        **values,
    )


def page(template: str, language: str, *, status: int = 200, **values: object) -> Response:
    """A page as a response that no cache keeps."""
    headers = {"Cache-Control": "no-store", "Content-Language": language}
    return HTMLResponse(render(template, language, **values), status, headers)


def problem_page(language: str, sentence: str, status: int, *, draft: str = "", back: str = "/console") -> Response:
    """A fault in one sentence; a text that was written and not sent is shown again."""
    return page("problem.html", language, status=status, sentence=sentence, draft=draft, back=back)
