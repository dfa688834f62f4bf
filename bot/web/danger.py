"""The danger check where Rasa does not answer: a human has the conversation, or a step of consent takes the text."""

from __future__ import annotations

import logging

from bot.guidance.model import Message
from bot.web.cleaning import for_rasa, has_letter
from bot.web.rasa import RasaDown
from bot.web.services import Services
from bot.web.turn_state import Turn

log = logging.getLogger(__name__)


async def crisis_in(turn: Turn, services: Services) -> Message | None:
    """Return the crisis message when the words show danger. Rasa down: None, because the words reach a person."""
    if not has_letter(turn.safe):
        return None
    try:
        understood = await services.rasa.parse(for_rasa(turn.safe))
    except RasaDown:
        log.warning("danger check not done: rasa gives no answer")
        return None
    if understood.kind != "danger":
        return None
    return services.replies.crisis(understood.detail, turn.context, also=understood.also)
