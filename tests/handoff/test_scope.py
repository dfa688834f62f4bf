"""An account that is limited to municipalities: the case of another one does not exist for it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import writing
from bot.handoff.handing_on import NoReceiver
from bot.handoff.ids import new_id
from bot.handoff.mentions import Mentions
from bot.handoff.presence import Presence
from bot.handoff.records import CaseGone
from bot.handoff.scope import covers, may_see
from bot.handoff.service import Handoff
from bot.handoff.tables import cases, outbox
from bot.handoff.teams import Teams
from tests.handoff.steps import held_cases, new_cases

PLACES = ("fjordvik", "heimvik", None)


@pytest.fixture
def people(engine: Engine, clock: Any) -> Accounts:
    return Accounts(engine, clock)


@pytest.fixture
def waiting(engine: Engine, talks: Conversations, clock: Any) -> dict[str | None, str]:
    """A case that waits in each municipality, and one in none, by municipality."""
    made = {}
    for number, place in enumerate(PLACES):
        talk = talks.create(language="uk", municipality=place)[0].id
        made[place] = f"K-222{number + 2}"
        with writing(engine) as connection:
            connection.execute(
                sa.insert(cases).values(
                    id=made[place],
                    conversation_id=talk,
                    state="queued",
                    reason="own_case",
                    urgency="U1",
                    language="uk",
                    municipality=place,
                    writing=False,
                    opened_at=clock.now,
                    queued_at=clock.now,
                )
            )
    return made


@pytest.mark.parametrize("role", ["coordinator", "lead"])
@pytest.mark.parametrize("limits", [(), ("fjordvik",), ("fjordvik", "heimvik"), ("nordlysbygd",)], ids=str)
def test_the_query_the_function_and_every_list_agree(
    people: Accounts, handoff: Handoff, waiting: dict[str | None, str], limits: tuple[str, ...], role: Any
):
    account = people.create("kari", role, municipalities=limits)[0]
    wanted = {waiting[place] for place in PLACES if not limits or place is None or place in limits}
    everything = new_cases(handoff)
    assert len(everything) == 3
    assert {case.id for case in everything if may_see(account, case)} == wanted
    assert {case.id for case in new_cases(handoff, account.id)} == wanted
    assert handoff.queue_counts(account.id)["new"] == len(wanted)
    other = people.create("per")[0]
    for case in everything:
        assert handoff.claim(case.id, other.id) is not None
    assert {case.id for case in held_cases(handoff, account.id)} == wanted


def test_a_case_of_another_municipality_cannot_be_opened_claimed_or_worked(
    people: Accounts, handoff: Handoff, waiting: dict[str | None, str]
):
    kari = people.create("kari", municipalities=("fjordvik",))[0]
    far = waiting["heimvik"]
    with pytest.raises(CaseGone):
        handoff.view(far, kari.id)
    with pytest.raises(CaseGone):
        handoff.claim(far, kari.id)
    near = waiting["fjordvik"]
    assert handoff.claim(near, kari.id) is not None
    people.limit(kari.id, ("heimvik",))
    assert handoff.mine(kari.id) == ()
    for act in (
        lambda: handoff.view(near, kari.id),
        lambda: handoff.reply(near, kari.id, client_id=new_id(), body={"kind": "notice", "text": "Hei"}),
        lambda: handoff.note(near, kari.id, "notat"),
        lambda: handoff.release(near, kari.id),
        lambda: handoff.close(near, kari.id, "answered"),
    ):
        with pytest.raises(CaseGone):
            act()
    assert {case.id for case in new_cases(handoff, kari.id)} == {far, waiting[None]}


@pytest.mark.parametrize("why", ["closed", "auditor", "municipality"])
def test_what_somebody_can_no_longer_work_goes_back_to_the_queue_and_nothing_else(
    people: Accounts, handoff: Handoff, waiting: dict[str | None, str], engine: Engine, why: str
):
    kari, per = people.create("kari")[0], people.create("per", municipalities=("heimvik",))[0]
    handoff.claim(waiting["fjordvik"], kari.id)
    handoff.claim(waiting["heimvik"], per.id)
    handoff.claim(waiting[None], per.id)
    assert handoff.return_abandoned() == ()
    if why == "closed":
        people.disable(kari.id)
    elif why == "auditor":
        people.set_role(kari.id, "auditor")
    else:
        people.limit(kari.id, ("heimvik",))
    assert [case.id for case in handoff.expire_overdue()] == [waiting["fjordvik"]]
    assert handoff.expire_overdue() == ()
    assert len(handoff.mine(per.id)) == 2
    line = audit.newest(engine)[0]
    assert (line.actor, line.action, line.case) == ("system", "case.returned", waiting["fjordvik"])
    with engine.connect() as connection:
        assert connection.execute(sa.select(outbox.c.event)).scalars().all() == ["returned"]


def test_none_takes_in_all_and_nothing_but_all_takes_in_none():
    assert covers((), ())
    assert covers((), ("a",))
    assert covers(("a", "b"), ("b",))
    assert not covers(("a",), ())
    assert not covers(("a",), ("a", "b"))


def test_a_case_is_not_handed_shown_or_told_to_a_colleague_of_another_municipality(
    engine: Engine, people: Accounts, handoff: Handoff, waiting: dict[str | None, str], clock: Any
):
    kari, nils, mona = (
        people.create(name, municipalities=places)[0].id
        for name, places in (("kari", ("fjordvik",)), ("nils", ("fjordvik", "heimvik")), ("mona", ("heimvik",)))
    )
    case = waiting["fjordvik"]
    assert handoff.claim(case, kari) is not None
    assert {account.id for account in Teams(engine, clock).colleagues(case)} == {kari, nils}
    with pytest.raises(NoReceiver):
        handoff.hand_to(case, kari, receiver=mona, note="over til deg")
    handoff.note(case, kari, "@mona og @nils: ring tolken")
    mentions = Mentions(engine, clock)
    assert (mentions.unread(nils), mentions.unread(mona)) == (1, 0)
    assert [mention.case for mention in mentions.of(nils)] == [case]
    assert mentions.of(mona) == ()
    presence = Presence(engine, clock)
    for account in (kari, mona):
        presence.look(case, account, writing_now=False)
    assert [one.account for one in presence.others(case, nils)] == [kari]
    assert presence.others(case, mona) == ()
    assert handoff.hand_to(case, kari, receiver=nils, note="over til deg").account == nils
    people.limit(nils, ("heimvik",))
    with pytest.raises(CaseGone):  # nor is anything asked in it any more
        handoff.ask(case, nils, "name", ident="a", notice="?", language="uk", version="1", body={"kind": "consent"})
    assert mentions.of(nils) == ()  # what somebody may see no longer is not read in a mention either
    assert mentions.unread(nils) == 0
