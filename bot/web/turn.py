"""One turn of a conversation: what was said is written down, then answered, then the answer is written down.

The order never changes: check, mask, store, decide who answers, answer, store the answer. A turn that fails after the
first store leaves a message without an answer, and the same client id again gets its answer then.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.guidance.model import Message, Understanding
from bot.handoff.further import read_value
from bot.handoff.records import SAID_TO, Conversation, ConversationGone, StoredMessage
from bot.privacy.masking import mask
from bot.texts import direction_of
from bot.web.answering import REASONS, Answering
from bot.web.choices import Choices
from bot.web.cleaning import clean
from bot.web.consent_turn import ConsentTurns
from bot.web.failures import service_down
from bot.web.further_turn import FurtherTurns
from bot.web.payloads import read_payload, title_of
from bot.web.problems import Problem
from bot.web.rasa import RasaDown
from bot.web.services import Services
from bot.web.turn_state import Outcome, Said, Turn, context_for, question_open
from bot.web.with_person import WithPerson

__all__ = ["Opened", "Opening", "Reply", "Said", "Turns"]


@dataclass(frozen=True)
class Opening:
    """What is known of somebody who starts a conversation; checked by the caller."""

    language: str
    audience: Literal["parent", "staff"] = "parent"
    municipality: str | None = None
    situation: str | None = None
    child_age: int | None = None


@dataclass(frozen=True)
class Reply:
    """The answer to one message, as the interface shows it."""

    state: str
    language: str
    messages: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON body."""
        return {"state": self.state, "language": self.language, "messages": list(self.messages)}


@dataclass(frozen=True)
class Opened:
    """A new conversation; the token is shown this once."""

    conversation: str
    token: str
    reply: Reply

    def to_dict(self) -> dict[str, Any]:
        """The JSON body."""
        return {"conversation": self.conversation, "token": self.token, **self.reply.to_dict()}


PLACES = {"first": 0, "second": 1, "third": 2}
"""Words that mean a button of the last message, by its place."""


def typed_number(words: str) -> int:
    """The number that a message of a single digit is, in any script; 0 for other words."""
    bare = words.strip(" .)")
    return unicodedata.digit(bare, 0) if len(bare) == 1 else 0


class Turns:
    """Opens conversations and takes their turns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answering = Answering(services)
        self._choices = Choices(services, self._answering)
        self._consent = ConsentTurns(services)
        self._person = WithPerson(services)
        self._further = FurtherTurns(services)

    async def open(self, opening: Opening) -> Opened:
        """Begin a conversation with its greeting."""
        return await self._services.in_thread(self._open, opening)

    def _open(self, opening: Opening) -> Opened:
        conversation, token = self._services.conversations.create(
            language=opening.language,
            municipality=opening.municipality,
            audience=opening.audience,
            situation=opening.situation,
            child_age=opening.child_age,
        )
        greeting = self._services.replies.greeting(context_for(conversation, self._services.settings.on()))
        stored = self._services.conversations.record_replies(conversation.id, [greeting.to_dict()])
        return Opened(conversation.id, token, self._reply(conversation, stored))

    def masked(self, words: str) -> str:
        """Return words without identity numbers and contact details."""
        return mask(words, contacts=True).text

    async def take(self, conversation: str, said: Said) -> Reply:
        """Take one message; raises Problem.

        ``service_down`` leaves the message stored: the same id again gets its answer when Rasa is back.
        """
        services = self._services
        async with services.locks.hold(conversation):
            try:
                heard = await services.in_thread(self._hear, conversation, said)
                if isinstance(heard, Reply):
                    return heard
                try:
                    outcome = await self._decide(heard)
                except RasaDown:
                    raise service_down(services, heard.context, heard.conversation.state) from None
                if heard.masked:
                    outcome = outcome.noting("masked")
                reply = await services.in_thread(self._store, heard, outcome)
            except ConversationGone:
                language = services.tongues.language(conversation) or "nb"
                services.tongues.forget(conversation)
                raise Problem("conversation_deleted", language) from None
        await services.wakeups.wake(f"conversation:{conversation}")
        return reply

    def _hear(self, conversation: str, said: Said) -> Turn | Reply:
        """Check, mask and store the message; synchronous. An answered repetition gives its answer."""
        services = self._services
        found = services.conversations.find(conversation)
        if found is None:
            raise ConversationGone
        services.tongues.remember(found.id, found.language, found.state)
        context = context_for(found, services.settings.on())
        prompt = None
        if found.state == "bot" and found.audience == "parent" and found.pending_offer is None:
            prompt = services.handoff.open_prompt(found.id)
        payload = words = safe = ask = None
        masked = answers = False
        if said.choice is not None:
            payload = read_payload(said.choice, services.languages)
            title = title_of(payload, found, services.guide, services.languages, prompt)
            body = _body(title, found.language) | {"choice": said.choice if payload.name != "old" else "old"}
        else:
            cleaned = clean(said.text or "", found.language)
            # Contact details may stand in a step of consent that asks for them, and reach a person.
            private = prompt is not None and prompt.takes_text
            with_person = found.state in ("waiting", "human")
            ask = services.handoff.writing_ask(found.id) if with_person else None
            # A number or an address that she writes for one more consent goes with that consent, not with her messages.
            # A name is stored as usual: three words may just as well be a cry for help, which must be seen.
            answers = ask is not None and ask.code != "name" and read_value(ask.code, cleaned)[0] != "other"
            words = mask(cleaned, contacts=False)
            safe = mask(cleaned, contacts=True)
            kept = words if with_person and not answers else safe
            masked = bool(words.found) if private or with_person else bool(safe.found)
            body = _body(kept.text, found.language)
        takes = answers or (prompt is not None and payload is None and prompt.takes_text)
        hidden = takes or (payload is not None and payload.name == "further")
        question = question_open(found, prompt, ask)
        if question:
            body[SAID_TO] = question
        recorded = services.conversations.record_message(found.id, client_id=said.id, body=body, private=hidden)
        late = False
        if recorded.repeated:
            answer = services.conversations.replies_to(found.id, said.id)
            reached_a_person = recorded.message.case is not None and found.state in ("bot", "closed")
            if answer or reached_a_person:
                return self._reply(found, answer)
            before = recorded.message.case is None and found.state in ("waiting", "human")
            late = before or recorded.message.said_to != question
        # With the answer the bot has the conversation again; until then it is closed, should there be none.
        reopens = found.state == "closed"
        return Turn(
            conversation=replace(found, state="bot") if reopens else found,
            context=context,
            said=said,
            payload=payload,
            words=words.text if words else "",
            safe=safe.text if safe else "",
            masked=masked,
            prompt=prompt,
            seq=recorded.message.seq,
            ask=ask,
            said_to=recorded.message.said_to,
            late=late,
            private=recorded.message.private,
            reopens=reopens,
        )

    async def _decide(self, turn: Turn) -> Outcome:
        """Let the right one answer: a person, a step of consent, a button, or the bot."""
        settled = await self._late(turn) if turn.late else None
        if settled is not None:
            return settled
        if turn.payload is not None and turn.payload.name == "further":
            return await self._further.pressed(turn, turn.payload.value)
        if turn.conversation.state in ("waiting", "human"):
            taken = await self._further.write(turn, turn.ask) if turn.ask is not None else None
            return taken or await self._person.take(turn)
        if turn.payload is not None:
            return await self._pressed(turn)
        if turn.prompt is not None and turn.prompt.takes_text:
            return await self._consent.write(turn)
        number = typed_number(turn.safe)
        meant = await self._services.in_thread(self._choices.numbered, turn, number) if number else None
        if meant is not None:
            return await self._pressed(replace(turn, payload=meant))
        outcome, understood = await self._answering.words(turn)
        if understood is not None and understood.kind == "refer" and understood.detail in PLACES:
            meant = await self._services.in_thread(self._choices.nth, turn, PLACES[understood.detail])
            if meant is not None:
                return await self._pressed(replace(turn, payload=meant))
        if understood is not None and understood.kind in ("affirm", "deny"):
            settled = await self._consent.yes_or_no(turn, understood.kind == "affirm")
            if settled is not None:
                return settled
        outcome = await self._offering(turn, outcome, understood)
        return await self._consent.remind(turn, outcome)

    async def _late(self, turn: Turn) -> Outcome | None:
        """Answer what is sent again after its question was left; None: it answered nothing and may be taken as usual.

        The answer was lost on its way, or the process ended before it was written. She is told where she is now.
        """
        if turn.said_to.startswith("ask:"):
            return await self._further.again(turn)
        of_consent = turn.payload is not None and turn.payload.name in ("consent", "yes", "no")
        if of_consent or turn.private:
            return await self._consent.where_it_stands(turn)
        return None

    async def _pressed(self, turn: Turn) -> Outcome:
        payload = turn.payload
        if payload is None:
            raise ValueError("no button was pressed")
        if payload.name == "consent":
            return await self._consent.pressed(turn, payload.value)
        if payload.name in ("yes", "no"):
            settled = await self._consent.yes_or_no(turn, payload.name == "yes")
            if settled is not None:
                return settled
            if payload.name == "no":
                if self._services.settings.learn_from_use:
                    await self._services.in_thread(self._services.learning.mark_refused, turn.conversation.id, turn.seq)
                return Outcome((self._services.replies.after_no(turn.context),))
            return self._choices.friendly(turn, "turn.nothing_asked")
        outcome = await self._choices.take(turn, payload)
        if payload.name == "human":
            human = Understanding("human", language=turn.context.language)
            outcome = await self._offering(turn, outcome, human)
        return await self._consent.remind(turn, outcome)

    async def _offering(self, turn: Turn, outcome: Outcome, understood: Understanding | None) -> Outcome:
        """Write down that a person was offered, so that her yes has something to answer."""
        offered = next((m for m in outcome.messages if m.kind in ("handoff_offer", "crisis") and m.offers_human), None)
        if offered is None or understood is None or turn.context.audience == "staff":
            return outcome
        reason = "danger" if offered.kind == "crisis" else REASONS.get(understood.kind, "human")
        return await self._consent.offer(turn, outcome, reason, offered.topic)

    def _store(self, turn: Turn, outcome: Outcome) -> Reply:
        """Write the answer down; synchronous. If the turn was answered meanwhile, that answer stands."""
        conversations = self._services.conversations
        identity = turn.conversation.id
        if outcome.unclear and self._services.settings.learn_from_use and turn.payload is None:
            self._services.learning.mark(
                identity, client_id=turn.said.id, language=turn.context.language, guess=outcome.guess
            )
        bodies = [message.to_dict() for message in outcome.messages]
        stored = conversations.record_replies(
            identity, bodies, reply_to=turn.said.id, changes=outcome.changes, reopen=turn.reopens
        )
        if outcome.unclear and turn.payload is None and turn.conversation.audience == "parent":
            # Last: a message that is sent again after this has its answer, and is not counted twice.
            self._services.counting.not_understood(
                language=turn.context.language, guess=outcome.guess, municipality=turn.conversation.municipality
            )
        found = conversations.find(identity)
        if found is None:
            raise ConversationGone
        return self._reply(found, stored)

    def _reply(self, conversation: Conversation, stored: tuple[StoredMessage, ...]) -> Reply:
        self._services.tongues.remember(conversation.id, conversation.language, conversation.state)
        return Reply(conversation.state, conversation.language, tuple(message.public() for message in stored))


def _body(words: str, language: str) -> dict[str, Any]:
    """What is stored of a parent's own message: the public shape, without choices and sources."""
    return Message("notice", words, language, direction_of(words)).to_dict()
