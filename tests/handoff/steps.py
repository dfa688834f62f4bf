"""How a family and a coordinator come to a case, for tests of either side."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.consent import Effect, Step
from bot.handoff.conversations import Conversations
from bot.handoff.engine import reading
from bot.handoff.records import Case
from bot.handoff.service import Handoff, Turn
from bot.handoff.tables import metadata as tables
from bot.handoff.tables import outbox

SUMMARY = "Det gjelder et brev om barnehage."


NOTICE = "Dette gis videre: …"


PHONE = "+47 91 23 45 67"


def said(text: str, kind: str = "parent") -> dict[str, Any]:
    return {"kind": kind, "text": text, "language": "uk", "direction": "ltr"}


def answer(handoff: Handoff, talk: str, *answers: str) -> Turn:
    turn = None
    for given in answers:
        prompt = handoff.open_prompt(talk)
        assert prompt is not None
        if prompt.step is Step.CONFIRM:
            handoff.notice_shown(talk, text=NOTICE, language="uk", version="1")
        if prompt.takes_text:
            turn = handoff.answer_text(talk, given)
        else:
            turn = handoff.answer_step(talk, prompt.case, prompt.step, given)
        assert turn.effect in (Effect.NEXT, Effect.GIVEN, Effect.DECLINED), given
    assert turn is not None
    return turn


WAYS = {
    "contact_only": ("contact_only", "chat", "keep", "no", "skip", "yes"),
    "summary": ("summary", "ok", "phone", PHONE, "yes", "yes", "nb", "yes", "write", "Olena", "yes"),
    "conversation": ("conversation", "email", "olena@example.no", "yes", "en", "no", "skip", "yes"),
}


def handed_over(handoff: Handoff, talk: str, share: str = "summary") -> Case:
    handoff.offer(talk, reason="own_case", topic="barnehage.apply")
    assert handoff.accept(talk, summary=SUMMARY) is not None
    case = answer(handoff, talk, *WAYS[share]).case
    assert case is not None
    return case


def news(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [row.event for row in connection.execute(sa.select(outbox).order_by(outbox.c.created_at))]


def every_word(engine: Engine) -> str:
    with reading(engine) as connection:
        return "\n".join(
            str(tuple(row)) for table in tables.sorted_tables for row in connection.execute(sa.select(table))
        )


def live(handoff: Handoff, talks: Conversations, talk: str, share: str, account: str) -> Case:
    talks.record_message(talk, client_id="a", body=said("before the case"))
    talks.record_replies(talk, [said("an answer before", "answer")], reply_to="a")
    talks.record_replies(talk, [said("a consent step", "consent")])
    talks.record_message(talk, client_id="p", body=said("typed in a step"), private=True)
    case = handed_over(handoff, talk, share)
    talks.record_message(talk, client_id="b", body=said("while waiting"))
    taken = handoff.claim(case.id, account)
    assert taken is not None
    talks.record_message(talk, client_id="c", body=said("while live"))
    return taken


def new_cases(handoff: Handoff, account: str = "") -> tuple[Case, ...]:
    """The cases that wait, as the page lists them for an account; the empty one is limited to nothing."""
    return tuple(row.case for row in handoff.case_list("new", account).rows)


def held_cases(handoff: Handoff, account: str = "") -> tuple[Case, ...]:
    """The cases that somebody has, as the page lists them for an account."""
    return tuple(row.case for row in handoff.case_list("all", account).rows if row.case.state == "claimed")
