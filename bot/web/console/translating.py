"""Machine translation for whoever has a case: asking the parent, reading her words, sending a translation along."""

from __future__ import annotations

import logging

from bot.handoff.records import Case
from bot.handoff.translating import NotAllowedToTranslate
from bot.privacy.masking import mask
from bot.texts import text
from bot.web.bridge import question, translated_body
from bot.web.cleaning import clean
from bot.web.console.case_parts import reading_language
from bot.web.console.session import Visitor
from bot.web.services import Services
from bot.web.translation import TranslationAway, Translator, UnknownPair

log = logging.getLogger(__name__)


class Untranslated(Exception):  # noqa: N818
    """There is no translation; the message is a sentence for the coordinator, in her language."""


async def ask_parent(services: Services, case: Case, visitor: Visitor) -> None:
    """Ask whether a machine may translate. Raises Untranslated when it could not, whatever she says; CaseGone."""
    machine = _machine(services, visitor)
    theirs = case.talk_language or case.language
    try:
        pairs = await services.in_thread(machine.pairs)
    except TranslationAway as error:
        raise _away(error, visitor) from None
    into = reading_language(services, visitor)  # what the machine has is known only now
    if not {(theirs, into), (into, theirs)} & pairs:
        raise _unknown(visitor)
    asked = await services.in_thread(
        services.handoff.ask_translation, case.id, visitor.account.id, question(case.id, theirs)
    )
    if asked is not None:
        await services.wakeups.wake(f"conversation:{asked.conversation}")


async def read_hers(services: Services, case: str, visitor: Visitor, message: str) -> None:
    """Keep a translation of one of her messages, for the page. Raises Untranslated, CaseGone."""
    machine = _machine(services, visitor)
    handoff, me = services.handoff, visitor.account.id
    try:
        found = await services.in_thread(handoff.to_translate, case, me, message)
        into = reading_language(services, visitor)
        made = await services.in_thread(
            machine.translate, str(found.body["text"]), source=str(found.body["language"]), target=into
        )
        await services.in_thread(handoff.keep_translation, case, me, message, language=into, text=made)
    except TranslationAway as error:
        raise _away(error, visitor) from None
    except UnknownPair:
        raise _unknown(visitor) from None
    except NotAllowedToTranslate:
        raise Untranslated(text("console.desk.translate_not_allowed", visitor.language).value) from None


async def send_along(
    services: Services, case: str, visitor: Visitor, *, client_id: str, words: str, language: str
) -> None:
    """After a reply was sent, send a machine's translation of it, marked as one. Raises Untranslated, CaseGone."""
    machine = _machine(services, visitor)
    handoff, me = services.handoff, visitor.account.id
    if await services.in_thread(handoff.translation_state, case) != "given":
        raise Untranslated(text("console.desk.translate_not_allowed", visitor.language).value)
    view = await services.in_thread(handoff.view, case, me)
    theirs = view.case.talk_language or view.case.language
    if theirs == language:
        return
    said = mask(clean(words, visitor.language), contacts=False).text
    original = next((one for one in reversed(view.messages) if one.body["text"] == said), None)
    try:
        made = await services.in_thread(machine.translate, said, source=language, target=theirs)
    except TranslationAway as error:
        raise _away(error, visitor) from None
    except UnknownPair:
        raise _unknown(visitor) from None
    if await services.in_thread(handoff.translation_state, case) != "given":  # taken back in the meantime
        raise Untranslated(text("console.desk.translate_not_allowed", visitor.language).value)
    body = translated_body(made, language=theirs, of=original.id if original else "")
    recorded = await services.in_thread(handoff.reply, case, me, client_id=f"{client_id}:t", body=body)
    await services.wakeups.wake(f"conversation:{recorded.message.conversation}")


def _machine(services: Services, visitor: Visitor) -> Translator:
    if services.translator is None:
        raise Untranslated(text("console.desk.translate_off", visitor.language).value)
    return services.translator


def _away(error: TranslationAway, visitor: Visitor) -> Untranslated:
    log.warning("no machine translation: %s", error.reason)
    return Untranslated(text("console.desk.translate_away", visitor.language).value)


def _unknown(visitor: Visitor) -> Untranslated:
    return Untranslated(text("console.desk.translate_unknown", visitor.language).value)
