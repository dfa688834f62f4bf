"""Writing an internal note, and finding who is mentioned in it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.handoff.records import Note
from bot.handoff.scope import visible_to
from bot.handoff.tables import accounts, cases, notes
from bot.handoff.tables_desk import mentions

HANDLERS = ("coordinator", "lead")


def named_in(text: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names that stand in ``text`` after an ``@``, whatever the case of their letters.

    A name may hold spaces: the longest one that fits counts, and it must end where a word ends. An ``@`` inside a
    word (an e-mail address) mentions nobody.
    """
    longest_first = sorted(names, key=len, reverse=True)
    found = set()
    for position, character in enumerate(text):
        if character != "@" or (position and text[position - 1].isalnum()):
            continue
        rest = text[position + 1 :]
        for name in longest_first:
            after = rest[len(name) : len(name) + 1]
            if rest[: len(name)].casefold() == name.casefold() and not (after.isalnum() or after == "_"):
                found.add(name)
                break
    return frozenset(found)


def insert_note(connection: Connection, case: str, note: Note) -> None:
    """Keep a note in the caller's transaction, and a mention for each colleague named in it with ``@``.

    A colleague who may not see the case (``bot.handoff.scope``) is not mentioned.
    """
    connection.execute(
        sa.insert(notes).values(id=note.id, case_id=case, account_id=note.account, at=note.at, text=note.text)
    )
    if "@" not in note.text:
        return
    a = accounts.c
    sees = sa.select(cases.c.id).where(cases.c.id == case, visible_to(a.id)).correlate(accounts).exists()
    active = connection.execute(sa.select(a.id, a.name).where(a.disabled_at.is_(None), a.role.in_(HANDLERS), sees))
    by_name = {row.name: row.id for row in active}
    for name in named_in(note.text, by_name):
        if by_name[name] != note.account:
            mention(connection, note, by_name[name])


def mention(connection: Connection, note: Note, account: str) -> None:
    """Put a note among the mentions of an account, once."""
    m = mentions.c
    known = sa.select(m.note_id).where(m.note_id == note.id, m.account_id == account)
    if connection.execute(known).first() is None:
        connection.execute(sa.insert(mentions).values(note_id=note.id, account_id=account, at=note.at))
