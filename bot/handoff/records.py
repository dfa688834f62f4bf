"""What the rows of the database of record mean to the rest of the product: frozen, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

from bot.handoff.records_consent import NOTHING_SAID, Ask, Safety

Clock = Callable[[], datetime]
Author = Literal["parent", "bot", "coordinator", "system"]
ConversationState = Literal["bot", "waiting", "human", "closed"]
CaseState = Literal[
    "offered", "consenting", "queued", "claimed", "returned", "closed", "declined", "withdrawn", "expired"
]
Reason = Literal["own_case", "consent", "human", "danger"]
Urgency = Literal["U0", "U1", "U2"]
Role = Literal["coordinator", "lead", "auditor"]


def utc_now() -> datetime:
    """The time of this moment, in UTC."""
    return datetime.now(UTC)


class RecordError(Exception):
    """The record refuses; subclasses say why. The message never holds what somebody said."""


class ConversationGone(RecordError):  # noqa: N818
    """The conversation does not exist, or its deletion has begun: nothing more is stored in it."""


class CaseGone(RecordError):  # noqa: N818
    """The case does not exist, has ended, or is not this person's to act on."""


class UnknownReceipt(RecordError):  # noqa: N818
    """This conversation has no consent record with that id."""


@dataclass(frozen=True)
class Conversation:
    """One conversation as the parent shaped it. ``languages`` are all that were used in it, in order; ``asked`` are the
    conditions (``situation``, ``child_age``) that she was asked for, whether she answered or not.
    """

    id: str
    language: str
    languages: tuple[str, ...]
    municipality: str | None
    audience: Literal["parent", "staff"]
    situation: str | None
    child_age: int | None
    asked: tuple[str, ...]
    state: ConversationState
    misses: int
    last_topic: str | None
    pending_offer: str | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class ConversationChanges(TypedDict, total=False):
    """What ``Conversations.update`` can change; a key that is absent stays as it is, ``asked`` is added to."""

    language: str
    municipality: str | None
    audience: Literal["parent", "staff"]
    situation: str | None
    child_age: int | None
    asked: tuple[str, ...]
    misses: int
    last_topic: str | None


SAID_TO = "said_to"
"""Where the body of a parent's message names the question it was said to: a code, never shown."""


@dataclass(frozen=True)
class StoredMessage:
    """A message in the record. ``seq`` is the cursor: it only grows within a conversation."""

    seq: int
    id: str
    conversation: str
    client_id: str | None
    at: datetime
    author: Author
    body: Mapping[str, Any]
    reply_to: str | None
    case: str | None
    private: bool

    @property
    def said_to(self) -> str:
        """The question that was open when the parent wrote this; empty when there was none."""
        return str(self.body.get(SAID_TO, ""))

    def public(self) -> dict[str, Any]:
        """The public JSON object: the body with ``id``, ``at`` and ``from``."""
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = {name: value for name, value in self.body.items() if name != SAID_TO}
        return {"id": self.id, "at": at, "from": self.author, **shown}


@dataclass(frozen=True)
class Recorded:
    """What became of a message: ``repeated`` means that its client id was stored before."""

    message: StoredMessage
    repeated: bool


@dataclass(frozen=True)
class Case:
    """One handoff. Holds nothing the parent wrote: that is ``SharedData``, which withdrawal removes.

    ``parent_at`` is when she last wrote in it; ``snoozed_until`` when it comes back to whoever put it off.
    """

    id: str
    conversation: str | None
    state: CaseState
    reason: Reason
    urgency: Urgency
    topic: str | None
    language: str
    municipality: str | None
    share: str | None
    reach: str | None
    talk_language: str | None
    interpreter: bool | None
    account: str | None
    opened_at: datetime
    queued_at: datetime | None
    claimed_at: datetime | None
    replied_at: datetime | None
    deadline_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    team: str | None = None
    """The team in whose queue it stands when it waits; None: everybody's."""
    parent_at: datetime | None = None
    snoozed_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something with it."""
        return self.state in ("offered", "consenting", "queued", "claimed", "returned")


@dataclass(frozen=True)
class SharedData:
    """What the parent passed on in words; removed by withdrawal. ``notice`` is the text she said yes to."""

    summary: str | None = None
    contact: str | None = None
    name: str | None = None
    notice: str | None = None


@dataclass(frozen=True)
class Receipt:
    """A consent record (structure of ISO/IEC TS 27560) as the parent can open it.

    ``data``, ``purpose`` and ``recipients`` are codes; their words are the locale keys ``consent.data.<code>``,
    ``consent.purpose`` and ``consent.recipient``. ``notice`` is None once withdrawn: only its hash remains.
    """

    id: str
    case: str
    schema_version: str
    notice_version: str
    notice_language: str
    notice_sha256: str
    data: tuple[str, ...]
    purpose: str
    recipients: tuple[str, ...]
    municipality: str | None
    retention_days: int
    given_at: datetime
    state: Literal["given", "withdrawn", "expired"]
    withdrawn_at: datetime | None
    notice: str | None = None


@dataclass(frozen=True)
class Note:
    """A coordinator's note on a case; never shown to the parent in the chat."""

    id: str
    account: str
    at: datetime
    text: str


@dataclass(frozen=True)
class CaseView:
    """What one coordinator may see of a case now: never more than the consent covers.

    ``receipt`` is the consent as a status, without the notice's text. ``own`` is true when this account has the
    case; only then is there content. ``languages`` are all that the parent used in the conversation, in order.
    """

    case: Case
    own: bool
    receipt: Receipt | None
    shared: SharedData
    messages: tuple[StoredMessage, ...]
    notes: tuple[Note, ...]
    languages: tuple[str, ...] = ()
    safety: Safety = NOTHING_SAID
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Account:
    """A person who signs in to the console.

    ``municipalities`` are those the account is limited to, none = all (``bot.handoff.scope``). ``must_change``: the
    password was given by somebody else. ``external``: signs in through the organisation, which decides the role.
    ``has_code``: a one-time code is asked for besides the password, and ``recovery_left`` recovery codes are unused.
    ``password_until``: until when a password that somebody else gave opens; None for one of the person's own.
    """

    id: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    municipalities: tuple[str, ...] = ()
    must_change: bool = False
    external: bool = False
    has_code: bool = False
    recovery_left: int = 0
    password_until: datetime | None = None
