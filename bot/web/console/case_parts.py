"""What stands around a case on its page: colleagues, presence, draft, interpreter, translation, times to come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_time

from bot.handoff.drafts import ReplyDraft
from bot.handoff.interpreting import NOTHING, Booking
from bot.handoff.presence import Present
from bot.handoff.records import Account, CaseView, utc_now
from bot.handoff.tables_desk import INTERPRETER_TICKS, INTERPRETER_WAYS
from bot.handoff.teams import Team
from bot.handoff.translating import TranslationState
from bot.languages import Language, languages
from bot.texts import Text, text
from bot.web.console.pages import NORWAY
from bot.web.console.session import Visitor
from bot.web.services import Services
from bot.web.times import MOST

INTERPRETER_TOPIC = "rights.book-interpreter"
MORNING, AFTERNOON = 8, 14
"""The hours, in Norway, at which a snoozed case comes back."""


@dataclass(frozen=True)
class Translation:
    """Machine translation on the page. ``made`` is (language, text) by message id; ``missing`` a language by code
    that the machine is known not to have.
    """

    state: TranslationState | None
    into: str
    missing: str | None
    made: dict[str, tuple[Language, str]]
    untranslated: frozenset[str]


@dataclass(frozen=True)
class Parts:
    """Values of the parts of ``case.html``; empty for whoever does not have the case. ``snoozes``: (value, words)."""

    others: tuple[Present, ...]
    team: str | None
    colleagues: tuple[Account, ...] = ()
    teams: tuple[Team, ...] = ()
    draft: ReplyDraft | None = None
    booking: Booking = NOTHING
    booking_open: bool = False
    booking_names: dict[str, str] | None = None
    interpreter_languages: tuple[Language, ...] = ()
    interpreter_topic: str | None = None
    translation: Translation | None = None
    snoozes: tuple[tuple[str, str], ...] = ()
    times: int = MOST
    ways: tuple[str, ...] = INTERPRETER_WAYS
    ticks: tuple[str, ...] = INTERPRETER_TICKS


def read_parts(services: Services, visitor: Visitor, view: CaseView) -> Parts:
    """Read them for a visitor, who looks at the case from now on; synchronous."""
    case, me = view.case, visitor.account.id
    services.presence.look(case.id, me, writing_now=False)
    others = services.presence.others(case.id, me)
    team = services.teams.name(case.team) if case.team else None
    if not view.own or case.state != "claimed":
        return Parts(others, team)
    registry = languages()
    spoken = case.talk_language or case.language
    booking = services.handoff.booking(case.id)
    people = services.teams.colleagues(case.id)
    names = {account.id: account.name for account in people}
    for tick in booking.ticks.values():
        if tick.account not in names:
            found = services.accounts.find(tick.account)
            names[tick.account] = found.name if found else "?"
    return Parts(
        others,
        team,
        colleagues=tuple(account for account in people if account.id != me),
        teams=services.teams.open(),
        draft=services.handoff.draft_of(case.id, me),
        booking=booking,
        booking_open=bool(case.interpreter or not registry[spoken].staff or booking.ticks),
        booking_names=names,
        interpreter_languages=tuple(registry.values()),
        interpreter_topic=INTERPRETER_TOPIC if INTERPRETER_TOPIC in services.guide.knowledge.topics else None,
        translation=_translation(services, visitor, view, spoken),
        snoozes=snoozes(utc_now(), registry[visitor.language]),
    )


def _translation(services: Services, visitor: Visitor, view: CaseView, spoken: str) -> Translation | None:
    if services.translator is None:
        return None
    known = services.translator.known()
    into = reading_language(services, visitor)
    made = services.handoff.translations_of(view.case.id)
    foreign = {
        message.id
        for message in view.messages
        if message.author == "parent" and "choice" not in message.body and message.body["language"] != into
    }
    missing = None
    if known is not None and not {(spoken, into), (into, spoken)} <= known:
        missing = spoken
    return Translation(
        state=services.handoff.translation_state(view.case.id),
        into=into,
        missing=missing if spoken != into else None,
        made={message: (languages()[code], words) for message, (code, words) in made.items()},
        untranslated=frozenset(foreign - set(made)),
    )


def reading_language(services: Services, visitor: Visitor) -> str:
    """The language a machine translates into for a visitor: hers, or Bokmål when hers is Nynorsk, which few machines
    have; the page names the language it is.
    """
    known = services.translator.known() if services.translator else None
    has_nynorsk = known is not None and any(target == "nn" for _, target in known)
    return "nb" if visitor.language == "nn" and not has_nynorsk else visitor.language


def snoozes(now: datetime, language: Language) -> tuple[tuple[str, str], ...]:
    """Usual times to come back to a case: the value of the button and its words."""
    here = now.astimezone(NORWAY).replace(tzinfo=None, second=0, microsecond=0)
    today = here.replace(hour=0, minute=0)
    choices = [
        ("afternoon", today + timedelta(hours=AFTERNOON)),
        ("tomorrow", today + timedelta(days=1, hours=MORNING)),
        ("monday", today + timedelta(days=7 - here.weekday(), hours=MORNING)),
    ]
    return tuple(
        (
            at.isoformat(timespec="minutes"),
            text(
                f"console.desk.snooze_{name}", language.code, time=format_time(at, "short", locale=language.formats)
            ).value,
        )
        for name, at in choices
        # On a Sunday, Monday is tomorrow.
        if at > here + timedelta(hours=1) and not (name == "monday" and here.weekday() == 6)
    )


def presence_sentences(others: tuple[Present, ...], language: str) -> tuple[Text, ...]:
    """Who looks and who writes, in words; status only."""
    return tuple(
        text(f"console.desk.{'writes' if one.writing else 'looks'}", language, name=one.name) for one in others
    )
