"""Machine translation as the parent meets it: the question, its buttons, and the mark on what a machine wrote."""

from __future__ import annotations

from typing import Any, Final, cast

from bot.guidance.model import Choice, Message
from bot.handoff.translating import TranslationAnswer
from bot.texts import direction_of, text
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn

ANSWERS: Final = ("yes", "no", "stop")
SAYS: Final = {"given": "bridge.given", "refused": "bridge.refused", "withdrawn": "bridge.stopped"}


def question(case: str, language: str) -> dict[str, Any]:
    """The message that asks whether a machine may translate in this case."""
    said = text("bridge.ask", language)
    choices = tuple(_button(case, answer, said.language) for answer in ("yes", "no"))
    return Message("notice", said.value, said.language, said.direction, choices=choices).to_dict() | {"bridge": "ask"}


def _button(case: str, answer: str, language: str) -> Choice:
    return Choice(text(f"bridge.{answer}", language).value, f"bridge:{case}:{answer}")


def read_answer(value: str) -> tuple[str, TranslationAnswer] | None:
    """Case and answer of what follows ``bridge:`` in a payload; None for what is none."""
    case, _, answer = value.partition(":")
    return (case, cast(TranslationAnswer, answer)) if case and len(case) <= 16 and answer in ANSWERS else None


def translated_body(words: str, *, language: str, of: str) -> dict[str, Any]:
    """The message that carries a machine's translation of the coordinator's message ``of``, and says so first."""
    mark = text("bridge.marked", language).value
    return Message("notice", f"{mark}\n\n{words}", language, direction_of(words)).to_dict() | {"translation_of": of}


class Bridge:
    """Takes her answers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, turn: Turn, value: str) -> Outcome | None:
        """Note what she pressed and say what holds now; None when the question is not (any more) hers to answer."""
        read = read_answer(value)
        if read is None:
            return None
        case, answer = read
        settled = await self._services.in_thread(
            self._services.handoff.answer_translation, turn.conversation.id, case, answer
        )
        if settled is None or settled[0] not in SAYS:
            return None
        state, _ = settled
        said = text(SAYS[state], turn.context.language)
        choices = (_button(case, "stop", said.language),) if state == "given" else ()
        return Outcome((Message("notice", said.value, said.language, said.direction, choices=choices),))
