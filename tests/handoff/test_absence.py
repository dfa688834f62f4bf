"""Coordinators who are away: what becomes of their cases, and who may see and move them."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.handing_on import NoReceiver
from bot.handoff.mentions import Mentions
from bot.handoff.records import CaseGone
from bot.handoff.service import Handoff
from tests.handoff.office_days import hand_over, history, office, oslo


@pytest.fixture
def desk(engine: Engine, clock: Any) -> Handoff:
    return office(engine, clock)


def test_who_is_away_is_shown_with_the_cases_that_lie_still_until_she_is_back(
    engine: Engine, desk: Handoff, talks: Conversations, talk: str, clock: Any, coordinators: tuple[str, str], lead: str
):
    kari, per = coordinators
    case = hand_over(desk, talk)
    desk.claim(case.id, kari)
    desk.go_away(kari, date(2026, 11, 30))
    (absence,) = desk.away()
    assert (absence.name, absence.last, [held.id for held in absence.cases]) == ("kari", date(2026, 11, 30), [case.id])
    for nobody in (per, kari):
        with pytest.raises(CaseGone):
            desk.return_of_absent(case.id, nobody)
    assert desk.return_of_absent(case.id, lead).state == "returned"
    assert history(engine, case)[-1] == ("case.returned", "away")
    clock.now = oslo("2026-12-01T00:30")
    assert desk.away() == ()


def test_a_lead_takes_no_case_of_somebody_who_is_there(
    desk: Handoff, talk: str, coordinators: tuple[str, str], lead: str
):
    case = hand_over(desk, talk)
    desk.claim(case.id, coordinators[0])
    with pytest.raises(CaseGone):
        desk.return_of_absent(case.id, lead)
    desk.go_away(coordinators[0], date(2026, 11, 27))
    desk.come_back(coordinators[0])
    with pytest.raises(CaseGone):
        desk.return_of_absent(case.id, lead)


def test_who_goes_away_may_hand_all_her_cases_back(
    desk: Handoff, talks: Conversations, talk: str, coordinators: tuple[str, str]
):
    case = hand_over(desk, talk)
    desk.claim(case.id, coordinators[0])
    desk.go_away(coordinators[0], date(2026, 11, 27))
    assert [back.id for back in desk.release_all(coordinators[0])] == [case.id]
    assert desk.release_all(coordinators[0]) == ()
    for day in (date(2026, 11, 25), date(2028, 1, 1)):
        with pytest.raises(ValueError, match="no day"):
            desk.go_away(coordinators[0], day)


TODAY = date(2026, 11, 26)


def test_a_lead_gives_the_case_of_somebody_who_is_away_to_a_person_who_hears_of_it(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str], lead: str
):
    kari, per = coordinators
    case = hand_over(desk, talk)
    desk.claim(case.id, kari)
    with pytest.raises(CaseGone):  # she is there
        desk.hand_on_of_absent(case.id, lead, receiver=per, note="Se her")
    desk.go_away(kari, TODAY)
    for nobody in (per, kari):
        with pytest.raises(CaseGone):
            desk.hand_on_of_absent(case.id, nobody, receiver=per, note="Se her")
    for receiver in (kari, "nobody"):
        with pytest.raises(NoReceiver):
            desk.hand_on_of_absent(case.id, lead, receiver=receiver, note="Se her")
    given = desk.hand_on_of_absent(case.id, lead, receiver=per, note="Kari er borte")
    assert (given.state, given.account) == ("claimed", per)
    assert given.deadline_at == oslo("2026-11-27T10:00"), "the time for the first answer begins anew"
    assert history(engine, case)[-1] == ("case.handed_on", f"account:{per}")
    mentions = Mentions(engine, clock)
    assert mentions.unread(per) == 1
    (mention,) = mentions.of(per)
    assert (mention.case, mention.author) == (case.id, "ida")
    with pytest.raises(CaseGone):  # kari has it no more
        desk.hand_on_of_absent(case.id, lead, receiver=lead, note="Til meg")


def test_a_lead_may_take_it_herself_but_gives_it_to_nobody_who_is_away(
    desk: Handoff, talk: str, coordinators: tuple[str, str], lead: str
):
    kari, per = coordinators
    case = hand_over(desk, talk)
    desk.claim(case.id, kari)
    for away in (kari, per):
        desk.go_away(away, TODAY)
    with pytest.raises(NoReceiver):
        desk.hand_on_of_absent(case.id, lead, receiver=per, note="Se her")
    assert desk.hand_on_of_absent(case.id, lead, receiver=lead, note="Til meg").account == lead


def test_of_two_leads_at_once_one_gives_it_away(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str], lead: str
):
    kari, per = coordinators
    other = Accounts(engine, clock).create("mona", "lead")[0].id
    case = hand_over(desk, talk)
    desk.claim(case.id, kari)
    desk.go_away(kari, TODAY)
    outcomes: list[str] = []

    def give(by: str, receiver: str) -> None:
        try:
            desk.hand_on_of_absent(case.id, by, receiver=receiver, note="Se her")
            outcomes.append("given")
        except CaseGone:
            outcomes.append("gone")

    both = [threading.Thread(target=give, args=pair) for pair in ((lead, per), (other, other))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["given", "gone"]


def test_a_limited_lead_sees_and_moves_only_what_she_may_see(
    engine: Engine, desk: Handoff, talk: str, clock: Any, coordinators: tuple[str, str], lead: str
):
    people = Accounts(engine, clock)
    near = people.create("nils", "lead", municipalities=("fjordvik",))[0].id
    far = people.create("mona", "lead", municipalities=("heimvik",))[0].id
    fjord = people.create("siri", municipalities=("fjordvik",))[0].id
    kari, per = coordinators
    case = hand_over(desk, talk)
    desk.claim(case.id, kari)
    for away in (kari, fjord):
        desk.go_away(away, TODAY)
    assert [[held.id for held in one.cases] for one in desk.away(near)] == [[case.id], []]
    assert [(one.name, one.cases) for one in desk.away(far)] == [("kari", ())], "siri sees nothing of hers"
    for act in (
        lambda: desk.return_of_absent(case.id, far),
        lambda: desk.hand_on_of_absent(case.id, far, receiver=per, note="Se her"),
    ):
        with pytest.raises(CaseGone):
            act()
    with pytest.raises(NoReceiver):
        desk.hand_on_of_absent(case.id, near, receiver=far, note="Se her")
    assert desk.return_of_absent(case.id, near).state == "returned"
