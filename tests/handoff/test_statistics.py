"""Counts outlive conversations, hold nothing that was said, and leave the record only as published figures."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.conversations import Conversations
from bot.handoff.counting import KEPT_MONTHS, Counting, add_months, wait_class
from bot.handoff.engine import writing
from bot.handoff.publishing import ALL, pieces, publish
from bot.handoff.service import Handoff
from bot.handoff.statistics import Statistics
from bot.handoff.tables_statistics import usage_counts
from bot.privacy.deletion import mark_deleted, purge_record
from bot.privacy.durations import Durations

NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
DURATIONS = Durations(21, 90)
WORDS = "Min sønn Ola er redd"


@pytest.fixture
def counting(engine: Engine, clock: Any) -> Counting:
    return Counting(engine, lambda urgency, place, since: since + timedelta(hours=24), clock)


@pytest.fixture
def statistics(engine: Engine) -> Statistics:
    return Statistics(engine)


@pytest.fixture
def hand_over(talks: Conversations, handoff: Handoff) -> Any:
    """A conversation that becomes a case; gives the conversation and the case."""

    def make(topic: str = "barnehage.cost", language: str = "uk", municipality: str | None = "fjordvik") -> Any:
        talk = talks.create(language=language, municipality=municipality)[0].id
        body = {"kind": "notice", "text": WORDS, "language": language, "direction": "ltr"}
        talks.record_message(talk, client_id="m1", body=body)
        (answer,) = talks.record_replies(talk, [body | {"kind": "answer", "topic": topic}], reply_to="m1")
        talks.feedback(talk, message=answer.id, useful=True)
        case = handoff.offer(talk, reason="own_case", topic=topic).id
        prompt = handoff.accept(talk, summary=WORDS)
        for given in ("contact_only", "chat", "keep", "no", "skip"):
            assert prompt is not None
            prompt = handoff.answer_step(talk, case, prompt.step.value, given).prompt
        handoff.notice_shown(talk, text="notice", language=language, version="1")
        assert prompt is not None
        handoff.answer_step(talk, case, prompt.step.value, "yes")
        return talk, case

    return make


def counted(engine: Engine) -> dict[tuple[str, str, str, str], int]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(usage_counts)).all()
    return {(row.municipality, row.measure, row.dimension, row.code): row.n for row in rows}


def test_a_day_is_counted_when_it_is_over_and_once(
    engine: Engine, clock: Any, counting: Counting, hand_over: Any
) -> None:
    hand_over()
    assert counting.run() == 0
    clock.forward(days=1)
    assert counting.run() == 1
    first = counted(engine)
    assert first["fjordvik", "cases", "topic", "barnehage.cost"] == 1
    assert first["fjordvik", "answers", "topic", "barnehage.cost"] == 1
    assert first["fjordvik", "useful", "language", "uk"] == 1
    assert first["fjordvik", "conversations", "language", "uk"] == 1
    assert counting.run() == 0
    assert counted(engine) == first


def test_several_processes_count_a_day_once(engine: Engine, clock: Any, counting: Counting, hand_over: Any) -> None:
    hand_over()
    clock.forward(days=1)
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(counting.run())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert sum(done) == 1
    assert counted(engine)["fjordvik", "cases", "reason", "own_case"] == 1


def test_counts_survive_the_deletion_of_the_conversation_and_hold_nothing_of_it(
    engine: Engine, clock: Any, counting: Counting, statistics: Statistics, hand_over: Any
) -> None:
    made = [hand_over() for _ in range(6)]
    clock.forward(days=1)
    counting.run()
    before = counted(engine)
    for talk, _ in made:
        mark_deleted(engine, talk, "parent", durations=DURATIONS, clock=clock)
        purge_record(engine, talk)
    assert counted(engine) == before
    assert statistics.report(NOVEMBER).figure("cases").n == 6
    everything = str(before)
    for talk, case in made:
        assert talk not in everything
        assert case not in everything
    assert "Ola" not in everything


def test_the_first_answer_counts_by_its_day_and_wait_and_not_again_after_a_return(
    engine: Engine, clock: Any, counting: Counting, handoff: Handoff, hand_over: Any, coordinators: tuple[str, str]
) -> None:
    _, case = hand_over()
    kari, per = coordinators
    body = {"kind": "notice", "text": "Hei", "language": "nb", "direction": "ltr"}
    clock.forward(minutes=50)
    handoff.claim(case, kari)
    handoff.reply(case, kari, client_id="a", body=body)
    handoff.release(case, kari)
    clock.forward(days=1)
    handoff.claim(case, per)
    handoff.reply(case, per, client_id="b", body=body)
    clock.forward(days=1)
    assert counting.run() == 2
    found = {key[2:]: n for key, n in counted(engine).items() if key[1] == "first_answer"}
    assert found == {("wait", wait_class(timedelta(minutes=50))): 1, ("deadline", "within"): 1}


def test_offers_that_came_to_nothing_are_counted(
    engine: Engine, clock: Any, counting: Counting, talks: Conversations, handoff: Handoff
) -> None:
    for answer in ("no", "no", "other"):
        talk = talks.create(language="so")[0].id
        handoff.offer(talk, reason="human")
        if answer == "no":
            handoff.decline(talk)
        else:
            handoff.drop_offer(talk)
    clock.forward(days=1)
    counting.run()
    found = {key[3]: n for key, n in counted(engine).items() if key[1] == "offers"}
    assert found == {"declined": 2, "unanswered": 1}


def test_what_was_not_understood_is_counted_at_once_by_language_and_area(engine: Engine, counting: Counting) -> None:
    for guess in ("barnehage.cost", "barnehage.apply", None):
        counting.not_understood(language="ti", guess=guess, municipality=None)
    assert counted(engine) == {
        ("", "not_understood", "language", "ti"): 3,
        ("", "not_understood", "near", "barnehage"): 2,
        ("", "not_understood", "near", ""): 1,
    }


def test_old_months_are_forgotten(engine: Engine, clock: Any, counting: Counting, hand_over: Any) -> None:
    hand_over()
    clock.forward(days=1)
    counting.run()
    clock.forward(days=31 * (KEPT_MONTHS + 1))
    counting.run()
    assert counted(engine) == {}


def put(engine: Engine, month: date, counts: dict[tuple[str, str, str, str], int]) -> None:
    with writing(engine) as connection:
        for (place, measure, dimension, code), n in counts.items():
            connection.execute(
                sa.insert(usage_counts).values(
                    month=month, municipality=place, measure=measure, dimension=dimension, code=code, n=n
                )
            )


def languages_of(place: str, **numbers: int) -> dict[tuple[str, str, str, str], int]:
    return {(place, "conversations", "language", code): n for code, n in numbers.items()}


def test_a_limited_reader_sees_only_her_municipalities_and_those_without(
    engine: Engine, statistics: Statistics
) -> None:
    put(engine, NOVEMBER[0], languages_of("fjordvik", uk=10) | languages_of("granli", uk=20) | languages_of("", uk=7))
    assert statistics.report(NOVEMBER).figure("conversations").n == 37
    assert statistics.report(NOVEMBER, municipalities=("fjordvik",)).figure("conversations").n == 17
    assert (
        statistics.report(NOVEMBER, municipality="fjordvik", municipalities=("fjordvik",)).figure("conversations").n
        == 10
    )
    assert statistics.places(("fjordvik",)) == ("fjordvik",)
    with pytest.raises(ValueError, match="may not be seen"):
        statistics.report(NOVEMBER, municipality="granli", municipalities=("fjordvik",))


def test_a_small_number_cannot_be_had_by_taking_one_municipality_from_all(
    engine: Engine, statistics: Statistics
) -> None:
    put(engine, NOVEMBER[0], languages_of("fjordvik", uk=40, ti=3, ar=30) | languages_of("granli", uk=30, ti=20, ar=20))
    whole, granli = statistics.report(NOVEMBER), statistics.report(NOVEMBER, municipality="granli")
    key = ("conversations", "language", "ti")
    assert statistics.report(NOVEMBER, municipality="fjordvik").figure(*key).mark == "few"
    assert None in (whole.figure(*key).n, granli.figure(*key).n)


def test_a_month_cannot_be_had_by_taking_two_months_from_their_quarter() -> None:
    months = [languages_of("", uk=20, ti=n, ar=30) for n in (3, 9, 11)]
    quarter = publish(months)
    assert publish(months[:1])["", "conversations", "language", "ti"].mark == "few"
    assert quarter["", "conversations", "language", "ti"].n is None


def test_small_months_may_make_a_number_of_the_quarter() -> None:
    quarter = publish([languages_of("", uk=20, ti=n, ar=30, so=9) for n in (2, 3, 3)])
    assert quarter["", "conversations", "language", "ti"].n == 8


def test_any_other_span_is_put_together_of_what_was_published(engine: Engine, statistics: Statistics) -> None:
    for number, ti in enumerate((9, 3, 8, 7)):
        put(engine, add_months(date(2026, 2, 1), number), languages_of("", ti=ti, uk=20, ar=30))
    span = (date(2026, 2, 1), date(2026, 6, 1))
    assert pieces(span) == [(add_months(span[0], n), add_months(span[0], n + 1)) for n in range(4)]
    found = statistics.report(span).figure("conversations", "language", "ti")
    assert (found.n, found.at_least) == (None, 24)
    assert pieces((date(2026, 1, 1), date(2026, 8, 1)))[:2] == [
        (date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), date(2026, 7, 1)),
    ]


def test_accepted_offers_are_hidden_where_the_cases_are() -> None:
    counts = {("", "cases", d, c): 3 for d, c in (("topic", "sfo.cost"), ("language", "uk"))}
    found = publish([counts | {("", "offers", "answer", "declined"): 20}])
    assert found["", "cases", ALL, ALL].mark == "few"
    assert found["", "offers", "answer", "accepted"].mark == "few"
    assert None in (found["", "offers", "answer", "declined"].n, found["", "offers", ALL, ALL].n)


def test_waits_are_told_only_of_enough_of_them(engine: Engine, statistics: Statistics) -> None:
    def waits(n: int) -> dict[tuple[str, str, str, str], int]:
        return {("", "first_answer", "wait", "04"): n, ("", "first_answer", "deadline", "within"): n}

    put(engine, date(2026, 9, 1), waits(4))
    put(engine, date(2026, 10, 1), waits(6))
    put(engine, date(2026, 11, 1), waits(30))
    told = [
        statistics.report((add_months(date(2026, 9, 1), n), add_months(date(2026, 9, 1), n + 1))).waits
        for n in range(3)
    ]
    assert [(one.median, one.ninetieth) for one in told] == [(None, None), (120, None), (120, 120)]
