"""What one turn knows and what it comes to; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from bot.guidance.model import Context, Message
from bot.handoff.consent import Prompt
from bot.handoff.records import Conversation, ConversationChanges
from bot.handoff.records_consent import Ask
from bot.web.payloads import Payload


@dataclass(frozen=True)
class Said:
    """What came from outside: the client's id and either a typed text or the payload of a button."""

    id: str
    text: str | None = None
    choice: str | None = None


@dataclass(frozen=True)
class Turn:
    """A message that is stored and waits for its answer.

    ``words`` is the typed text without identity numbers; ``safe`` is without contact details too: only this is
    stored and goes to Rasa. ``masked`` tells that something was taken out of what is stored.
    """

    conversation: Conversation
    context: Context
    said: Said
    payload: Payload | None
    words: str
    safe: str
    masked: bool
    prompt: Prompt | None
    seq: int
    ask: Ask | None = None
    """One more consent that a coordinator asked for and that her next text may answer."""
    said_to: str = ""
    """The question that was open when she first sent this; see ``question_open``."""
    late: bool = False
    """Sent again when another question is open: it may have had its effect already, and must not have a second one."""
    private: bool = False
    """Stored as the answer to a step of consent: its words go nowhere but there."""
    reopens: bool = False
    """She writes again after the end of a case."""


@dataclass(frozen=True)
class Outcome:
    """What a turn says and what it changes in the conversation."""

    messages: tuple[Message, ...]
    changes: ConversationChanges = field(default_factory=lambda: ConversationChanges())
    unclear: bool = False
    """Typed words that the bot did not understand, in a language that it speaks."""
    guess: str | None = None
    """The topic that the words came nearest to, where they were not understood."""

    def noting(self, *notices: str) -> Outcome:
        """Add notices to the first message."""
        if not self.messages or not notices:
            return self
        first = self.messages[0]
        new = tuple(notice for notice in notices if notice not in first.notices)
        return replace(self, messages=(replace(first, notices=(*new, *first.notices)), *self.messages[1:]))


def question_open(conversation: Conversation, prompt: Prompt | None, ask: Ask | None) -> str:
    """What words said now would answer, as a code: a step of consent, an offer, one more consent; empty for nothing."""
    if prompt is not None:
        return f"consent:{prompt.case}:{prompt.step.value}:{'text' if prompt.takes_text else 'choice'}"
    if ask is not None:
        return f"ask:{ask.id}"
    return f"offer:{conversation.pending_offer}" if conversation.pending_offer else ""


def context_for(conversation: Conversation, on: date) -> Context:
    """The reader's context as the conversation has shaped it."""
    return Context(
        language=conversation.language,
        on=on,
        municipality=conversation.municipality,
        audience=conversation.audience,
        situation=conversation.situation,
        child_age=conversation.child_age,
        last_topic=conversation.last_topic,
        asked=conversation.asked,
    )
