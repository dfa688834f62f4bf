"""Searching cases: by number and topic among all that may be seen, by words only in one's own.

Words are compared here and not in the database, because SQLite folds the letters A to Z only and PostgreSQL as its
locale says; what is read is bounded by what one person has. What is found is a case, never an excerpt.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.handoff import audit
from bot.handoff.book import LIVE, CaseBook, covered, to_case
from bot.handoff.engine import reading, writing
from bot.handoff.lists import ENDED, Listed, listed
from bot.handoff.scope import visible_to
from bot.handoff.tables import cases, consent_records, messages, notes, shared

Place = Literal["number", "topic", "passed_on", "message", "note"]
FOUND: Final = 50
"""Cases that a search gives at most."""
OWN: Final = 500
"""One's own cases whose words are read, newest first."""


@dataclass(frozen=True)
class Hit:
    """A case and where the words stand in it."""

    listed: Listed
    places: tuple[Place, ...]


@dataclass(frozen=True)
class _Own:
    """One of the searcher's cases: what its consents cover, and up to where the conversation before it was shared."""

    case: str
    conversation: str | None
    shared_until: int
    data: frozenset[str]


def folded(words: str) -> str:
    """Words as they are compared: no difference of case, width or composition, one space between them."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold()).split())


def _pattern(words: str) -> str:
    """A part of a case number for LIKE; what stands for other letters there stands for itself."""
    return "".join("\\" + letter if letter in "\\%_" else letter for letter in words.upper())


class CaseSearch(CaseBook):
    """Finds cases for one coordinator."""

    def search(self, words: str, account: str, *, topics: Iterable[str] = ()) -> tuple[Hit, ...]:
        """Cases that fit, newest first, at most FOUND; ``topics`` are those whose titles hold the words.

        The words of a case are searched only where ``Handoff.view`` would show them to this account now. That they
        were searched is a line in the audit log, without the words.
        """
        wanted = folded(words)
        if not wanted:
            return ()
        now, c = self._clock(), cases.c
        with writing(self._engine) as connection:  # before anything is read, and apart: reading takes longer
            audit.append(connection, now, audit.by_account(account), "cases.searched")
        with reading(self._engine) as connection:
            found: dict[str, list[Place]] = {}
            reachable = sa.and_(c.state.in_((*LIVE, *ENDED)), c.queued_at.is_not(None), visible_to(account))
            by_number = sa.select(c.id).where(reachable, c.id.like(f"%{_pattern(wanted)}%", escape="\\"))
            by_topic = sa.select(c.id).where(reachable, c.topic.in_(tuple(topics)))
            queries: tuple[tuple[Place, Any], ...] = (("number", by_number), ("topic", by_topic))
            for place, query in queries:
                for row in connection.execute(query.order_by(c.queued_at.desc()).limit(FOUND)):
                    found.setdefault(row.id, []).append(place)
            own = self._covered(connection, account, reachable)
            for case, place, text in self._words(connection, own):
                if place not in found.setdefault(case, []) and wanted in folded(text):
                    found[case].append(place)
            ids = [case for case, places in found.items() if places]
            rows = connection.execute(listed(c.id.in_(ids)).order_by(c.queued_at.desc(), c.id).limit(FOUND)).all()
        return tuple(Hit(Listed(to_case(row), row.holder), tuple(found[row.id])) for row in rows)

    @staticmethod
    def _covered(connection: Connection, account: str, reachable: Any) -> dict[str, _Own]:
        """This account's cases with a consent in force, by number."""
        c, r = cases.c, consent_records.c
        mine = (
            sa.select(c.id)
            .where(reachable, c.account_id == account, c.state.in_(("claimed", "closed")))
            .order_by(c.queued_at.desc())
            .limit(OWN)
        )
        query = (
            sa.select(c.id, c.conversation_id, c.shared_until, r.data, r.state, r.purpose)
            .join(consent_records, r.case_id == c.id)
            .where(c.id.in_(mine.scalar_subquery()))
            .order_by(r.given_at)
        )
        records: dict[str, list[Row]] = {}
        for row in connection.execute(query):
            records.setdefault(row.id, []).append(row)
        own = {}
        for case, rows in records.items():
            if data := covered(rows):
                own[case] = _Own(case, rows[0].conversation_id, rows[0].shared_until or 0, frozenset(data))
        return own

    @staticmethod
    def _words(connection: Connection, own: dict[str, _Own]) -> Iterable[tuple[str, Place, str]]:
        """All words in these cases that their consents cover."""
        if not own:
            return
        ids = tuple(own)
        for row in connection.execute(sa.select(shared).where(shared.c.case_id.in_(ids))):
            data = own[row.case_id].data
            passed_on = {
                "summary": row.summary,
                "name": row.name,
                "code_word": row.name,
                "phone": row.contact,
                "email": row.contact,
            }
            for code, text in passed_on.items():
                if code in data and text:
                    yield row.case_id, "passed_on", text
        for row in connection.execute(sa.select(notes.c.case_id, notes.c.text).where(notes.c.case_id.in_(ids))):
            yield row.case_id, "note", row.text
        of: dict[str, list[_Own]] = {}
        for known in own.values():
            if known.conversation is not None:
                of.setdefault(known.conversation, []).append(known)
        m = messages.c
        kind = m.body["kind"].as_string()
        said = sa.select(m.seq, m.conversation_id, m.case_id, m.body["text"].as_string().label("text")).where(
            m.conversation_id.in_(tuple(of)), m.private.is_(False), sa.or_(kind.is_(None), kind != "consent")
        )
        for row in connection.execute(said):
            for case in of[row.conversation_id]:
                earlier = "conversation" in case.data and row.seq <= case.shared_until
                if row.case_id == case.case or earlier:
                    yield case.case, "message", row.text or ""
