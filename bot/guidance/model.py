"""What passes between the layers: the reader's context, what was understood, and the message that answers.

Frozen and without I/O. ``Message`` is the public object of the HTTP interface (docs/architecture.md) without
``id``, ``at`` and ``from``, which only the database of record gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Audience = Literal["parent", "staff"]
Band = Literal["sure", "unsure", "none"]

SITUATIONS = ("reception_centre", "settled", "family_reunification", "collective_protection", "no_legal_stay")
"""Situations of a family that change rules: in an asylum reception centre; settled by agreement with a permit;
came by family reunification; temporary collective protection (utlendingsloven § 34); without legal stay."""

KINDS = (
    "answer",
    "clarify",
    "crisis",
    "handoff_offer",
    "consent",
    "handoff_status",
    "not_understood",
    "out_of_scope",
    "smalltalk",
    "notice",
)
"""The kinds of message of the HTTP interface."""


@dataclass(frozen=True)
class Context:
    """Whom an answer is for. ``on`` is the day whose rules are asked about; ``child_age`` is in whole years."""

    language: str
    on: date
    municipality: str | None = None
    audience: Audience = "parent"
    situation: str | None = None
    child_age: int | None = None
    asked_day: bool = False
    """The reader asked for the rules of this very day, which need not be today."""
    last_topic: str | None = None
    """The topic that was answered last in this conversation."""
    asked: tuple[str, ...] = ()
    """Conditions (``situation``, ``child_age``) that this reader was asked for before: each is asked once."""


PERSONAL = ("own_case", "consent", "human")
"""Kinds of a message that end in the offer of a coordinator."""


@dataclass(frozen=True)
class Understanding:
    """What the classifier made of a message.

    ``kind`` is a coarse label of docs/labelling.md (``ask``, ``own_case``, ``consent``, ``danger``, ``human``,
    ``smalltalk``, ``refer``, ``out_of_scope``, ``affirm``, ``deny``) or ``unclear``. ``detail`` is what follows the
    slash (``medical`` of ``danger/medical``), ``also`` a second kind of danger that may as well be meant.
    ``topics`` are (topic id, probability), best first, for every kind; ``question`` says of danger, and of what is
    outside the field, that a question may as well be meant, or was asked beside it.
    ``band`` says what the topic ranking allows: answer (sure), choices (unsure), neither (none).
    ``language`` is the language to answer in; ``switched`` is true when it differs from the chosen one;
    ``foreign`` is a language that the message is written in and that we do not speak.
    """

    kind: str
    detail: str | None = None
    topics: tuple[tuple[str, float], ...] = ()
    band: Band = "none"
    language: str = "nb"
    switched: bool = False
    confidence: float = 0.0
    also: str | None = None
    foreign: str | None = None
    question: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The JSON object under ``understanding`` in Rasa's parse data."""
        return {
            "kind": self.kind,
            "detail": self.detail,
            "also": self.also,
            "foreign": self.foreign,
            "topics": [[topic, round(p, 4)] for topic, p in self.topics],
            "band": self.band,
            "question": self.question,
            "language": self.language,
            "switched": self.switched,
            "confidence": round(self.confidence, 4),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Understanding:
        """Read what ``to_dict`` wrote; raises KeyError or TypeError when it is something else."""
        return cls(
            kind=str(raw["kind"]),
            detail=raw.get("detail"),
            also=raw.get("also"),
            foreign=raw.get("foreign"),
            question=bool(raw.get("question", False)),
            topics=tuple((str(topic), float(p)) for topic, p in raw.get("topics", ())),
            band=raw.get("band", "none"),
            language=str(raw["language"]),
            switched=bool(raw.get("switched", False)),
            confidence=float(raw.get("confidence", 0.0)),
        )


@dataclass(frozen=True)
class Choice:
    """A button: what it says and the payload it sends (design section 7 lists the payloads)."""

    title: str
    payload: str


@dataclass(frozen=True)
class SourceNote:
    """A source under an answer: ``law`` is the statute and section or empty, ``checked`` the ISO day."""

    title: str
    url: str
    law: str
    checked: str


@dataclass(frozen=True)
class Number:
    """A telephone number that the reader can press."""

    label: str
    number: str


@dataclass(frozen=True)
class Term:
    """A Norwegian word of the text and its meaning in the text's language."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Message:
    """One message to a parent or staff member. ``text`` is plain text; paragraphs are parted by an empty line."""

    kind: str
    text: str
    language: str
    direction: str
    topic: str | None = None
    choices: tuple[Choice, ...] = ()
    sources: tuple[SourceNote, ...] = ()
    notices: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    terms: tuple[Term, ...] = ()
    offers_human: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Further JSON fields for our own processes; never sent to a browser."""

    def to_dict(self) -> dict[str, Any]:
        """The public JSON object, without id, time and sender."""
        return {
            "kind": self.kind,
            "topic": self.topic,
            "language": self.language,
            "direction": self.direction,
            "text": self.text,
            "choices": [{"title": c.title, "payload": c.payload} for c in self.choices],
            "sources": [{"title": s.title, "url": s.url, "law": s.law, "checked": s.checked} for s in self.sources],
            "notices": list(self.notices),
            "numbers": [{"label": n.label, "number": n.number} for n in self.numbers],
            "terms": [{"term": t.term, "meaning": t.meaning} for t in self.terms],
            "offers_human": self.offers_human,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Message:
        """Read a public JSON object; unknown keys are kept under ``extra``. Raises KeyError when one is missing."""
        known = {f for f in cls.__dataclass_fields__ if f != "extra"}
        return cls(
            kind=raw["kind"],
            text=raw["text"],
            language=raw["language"],
            direction=raw["direction"],
            topic=raw.get("topic"),
            choices=tuple(Choice(c["title"], c["payload"]) for c in raw.get("choices", ())),
            sources=tuple(SourceNote(s["title"], s["url"], s["law"], s["checked"]) for s in raw.get("sources", ())),
            notices=tuple(raw.get("notices", ())),
            numbers=tuple(Number(n["label"], n["number"]) for n in raw.get("numbers", ())),
            terms=tuple(Term(t["term"], t["meaning"]) for t in raw.get("terms", ())),
            offers_human=bool(raw.get("offers_human", False)),
            extra={key: value for key, value in raw.items() if key not in known},
        )


@dataclass(frozen=True)
class SearchResult:
    """One hit of the search: ``score`` runs from 0 to 1; ``language`` is that of title and snippet."""

    topic: str
    title: str
    snippet: str
    score: float
    language: str

    def to_dict(self) -> dict[str, Any]:
        """The public JSON object."""
        return {
            "topic": self.topic,
            "title": self.title,
            "snippet": self.snippet,
            "score": round(self.score, 4),
            "language": self.language,
        }
