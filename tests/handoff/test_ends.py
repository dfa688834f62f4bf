"""What the migration makes of rows from before there were ends: snoozes, passwords, a yes to machine translation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import downgrade, migrate, reading, writing
from bot.handoff.people import HANDED_OVER_FOR
from bot.handoff.records import utc_now
from bot.handoff.service import Handoff
from bot.handoff.tables import cases
from bot.handoff.tables_desk import translation_consents
from tests.handoff.steps import live

QUESTION = {"kind": "notice", "text": "Перекладати?", "language": "uk", "direction": "ltr", "bridge": "ask"}


def test_the_migration_gives_old_rows_their_ends(
    engine: Engine, handoff: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str], clock: Any
) -> None:
    kari, per = coordinators
    people = Accounts(engine, clock)
    people.reset_password(per)
    case = live(handoff, talks, talk, "summary", kari).id
    handoff.ask_translation(case, kari, QUESTION)
    clock.forward(minutes=1)
    given = clock.now
    handoff.answer_translation(talk, case, "yes")
    clock.forward(minutes=1)
    handoff.answer_translation(talk, case, "stop")
    with writing(engine) as connection:
        connection.execute(sa.update(cases).values(snoozed_until=utc_now() - timedelta(days=1)))
    downgrade(engine, "0010")
    before = utc_now()
    migrate(engine)
    until, own = people.find(per), people.find(kari)
    assert until is not None
    assert until.password_until is not None
    assert before + HANDED_OVER_FOR <= until.password_until <= utc_now() + HANDED_OVER_FOR
    assert own is not None
    assert own.password_until is None
    with reading(engine) as connection:
        assert connection.execute(sa.select(translation_consents.c.given_at)).scalar_one() == given
    (receipt,) = (one for one in handoff.receipts(talk) if one.purpose == "translation")
    assert (receipt.state, receipt.given_at, receipt.withdrawn_at) == ("withdrawn", given, clock.now)
    clock.now = utc_now()
    assert handoff.pulse(kari).woken == (), "nobody is told now of what came back long ago"
