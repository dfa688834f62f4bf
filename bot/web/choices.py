"""Pressed buttons, but for those of consent: each payload works in any language, and an old one is harmless."""

from __future__ import annotations

from dataclasses import replace

from bot.guidance.guide import UnknownTopic
from bot.guidance.model import Choice, Context, Message
from bot.handoff.records import ConversationChanges
from bot.languages import languages
from bot.texts import text
from bot.web.answering import Answering, conditions_asked
from bot.web.bridge import Bridge
from bot.web.payloads import Payload, read_payload
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn


class Choices:
    """Answers what was chosen."""

    def __init__(self, services: Services, answering: Answering) -> None:
        self._services = services
        self._answering = answering

    async def take(self, turn: Turn, payload: Payload) -> Outcome:
        """Answer one button; raises RasaDown."""
        match payload.name:
            case "topic":
                return await self._topic(turn, payload.value)
            case "area":
                return Outcome((self._services.replies.area(payload.value, turn.context),))
            case "language" | "situation" | "age":
                return await self._chosen(turn, payload)
            case "norwegian":
                return self._norwegian(turn)
            case "again":
                return await self._again(turn)
            case "human":
                return self.human(turn)
            case "bridge":  # stopping the machine counts after the end of a case too
                settled = await Bridge(self._services).answer(turn, payload.value)
                if settled is not None:
                    return settled
        return self.friendly(turn, "turn.old_choice")

    def human(self, turn: Turn) -> Outcome:
        """Offer a person because she asked for one."""
        return Outcome((self._services.replies.handoff_offer("human", turn.context),), ConversationChanges(misses=0))

    def friendly(self, turn: Turn, key: str) -> Outcome:
        """Say a sentence and show the areas."""
        return Outcome((self._with_areas(key, turn.context),))

    async def _topic(self, turn: Turn, topic: str) -> Outcome:
        guide = self._services.guide
        if guide.can_answer(topic, turn.context.audience):
            return await self._answering.topic(turn, topic, turn.context)
        if topic in guide.knowledge.topics:
            return Outcome((self._services.replies.not_yet(turn.context),))
        return self.friendly(turn, "turn.old_choice")

    async def _chosen(self, turn: Turn, payload: Payload) -> Outcome:
        """Remember a language, situation or age, and say the last answer again under it.

        The same answer in a new language keeps its question; after a situation or age only a new one is asked.
        """
        context, changes = turn.context, ConversationChanges()
        if payload.name == "language":
            if turn.context.audience == "staff" and not languages()[payload.value].staff:
                return self.friendly(turn, "turn.old_choice")
            context = replace(context, language=payload.value, asked=())
            changes = ConversationChanges(language=payload.value)
        elif payload.name == "situation":
            context = replace(context, situation=payload.value)
            changes = ConversationChanges(situation=payload.value)
        else:
            context = replace(context, child_age=int(payload.value))
            changes = ConversationChanges(child_age=int(payload.value))
        message = self._last_answer(turn, context)
        if message is None:
            key = "turn.language_set" if payload.name == "language" else "turn.remembered"
            message = self._with_areas(key, context)
        if asked := conditions_asked(message):
            changes["asked"] = asked
        return Outcome((message,), changes)

    def _norwegian(self, turn: Turn) -> Outcome:
        """The last answer in the municipality's Norwegian, for the person across the desk.

        The conversation keeps its language.
        """
        place = self._services.guide.municipality(turn.context.municipality)
        message = self._last_answer(turn, replace(turn.context, language=place.language if place else "nb", asked=()))
        return Outcome((message,)) if message else self.friendly(turn, "turn.old_choice")

    async def _again(self, turn: Turn) -> Outcome:
        """Try the last thing again: the message that got no answer, else the last answer."""
        open_words = await self._services.in_thread(self._unanswered, turn)
        if open_words:
            outcome, _ = await self._answering.words(replace(turn, words=open_words, safe=open_words))
            return outcome
        message = self._last_answer(turn, replace(turn.context, asked=()))
        return Outcome((message or self._services.replies.areas(turn.context),))

    def _unanswered(self, turn: Turn) -> str | None:
        """The newest typed message that has no answer, if nothing later has one; synchronous."""
        cursor, said, answered = 0, [], set()
        while page := self._services.conversations.after(turn.conversation.id, cursor):
            cursor = page[-1].seq
            said += [message for message in page if message.author == "parent" and message.seq < turn.seq]
            answered |= {message.reply_to for message in page if message.reply_to}
        for message in reversed(said):
            if message.client_id in answered:
                return None
            if "choice" not in message.body and not message.private:
                return str(message.body["text"])
        return None

    def numbered(self, turn: Turn, number: int) -> Payload | None:
        """The button that a typed number means: the child's age where that was asked, else the one in that place."""
        if any(payload.startswith("age:") for payload in self._shown(turn)):
            return Payload("age", str(number))
        return self.nth(turn, number - 1)

    def nth(self, turn: Turn, position: int) -> Payload | None:
        """The button at this place (0 is the first) of what the bot said last, or None; synchronous.

        A step of consent is never taken so: only its own button says what she agrees to.
        """
        shown = self._shown(turn)
        if position >= len(shown) or shown[position].startswith("consent:"):
            return None
        return read_payload(shown[position], languages())

    def _shown(self, turn: Turn) -> list[str]:
        """The payloads of the buttons under what the bot said last."""
        cursor, latest = 0, None
        while page := self._services.conversations.after(turn.conversation.id, cursor):
            cursor = page[-1].seq
            latest = next((m for m in reversed(page) if m.author == "bot" and m.seq < turn.seq), latest)
        return [choice["payload"] for choice in latest.body.get("choices", ())] if latest is not None else []

    def _last_answer(self, turn: Turn, context: Context) -> Message | None:
        topic = turn.conversation.last_topic
        if topic is None:
            return None
        try:
            return self._services.guide.answer(topic, context)
        except UnknownTopic:
            return None

    def _with_areas(self, key: str, context: Context) -> Message:
        said = text(key, context.language)
        choices: tuple[Choice, ...] = self._services.replies.areas(context).choices
        return Message("clarify", said.value, said.language, said.direction, choices=choices)
