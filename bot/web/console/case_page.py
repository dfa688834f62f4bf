"""What one coordinator sees of one case; never more than ``Handoff.view`` gives."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import quote

from bot.handoff.records import CaseView
from bot.languages import Language, languages
from bot.texts import Text
from bot.web.console.board import holder_name, topic_title
from bot.web.console.case_parts import Parts, presence_sentences, read_parts
from bot.web.console.case_time import CaseTime, read_case_time
from bot.web.console.further import still_askable
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import Visitor
from bot.web.phrases import Phrase, meaning, phrases
from bot.web.services import Services


@dataclass(frozen=True)
class CasePage:
    """Values of ``case.html``. ``allowed`` names the locale key ``console.allowed.<…>``; ``authors`` note writers."""

    view: CaseView
    topic: str | None
    municipality: str | None
    speaks: Language
    holder: str | None
    allowed: str
    share: str
    authors: dict[str, str]
    waiting: int
    writes: tuple[Language, ...]
    writing: str
    fresh: str
    phrases: tuple[Phrase, ...]
    time: CaseTime
    meanings: dict[str, Text]
    """By message id: what a ready phrase, or the answer to one, says in the visitor's language."""
    parts: Parts
    present: tuple[Text, ...]
    askable: tuple[str, ...]
    """What she can still be asked for, see ``further.CODES``."""

    @property
    def can_reply(self) -> bool:
        """The visitor has the case and may write in it."""
        return self.view.own and self.view.case.state == "claimed"

    @property
    def can_claim(self) -> bool:
        """The case waits for somebody."""
        return self.view.case.state in ("queued", "returned")

    @property
    def contact_link(self) -> str | None:
        """The address that dials or writes to the parent."""
        contact = self.view.shared.contact
        if not contact:
            return None
        if self.view.case.reach == "email":
            return "mailto:" + quote(contact, safe="@")  # nothing in it may begin further header fields
        return "tel:" + quote(contact.replace(" ", ""), safe="+")


def read_case(services: Services, visitor: Visitor, case: str) -> CasePage:
    """Read a case for a visitor; synchronous. Raises CaseGone."""
    services.handoff.seen(case, visitor.account.id)
    view = services.handoff.view(case, visitor.account.id)
    found = view.case
    parts = read_parts(services, visitor, view)
    registry = languages()
    speaks = registry[found.talk_language or found.language]
    place = services.guide.municipality(found.municipality)
    writes = {language.code: language for language in (*registry.staff(), speaks, *registry.offered())}
    return CasePage(
        view=view,
        topic=topic_title(services, found.topic, visitor.language),
        municipality=place.name if place else None,
        speaks=speaks,
        holder=holder_name(services, found.account),
        allowed=_allowed(view),
        share=found.share or "none",
        authors={note.account: holder_name(services, note.account) or "?" for note in view.notes},
        waiting=waiting_for(services, visitor.account),
        writes=tuple(writes.values()),
        writing=speaks.code if speaks.staff else visitor.language,
        fresh=secrets.token_urlsafe(16),
        time=read_case_time(services, found.id),
        phrases=phrases(visitor.language, speaks.code),
        meanings={
            message.id: own
            for message in view.messages
            if message.body.get("language") != visitor.language and (own := meaning(message.body, visitor.language))
        },
        parts=parts,
        present=presence_sentences(parts.others, visitor.language),
        askable=still_askable(view),
    )


def _allowed(view: CaseView) -> str:
    """Which sentence tells what she allowed."""
    receipt = view.receipt
    if receipt is not None and receipt.state == "given":
        return view.case.share or "contact_only"
    if view.case.state == "withdrawn" or (receipt is not None and receipt.state == "withdrawn"):
        return "withdrawn"
    return "expired" if receipt is not None else "none"
