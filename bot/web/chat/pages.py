"""What the chat's templates are filled with: texts, numbers, dates, and the words that the script needs."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.guidance.model import SITUATIONS, Context
from bot.handoff.records import Conversation
from bot.languages import Language, languages
from bot.texts import text
from bot.web.further_text import category_words, effect_words, purpose_words, recipient_words, withdraw_words
from bot.web.services import Services

HERE: Final = Path(__file__).parent
# Where "leave quickly" goes: the weather, which explains itself to whoever looks over a shoulder.
HARMLESS_PAGE: Final = "https://www.yr.no/"
SCRIPT_TEXTS: Final = (
    "chat.checked",
    "chat.choose",
    "chat.conversation",
    "chat.delete",
    "chat.delete_no",
    "chat.delete_question",
    "chat.delete_yes",
    "chat.deleted",
    "chat.emergency",
    "chat.from_bot",
    "chat.from_coordinator",
    "chat.from_you",
    "chat.about",
    "chat.about_why",
    "chat.child_age",
    "chat.consents",
    "chat.kept",
    "chat.kept_days",
    "chat.language",
    "chat.learning",
    "chat.leave",
    "chat.leave_short",
    "chat.more",
    "chat.municipality",
    "chat.new_message",
    "chat.no_municipality",
    "chat.not_sent",
    "chat.offline",
    "chat.person",
    "chat.print",
    "chat.read_aloud",
    "chat.save",
    "chat.saved",
    "chat.send",
    "chat.sending",
    "chat.situation",
    "chat.skip",
    "chat.sources",
    "chat.terms",
    "chat.state_human",
    "chat.state_waiting",
    "chat.stop_reading",
    "chat.title",
    "chat.useful",
    "chat.useful_no",
    "chat.useful_thanks",
    "chat.useful_yes",
    "chat.write",
    "choice.again",
    *(f"situation.{code}" for code in SITUATIONS),
    *(
        f"notice.{code}"
        for code in (
            "machine_translation",
            "draft",
            "outdated_translation",
            "fallback_language",
            "fact_missing",
            "fact_old",
            "change_expected",
            "unconfirmed",
            "example_municipality",
            "language_switched",
            "masked",
            "preview",
            "newer_rule",
        )
    ),
)
"""Locale keys that the script shows by itself."""

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@lru_cache(maxsize=64)
def script_texts(language: str) -> dict[str, str]:
    """The words of the script in one language, placeholders left in place for it to fill."""
    return {key: text(key, language, **_unfilled(key)).value for key in SCRIPT_TEXTS}


def _unfilled(key: str) -> dict[str, str]:
    """Give each placeholder back as itself: the script fills them."""
    names = {
        "chat.checked": ("date",),
        "chat.new_message": ("who", "text"),
        "chat.kept_days": ("days", "case_days"),
    }.get(key, ())
    return {name: f"%{{{name}}}" for name in names}


def embedded(data: object) -> Markup:
    """JSON for a data block in the page: no character can end the block or begin a tag."""
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(packed.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def day(iso: str, language: Language) -> str:
    """A day as the language writes it."""
    return format_date(date.fromisoformat(iso), format="medium", locale=language.formats)


def moment(at: datetime, language: Language) -> str:
    """A moment as the language writes it, in Norwegian time."""
    from zoneinfo import ZoneInfo

    return format_datetime(at, format="medium", tzinfo=ZoneInfo("Europe/Oslo"), locale=language.formats)


def numbers(message: Mapping[str, Any]) -> Markup:
    """The list of telephone numbers of a message, each one to be pressed."""
    if not message["numbers"]:
        return Markup("")
    row = Markup('<li><a href="tel:{}"><span>{}</span><bdi dir="ltr">{}</bdi></a></li>')
    items = Markup("").join(
        row.format(re.sub(r"[^+0-9]", "", item["number"]), item["label"], item["number"]) for item in message["numbers"]
    )
    return Markup('<ul class="numbers">{}</ul>').format(items)


def blocks(words: str) -> list[str]:
    """The paragraphs of a message."""
    return [block for block in re.split(r"\n\s*\n", words) if block.strip()]


def render(name: str, language: str, **values: object) -> str:
    """Fill a template in one language."""
    spoken = languages()[language]

    def translate(key: str, **named: object) -> str:
        return text(key, language, **{name: str(value) for name, value in named.items()}).value

    speakers = {"parent": "chat.from_you", "coordinator": "chat.from_coordinator"}
    return environment.get_template(name).render(
        t=translate,
        language=spoken,
        day=lambda iso: day(iso, spoken),
        moment=lambda at: moment(at, spoken),
        category=lambda code: category_words(code, language),
        recipient=lambda receipt: recipient_words(receipt.recipients[0], language),
        purpose=lambda receipt: purpose_words(receipt.recipients[0], language),
        effect=lambda receipt: effect_words(receipt, language),
        withdraw=lambda receipt: withdraw_words(receipt, language),
        leave=HARMLESS_PAGE,
        numbers=numbers,
        blocks=blocks,
        speaker=lambda message: translate(speakers.get(message["from"], "chat.from_bot")),
        **values,
    )


def chat_page(
    services: Services,
    language: str,
    messages: Sequence[Mapping[str, Any]],
    conversation: Conversation | None,
    *,
    cursor: str = "0",
    problem: str | None = None,
    draft: str = "",
) -> str:
    """The whole page with what has been said so far; works as it stands when no script runs."""
    context = Context(language=language, on=services.settings.on(), municipality=services.settings.municipality)
    places = () if services.settings.municipality else services.guide.municipalities()
    return render(
        "chat.html",
        language,
        offered=services.languages.offered(),
        emergency=services.replies.emergency_numbers(context),
        conversation=conversation.id if conversation else None,
        state=conversation.state if conversation else "bot",
        about=conversation or Nobody(),
        municipalities=places,
        situations=SITUATIONS,
        cursor=cursor,
        messages=messages,
        problem=problem,
        draft=draft,
        fresh=secrets.token_urlsafe(16),
        kept_days=services.settings.conversation_days,
        case_days=services.settings.case_days,
        learns=services.settings.learn_from_use,
        texts_json=embedded(script_texts(language)),
        messages_json=embedded(messages),
    )


class Nobody:
    """What is known of a parent who has not begun: nothing."""

    municipality = None
    child_age = None
    situation = None
