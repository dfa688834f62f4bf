"""Consent inside a turn: the offer, its yes or no, each step, and the step shown again after something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.guidance.guide import UnknownTopic
from bot.guidance.model import Context, Message
from bot.handoff.book import LIVE
from bot.handoff.consent import Effect, Prompt, Step
from bot.handoff.records import Case, ConversationChanges, Reason
from bot.handoff.service import Turn as Moved
from bot.handoff.urgency import urgency_of
from bot.privacy.durations import durations
from bot.texts import text
from bot.web.consent_text import SPECIAL_NUMBERS, notice, prompt_message
from bot.web.danger import crisis_in
from bot.web.hours_text import handed_over
from bot.web.services import Services
from bot.web.turn_state import Outcome, Turn

NOTICE_VERSION: Final = "3"
"""Raised when the meaning of the notice's texts changes; kept in every consent record."""
OFFERS: Final = ("handoff_offer", "crisis")
PROSE: Final = (Step.SUMMARY, Step.CALLS, Step.NAME)
"""Steps that take free words."""


class ConsentTurns:
    """Drives the state machine of ``bot.handoff.consent`` with buttons and texts; says its prompts in words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._durations = durations(services.settings)

    async def offer(self, turn: Turn, outcome: Outcome, reason: Reason, topic: str | None) -> Outcome:
        """Write an offer down. A case that is open already keeps its own course."""
        topic = topic or (turn.conversation.last_topic if reason == "human" else None)
        await self._services.in_thread(
            self._services.handoff.offer,
            turn.conversation.id,
            reason=reason,
            topic=topic,
            urgency=urgency_of(reason, topic),
            changes=outcome.changes,
        )
        return outcome

    async def yes_or_no(self, turn: Turn, yes: bool) -> Outcome | None:
        """Take a bare yes or no, typed or pressed: for the open step, or for the offer. None: there was neither."""
        if turn.late:
            return await self.where_it_stands(turn)
        if turn.prompt is not None:
            # A plain button belongs to something earlier on the page; the buttons of a step name their step.
            if turn.payload is not None:
                return Outcome((await self._shown(turn, turn.prompt, turn.context),))
            return await self._yes_or_no_to_step(turn, turn.prompt, yes)
        if turn.conversation.pending_offer is not None:
            return await (self._accept(turn) if yes else self._decline(turn))
        if yes and turn.payload is not None:
            return await self._offer_again(turn)
        return None

    async def _yes_or_no_to_step(self, turn: Turn, prompt: Prompt, yes: bool) -> Outcome:
        answer = "yes" if yes else "no"
        if yes and not any(option.answer == "yes" for option in prompt.options):
            return Outcome((await self._shown(turn, prompt, turn.context),))
        # A bare "no" to a question such as that of an interpreter answers it, and does not refuse the coordinator.
        return await self._step(turn, prompt.case, prompt.step.value, answer)

    async def _accept(self, turn: Turn) -> Outcome:
        prompt = await self._services.in_thread(self._begin, turn)
        if prompt is None:
            return self._stale(turn.context)
        return Outcome((await self._shown(turn, prompt, turn.context),), ConversationChanges(misses=0))

    def _begin(self, turn: Turn) -> Prompt | None:
        """Begin consent with the draft of a summary; synchronous."""
        case = self._services.handoff.pending_offer(turn.conversation.id)
        summary = self._summary(case, turn.context) if case else ""
        return self._services.handoff.accept(turn.conversation.id, summary=summary)

    async def _decline(self, turn: Turn) -> Outcome:
        await self._services.in_thread(self._services.handoff.decline, turn.conversation.id)
        return Outcome((self._services.replies.declined(turn.context),), ConversationChanges(misses=0))

    async def _offer_again(self, turn: Turn) -> Outcome | None:
        """A "yes" pressed on an earlier offer: ask again, because she has talked of something else since."""
        case = await self._services.in_thread(self._services.handoff.latest_case, turn.conversation.id)
        if case is None or case.state not in ("expired", "declined"):
            return None
        message = self._services.replies.handoff_offer(case.reason, turn.context)
        return await self.offer(turn, Outcome((message,)), case.reason, case.topic)

    async def pressed(self, turn: Turn, value: str) -> Outcome:
        """Take a button of a step (``<case>:<step>:<answer>``); an old one shows what is open now."""
        parts = value.split(":")
        if len(parts) != 3:
            return self._stale(turn.context)
        return await self._step(turn, *parts)

    async def where_it_stands(self, turn: Turn) -> Outcome:
        """Say what is open now, or how it ended, to what was sent again after its question was left. No change.

        Words of danger get their numbers again: the first answer, which had them, may never have been written.
        """
        crisis = await crisis_in(turn, self._services) if turn.private and turn.payload is None else None
        stands = await self._where_it_stands(turn)
        return stands if crisis is None else _numbers_first(crisis, stands)

    async def _where_it_stands(self, turn: Turn) -> Outcome:
        context, handoff = turn.context, self._services.handoff
        if turn.prompt is not None:
            return Outcome((await self._shown(turn, turn.prompt, context),))
        case = await self._services.in_thread(handoff.latest_case, turn.conversation.id)
        if case is not None and case.state == "offered":
            return Outcome((self._services.replies.handoff_offer(case.reason, context),))
        if case is not None and case.state in LIVE:
            expected = await self._services.in_thread(handoff.expectation, turn.conversation.id)
            if expected is None or expected.case.state == "claimed":  # a person has it, and that was said to her
                return Outcome(())
            return Outcome((handed_over(expected, context, self._services),))
        if case is not None and case.state == "declined":
            return Outcome((self._services.replies.declined(context),))
        return self._stale(context)

    async def _step(self, turn: Turn, case: str, step: str, answer: str) -> Outcome:
        moved = await self._services.in_thread(
            self._services.handoff.answer_step, turn.conversation.id, case, step, answer
        )
        return await self._told(turn, moved)

    async def write(self, turn: Turn) -> Outcome:
        """Take a typed text for the step that asks for one. Danger comes first, always.

        Her words about danger are what a coordinator must read: in a summary, or about calls, they are taken as well,
        and she sees them before anything is passed on. Only a name they cannot be.
        """
        step = turn.prompt.step if turn.prompt is not None else None
        crisis = await crisis_in(turn, self._services) if step in PROSE else None
        if crisis is not None:
            outcome = await self.offer(turn, Outcome((crisis,)), "danger", None)
            if step is Step.NAME:
                return await self.remind(turn, outcome)
        moved = await self._services.in_thread(self._services.handoff.answer_text, turn.conversation.id, turn.words)
        told = await self._told(turn, moved)
        return told if crisis is None else _numbers_first(crisis, told)

    async def remind(self, turn: Turn, outcome: Outcome) -> Outcome:
        """Show the open step again after something else; an offer that was passed over is no longer meant."""
        if turn.prompt is not None:
            context = turn.context
            if "language" in outcome.changes:
                context = replace(context, language=outcome.changes["language"])
            shown = await self._shown(turn, turn.prompt, context)
            # What offers a person keeps its words and loses its buttons: the person is being asked for already.
            kept = (replace(m, choices=()) if m.kind in OFFERS else m for m in outcome.messages)
            return replace(outcome, messages=(*kept, shown))
        offered = any(message.kind in OFFERS for message in outcome.messages)
        if turn.conversation.pending_offer is not None and not offered:
            await self._services.in_thread(self._services.handoff.drop_offer, turn.conversation.id)
        return outcome

    async def _told(self, turn: Turn, moved: Moved) -> Outcome:
        """Say what an answer did."""
        context = turn.context
        match moved.effect:
            case Effect.GIVEN if moved.case is not None:
                await self._services.wakeups.wake("queue")
                said = self._status("handoff.queued", context, case=moved.case.id)
                expected = await self._services.in_thread(self._services.handoff.expectation, turn.conversation.id)
                if expected is not None:
                    said = handed_over(expected, context, self._services)
                return Outcome((said,), ConversationChanges(misses=0))
            case Effect.DECLINED:
                return Outcome((self._services.replies.declined(context),))
        if moved.prompt is None:
            return self._stale(context)
        before = ""
        if moved.effect is Effect.STALE:
            before = text("consent.stale", context.language).value
        elif moved.effect is Effect.INVALID:
            key = "consent.invalid_contact" if moved.prompt.step is Step.CONTACT else "consent.invalid_text"
            before = text(key, context.language).value
        return Outcome((await self._shown(turn, moved.prompt, context, before),))

    async def _shown(self, turn: Turn, prompt: Prompt, context: Context, before: str = "") -> Message:
        """Render the open step; the notice is kept exactly as it is shown, because a yes refers to it."""
        message = prompt_message(prompt, context, self._durations, before)
        if prompt.lead and prompt.step is Step.REACH and prompt.draft.special in SPECIAL_NUMBERS:
            found = self._services.guide.numbers(SPECIAL_NUMBERS[prompt.draft.special], context)
            message = replace(message, numbers=found)
        if prompt.step is Step.CONFIRM:
            shown = notice(prompt, message.language, self._durations)
            await self._services.in_thread(
                self._services.handoff.notice_shown,
                turn.conversation.id,
                text=shown.text,
                language=shown.language,
                version=NOTICE_VERSION,
            )
        return message

    def _summary(self, case: Case, context: Context) -> str:
        reason = text(f"consent.summary.reason.{case.reason}", context.language).value
        try:
            if case.topic:
                topic = self._services.guide.title(case.topic, context.language)
                return text("consent.summary.template", context.language, topic=topic, reason=reason).value
        except UnknownTopic:
            pass
        return text("consent.summary.template_no_topic", context.language, reason=reason).value

    def _stale(self, context: Context) -> Outcome:
        return Outcome((self._status("consent.stale_closed", context),))

    @staticmethod
    def _status(key: str, context: Context, **values: str) -> Message:
        said = text(key, context.language, **values)
        notices = ("fallback_language",) if said.is_fallback else ()
        return Message("handoff_status", said.value, said.language, said.direction, notices=notices)


def _numbers_first(crisis: Message, outcome: Outcome) -> Outcome:
    """Put the numbers before what else is said; the person that they offer is being asked for already."""
    return replace(outcome, messages=(replace(crisis, choices=()), *outcome.messages))
