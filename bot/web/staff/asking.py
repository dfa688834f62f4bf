"""A question in a staff member's own words: understood by Rasa, answered from the guide, kept nowhere.

Nothing is stored, because a question may name a child in spite of what the page asks for; so no conversation of the
record is used, and Rasa only parses: its tracker never sees the words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.guidance.days import day_in
from bot.guidance.model import Message, SearchResult, Understanding
from bot.privacy.masking import mask
from bot.web.cleaning import clean, for_rasa, has_letter
from bot.web.problems import Problem
from bot.web.rasa import RasaDown
from bot.web.services import Services
from bot.web.staff.wish import Wish


@dataclass(frozen=True)
class Asked:
    """What a question came to: a message, and what the search found when there is no answer.

    ``message`` is None when questions cannot be understood right now. ``day`` is the day that the question names.
    """

    message: Message | None
    results: tuple[SearchResult, ...] = ()
    day: date | None = None


async def answer(services: Services, wish: Wish, words: str, client: str) -> Asked:
    """Answer a question; raises Problem: ``empty_message``, ``message_too_long``, ``too_many_requests``."""
    cleaned = clean(words, wish.language)
    if await services.limits.wait_for("messages", f"staff:{client}"):
        raise Problem("too_many_requests", wish.language)
    safe = mask(cleaned, contacts=True).text
    if not has_letter(safe):
        return Asked(services.replies.not_understood(wish.context(), misses=0))
    day = day_in(safe, wish.today)
    if day is not None:
        wish = replace(wish, on=day)
    try:
        understood = await services.rasa.parse(for_rasa(safe))
    except RasaDown:
        return Asked(None, find(services, wish, safe), day)
    context = replace(wish.context(), asked_day=day is not None or wish.on != wish.today)
    message = services.replies.reply(_for_staff(services, understood, wish), context)
    known = message.kind in ("answer", "crisis", "handoff_offer")
    return Asked(message, () if known else find(services, wish, safe), day)


def find(services: Services, wish: Wish, words: str) -> tuple[SearchResult, ...]:
    """Search the topics for staff."""
    return services.guide.search(words, language=wish.language, audience="staff", on=wish.on)


def _for_staff(services: Services, understood: Understanding, wish: Wish) -> Understanding:
    """The page's language stays, and a topic that is not for staff makes the rest unsure."""
    best = understood.topics[0][0] if understood.topics else None
    unsure = understood.band == "sure" and best is not None and not services.guide.can_answer(best, "staff")
    return replace(
        understood,
        language=wish.language,
        switched=False,
        band="unsure" if unsure else understood.band,
    )
