"""The lists of cases: what stands where, in which order, for whom, and what tells an open page that it is old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import downgrade, migrate, reading, writing
from bot.handoff.lists import PAGE, Filters
from bot.handoff.records import CaseGone
from bot.handoff.service import Handoff
from bot.handoff.snooze import LONGEST
from bot.handoff.tables import cases
from bot.handoff.teams import Teams
from tests.handoff.conftest import Clock


@pytest.fixture
def queued(handoff: Handoff, talks: Conversations, engine: Engine, clock: Clock) -> Any:
    """Make a case that waits, with columns of its row as wished."""

    def make(*, language: str = "uk", municipality: str | None = "fjordvik", **columns: Any) -> str:
        talk = talks.create(language=language, municipality=municipality)[0].id
        case = handoff.offer(talk, reason="own_case").id
        values = {"state": "queued", "queued_at": clock.now, "waiting_at": clock.now} | columns
        with writing(engine) as connection:
            connection.execute(sa.update(cases).where(cases.c.id == case).values(**values))
        return case

    return make


def listed(handoff: Handoff, queue: Any, account: str, **how: Any) -> list[str]:
    return [row.case.id for row in handoff.case_list(queue, account, **how).rows]


def test_a_case_goes_through_the_queues(
    handoff: Handoff, talks: Conversations, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    case = queued()
    assert listed(handoff, "new", kari) == [case]
    taken = handoff.claim(case, kari)
    assert taken is not None
    assert listed(handoff, "new", kari) == []
    assert listed(handoff, "mine", kari) == [case]
    assert listed(handoff, "mine", per) == []
    assert listed(handoff, "waiting", kari) == []
    clock.forward(minutes=1)
    handoff.reply(case, kari, client_id="1", body={"text": "Hei"})
    assert listed(handoff, "waiting", per) == [case]
    clock.forward(minutes=1)
    talks.record_message(str(taken.conversation), client_id="2", body={"text": "Привіт"})
    assert listed(handoff, "waiting", per) == []
    assert listed(handoff, "all", per) == [case]
    assert handoff.case_list("all", per).rows[0].holder == "kari"
    handoff.close(case, kari, "answered")
    assert listed(handoff, "all", kari) == []
    assert listed(handoff, "closed", per) == [case]
    clock.forward(days=31)
    assert listed(handoff, "closed", per) == []


def test_what_was_put_off_comes_back_by_itself(
    handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    case = queued()
    handoff.claim(case, kari)
    handoff.snooze(case, kari, clock.now + timedelta(hours=2))
    assert (listed(handoff, "mine", kari), listed(handoff, "snoozed", kari)) == ([], [case])
    before = handoff.pulse(kari).mark
    clock.forward(hours=2)
    assert (listed(handoff, "mine", kari), listed(handoff, "snoozed", kari)) == ([case], [])
    assert handoff.pulse(kari).mark != before


def test_what_was_put_off_comes_back_when_she_writes(
    handoff: Handoff, talks: Conversations, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    case = queued()
    taken = handoff.claim(case, kari)
    assert taken is not None
    handoff.snooze(case, kari, clock.now + timedelta(days=2))
    talks.record_message(str(taken.conversation), client_id="1", body={"text": "Це терміново"})
    assert listed(handoff, "mine", kari) == [case]


def test_the_end_of_a_snooze_is_told_once_and_marked_until_the_case_is_opened(
    handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    urgent, back, other = queued(urgency="U0"), queued(urgency="U2"), queued()
    for case in (urgent, back, other):
        handoff.claim(case, kari)
    until = clock.now + timedelta(hours=2)
    handoff.snooze(back, kari, until)
    assert handoff.pulse(kari).woken == ()
    assert not handoff.tell(back, kari), "its time has not come"
    clock.forward(hours=40)  # nobody was signed in then
    assert [(one.case, one.at) for one in handoff.pulse(kari).woken] == [(back, until)]
    assert handoff.pulse(per).woken == ()
    assert not handoff.tell(back, per)
    before = handoff.pulse(kari, back)
    assert handoff.tell(back, kari)
    assert not handoff.tell(back, kari)
    after = handoff.pulse(kari, back)
    assert after.woken == ()
    assert after.shown == before.shown, "telling changes nothing that a page shows"
    assert listed(handoff, "mine", kari) == [urgent, back, other], "danger, then what is back"
    handoff.seen(back, kari)
    assert handoff.view(back, kari).case.snoozed_until is None
    assert listed(handoff, "mine", kari) == [urgent, other, back]
    handoff.snooze(back, kari, clock.now + timedelta(hours=1))
    handoff.seen(back, kari)
    clock.forward(hours=1)
    assert handoff.tell(back, kari), "another snooze is told of again"


@pytest.fixture
def woken(handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]) -> str:
    """A case of the first coordinator whose snooze has just ended."""
    case = str(queued())
    handoff.claim(case, coordinators[0])
    handoff.snooze(case, coordinators[0], clock.now + timedelta(hours=1))
    clock.forward(hours=1)
    return case


def test_of_many_pages_that_are_open_one_tells(handoff: Handoff, woken: str, coordinators: tuple[str, str]) -> None:
    kari, case = coordinators[0], woken
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: handoff.tell(case, kari), range(6))) == 1


def test_what_was_opened_before_it_was_told_of_is_told_no_more(
    handoff: Handoff, woken: str, coordinators: tuple[str, str]
) -> None:
    kari, case = coordinators[0], woken
    handoff.seen(case, kari)
    assert handoff.pulse(kari).woken == ()
    assert not handoff.tell(case, kari)


def test_the_queue_of_ones_teams_follows_cases_and_members(
    engine: Engine, handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    store = Teams(engine, clock)
    team, other = store.create("Velkomst", kari), store.create("Skole", kari)
    case, plain, elsewhere = queued(), queued(), queued()
    for number, to in ((case, team), (elsewhere, other)):
        handoff.claim(number, kari)
        handoff.hand_to_queue(number, kari, team=to, note="til dere")
    assert listed(handoff, "team", per) == []
    before = handoff.pulse(per).mark
    store.change(team, name="Velkomst", members=[per], by=kari)
    assert handoff.pulse(per).mark != before, "an open page must notice"
    assert listed(handoff, "team", per) == [case]
    assert listed(handoff, "team", kari) == []
    assert handoff.queue_counts(per)["team"] == 1
    assert set(listed(handoff, "new", per)) == {case, plain, elsewhere}
    limited = Accounts(engine, clock)
    limited.limit(per, ("heimvik",))
    assert (listed(handoff, "team", per), handoff.queue_counts(per)["team"]) == ([], 0)
    limited.limit(per, ())
    handoff.claim(case, per)
    assert listed(handoff, "team", per) == []
    store.change(other, name="Skole", members=[per], by=kari)
    assert listed(handoff, "team", per) == [elsewhere]


@pytest.mark.parametrize("how", ["wake", "release", "overdue"])
def test_a_case_is_put_off_for_its_holder_only_and_only_while_she_has_it(
    how: str, handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    case = queued()
    handoff.claim(case, kari)
    with pytest.raises(CaseGone):
        handoff.snooze(case, per, clock.now + timedelta(hours=1))
    handoff.snooze(case, kari, clock.now + timedelta(days=9))
    if how == "wake":
        assert handoff.wake(case, kari).snoozed_until is None
        return
    if how == "overdue":
        clock.forward(hours=25)
        assert [found.id for found in handoff.expire_overdue()] == [case]
    else:
        handoff.release(case, kari)
    handoff.claim(case, per)
    assert listed(handoff, "mine", per) == [case]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=-1), LONGEST + timedelta(minutes=1)])
def test_a_case_is_not_put_off_to_the_past_or_for_ever(
    ahead: timedelta, handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    case = queued()
    handoff.claim(case, kari)
    with pytest.raises(ValueError, match="put off"):
        handoff.snooze(case, kari, clock.now + ahead)


def test_putting_off_stands_in_the_audit_log_once(
    engine: Engine, handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    case = queued()
    handoff.claim(case, kari)
    for _ in range(2):
        handoff.snooze(case, kari, clock.now + timedelta(hours=1))
    handoff.wake(case, kari)
    handoff.wake(case, kari)
    actions = [line.action for line in audit.entries(engine, case=case)]
    assert actions == ["case.claimed", "case.snoozed", "case.woken"]


def test_each_filter_leaves_what_it_names(handoff: Handoff, queued: Any, coordinators: tuple[str, str]) -> None:
    kari, per = coordinators
    plain = queued(topic="barnehage.cost")
    ours = queued(topic="sfo.cost", language="ar", talk_language="ti", urgency="U0", municipality="heimvik")
    handoff.claim(ours, per)
    for filters, found in (
        (Filters(topics=("barnehage.cost", "barnehage.apply")), [plain]),
        (Filters(language="ti"), [ours]),
        (Filters(language="ar"), []),
        (Filters(urgency="U0"), [ours]),
        (Filters(municipality="heimvik"), [ours]),
        (Filters(holder=per), [ours]),
        (Filters(language="uk", municipality="heimvik"), []),
        (Filters(), [ours, plain]),
    ):
        assert listed(handoff, "all", kari, filters=filters) == found, filters


def test_danger_first_then_the_longest_wait_or_the_newest(
    handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    old = queued()
    clock.forward(hours=1)
    danger = queued(urgency="U0")
    clock.forward(hours=1)
    new = queued()
    assert listed(handoff, "new", coordinators[0]) == [danger, old, new]
    assert listed(handoff, "new", coordinators[0], order="newest") == [new, danger, old]


def test_a_coordinator_of_one_municipality_sees_it_and_what_belongs_to_none(
    engine: Engine, clock: Clock, handoff: Handoff, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    here, there, nowhere = queued(), queued(municipality="heimvik"), queued(municipality=None)
    Accounts(engine, clock).limit(kari, ("fjordvik",))
    assert set(listed(handoff, "new", kari)) == {here, nowhere}
    assert handoff.queue_counts(kari)["new"] == 2
    assert handoff.waiting_count(kari) == 2
    seen = handoff.pulse(kari, there)
    assert (seen.waiting, seen.shown) == (2, "gone")
    assert there not in {arrival.case for arrival in seen.arrivals}
    assert handoff.waiting_count(per) == 3


def test_counts_agree_with_the_lists(
    engine: Engine, handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    store = Teams(engine, clock)
    team = store.create("Velkomst", kari)
    store.change(team, name="Velkomst", members=[kari], by=kari)
    for number in range(9):
        case = queued()
        if number % 3:
            handoff.claim(case, (kari, per)[number % 2])
        if number % 3 == 2:
            handoff.reply(case, (kari, per)[number % 2], client_id="1", body={"text": "Hei"})
        if number == 1:
            handoff.hand_to_queue(case, per, team=team, note="til teamet")
        if number == 4:
            handoff.snooze(case, kari, clock.now + timedelta(hours=1))
        if number == 5:
            handoff.close(case, per, "answered")
    counts = handoff.queue_counts(kari)
    for queue in counts:
        assert counts[queue] == handoff.case_list(queue, kari).total == len(listed(handoff, queue, kari)), queue
    assert all(counts.values())


def test_a_long_list_is_read_page_by_page(handoff: Handoff, queued: Any, coordinators: tuple[str, str]) -> None:
    kari, _ = coordinators
    made = [queued() for _ in range(PAGE + 1)]
    first = handoff.case_list("new", kari)
    second = handoff.case_list("new", kari, page=2)
    assert (len(first.rows), len(second.rows), first.pages) == (PAGE, 1, 2)
    assert {row.case.id for row in (*first.rows, *second.rows)} == set(made)
    assert handoff.case_list("new", kari, page=10**12) == second


def test_every_change_of_a_case_changes_the_pulse(
    handoff: Handoff, talks: Conversations, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    marks = [handoff.pulse(kari)]

    def changed() -> None:
        marks.append(handoff.pulse(kari))
        assert marks[-1].mark not in {pulse.mark for pulse in marks[:-1]}

    case = queued()
    changed()
    clock.forward(minutes=1)
    taken = handoff.claim(case, kari)
    assert taken is not None
    changed()
    talks.record_message(str(taken.conversation), client_id="1", body={"text": "?"})
    changed()
    handoff.reply(case, kari, client_id="2", body={"text": "!"})
    changed()
    handoff.snooze(case, kari, clock.now + timedelta(hours=1))
    changed()
    handoff.release(case, kari)
    changed()
    clock.forward(minutes=1)
    handoff.claim(case, per)
    changed()
    assert handoff.pulse(kari).mark == marks[-1].mark


def test_one_case_that_leaves_while_another_comes_changes_the_pulse(
    handoff: Handoff, clock: Clock, queued: Any, coordinators: tuple[str, str], engine: Engine
) -> None:
    kari, _ = coordinators
    queued()
    before = handoff.pulse(kari).mark
    clock.forward(seconds=1)
    with writing(engine) as connection:
        connection.execute(sa.delete(cases))
    queued()
    assert handoff.pulse(kari).mark != before


def test_a_case_that_came_back_is_an_arrival_and_a_message_in_a_waiting_one_is_not(
    handoff: Handoff, talks: Conversations, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, _ = coordinators
    case = queued()
    first = handoff.pulse(kari).arrivals
    clock.forward(minutes=1)
    taken = handoff.claim(case, kari)
    assert taken is not None
    assert handoff.pulse(kari).arrivals == ()
    handoff.release(case, kari)
    again = handoff.pulse(kari).arrivals
    assert again[0].at > first[0].at
    talks.record_message(str(taken.conversation), client_id="1", body={"text": "?"})
    assert handoff.pulse(kari).arrivals == again


def test_only_the_holder_of_a_case_notices_its_messages_by_their_cursor(
    handoff: Handoff, talks: Conversations, queued: Any, coordinators: tuple[str, str]
) -> None:
    kari, per = coordinators
    case = queued()
    taken = handoff.claim(case, kari)
    assert taken is not None
    assert handoff.pulse(per, case).shown.endswith("|0")
    before = handoff.pulse(kari, case).shown
    talks.record_replies(str(taken.conversation), [{"text": "!"}], author="system")
    assert handoff.pulse(kari, case).shown != before
    assert handoff.pulse(per, case).shown.endswith("|0")


def test_the_migration_knows_what_waits_and_who_wrote_last(
    engine: Engine, handoff: Handoff, talks: Conversations, clock: Clock, queued: Any, coordinators: tuple[str, str]
) -> None:
    waiting, taken = queued(), queued()
    claimed = handoff.claim(taken, coordinators[0])
    assert claimed is not None
    clock.forward(minutes=1)
    talks.record_message(str(claimed.conversation), client_id="1", body={"text": "?"})
    downgrade(engine, "0003")
    migrate(engine)
    with reading(engine) as connection:
        found = {row.id: row for row in connection.execute(sa.select(cases))}
    assert found[waiting].waiting_at == found[waiting].queued_at
    assert found[taken].waiting_at is None
    assert found[taken].parent_at == clock.now
