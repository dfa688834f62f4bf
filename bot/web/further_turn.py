"""One more consent inside a turn: her button or the text it asked for, while a case waits or a person has it."""

from __future__ import annotations

from typing import Final

from bot.guidance.model import Choice, Context, Message
from bot.handoff.further import Answered, read_value
from bot.handoff.records_consent import Ask
from bot.privacy.durations import durations
from bot.texts import text
from bot.web.danger import crisis_in
from bot.web.further_text import ask_message, ask_notice, choices, write_question
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn

ASK_VERSION: Final = "further-1"
"""Raised when the meaning of the question's texts changes; kept in every consent record."""


class FurtherTurns:
    """Says what her answer did. The coordinator is told by her page, which shows the state of each question."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._durations = durations(services.settings)

    async def pressed(self, turn: Turn, value: str) -> Outcome:
        """Take a button (``<question>:<answer>``); one that belongs to no live case does nothing."""
        ident, _, answer = value.partition(":")
        done = await self._services.in_thread(self._services.handoff.answer_ask, turn.conversation.id, ident, answer)
        await self._services.wakeups.wake("queue")
        return await self._told(turn, done)

    async def write(self, turn: Turn, ask: Ask) -> Outcome | None:
        """Take a typed text for the open question; None when it is an ordinary message to the coordinator."""
        fit, _ = read_value(ask.code, turn.words)
        if fit == "other" or (ask.code == "name" and await crisis_in(turn, self._services) is not None):
            return None
        if fit == "tries":
            return self._writing(turn, ask, text("consent.invalid_contact", turn.context.language).value)
        done = await self._services.in_thread(self._services.handoff.write_ask, turn.conversation.id, turn.words)
        await self._services.wakeups.wake("queue")
        return await self._told(turn, done)

    async def again(self, turn: Turn) -> Outcome | None:
        """Answer a text that was sent again after its question was answered; None when it may be taken as usual."""
        ident = turn.said_to.removeprefix("ask:")
        ask = await self._services.in_thread(self._services.handoff.find_ask, turn.conversation.id, ident)
        if ask is not None and ask.state == "yes":
            return await self._told(turn, Answered("given", ask))
        return None

    async def _told(self, turn: Turn, done: Answered) -> Outcome:
        context = turn.context
        if done.ask is None or done.did == "stale":
            return Outcome((_say("consent.stale_closed", context),))
        again = choices(done.ask.id, ("again",), context.language)
        match done.did:
            case "given":
                place = text("chat.consents", context.language).value
                return Outcome((_say("consent.further.given", context, place=place),))
            case "write":
                return self._writing(turn, done.ask)
            case "later" | "no":
                return Outcome((_say(f"consent.further.{done.did}", context, choices=again),))
            case _:
                return Outcome((await self._shown(turn, done.ask),))

    def _writing(self, turn: Turn, ask: Ask, before: str = "") -> Outcome:
        question = "\n\n".join(part for part in (before, write_question(ask, turn.context.language)) if part)
        buttons = choices(ask.id, ("no", "later"), turn.context.language)
        language, direction = turn.context.language, text("consent.further.no", turn.context.language).direction
        return Outcome((Message("consent", question, language, direction, choices=buttons),))

    async def _shown(self, turn: Turn, ask: Ask) -> Message:
        """Show the question again in the language she uses now, and keep exactly that."""
        notice = ask_notice(ask.code, turn.context.language, self._durations)
        await self._services.in_thread(
            self._services.handoff.show_ask,
            turn.conversation.id,
            ask.id,
            notice=notice.text,
            language=notice.language,
            version=ASK_VERSION,
        )
        return ask_message(ask.id, notice)


def _say(key: str, context: Context, *, choices: tuple[Choice, ...] = (), **values: str) -> Message:
    said = text(key, context.language, **values)
    return Message("handoff_status", said.value, said.language, said.direction, choices=choices)
