"""What a parent is told about time when she hands over, and when she writes while nobody is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.handoff.conversations import Conversations
from bot.handoff.engine import reading
from bot.handoff.hours import NORWAY
from bot.handoff.service import make_handoff
from bot.handoff.tables import outbox
from bot.languages import languages
from bot.privacy.durations import durations
from bot.settings import read_settings
from bot.texts import FIRST_STRONG_ISOLATE, POP_ISOLATE, texts
from bot.web.app import create_app
from bot.web.hours_text import moment
from bot.web.jobs import Jobs
from bot.web.offices import read_offices
from bot.web.services import Services
from bot.weekly import read_week

LANGUAGES = [entry.code for entry in languages().offered()]
KEYS = ("closed", "closed_long", "meanwhile", "moment", "open", "urgent")


def oslo(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=NORWAY).astimezone(UTC)


class Clock:
    def __init__(self) -> None:
        self.now = oslo("2026-11-27T10:00")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(services: Services, clock: Clock) -> Services:
    """The services with a clock of their own for cases, and usual hours from nine to three."""
    settings = replace(services.settings, hours=read_week("mon-fri 09:00-15:00"))
    offices = read_offices(settings, services.guide)
    handoff = make_handoff(services.engine, settings, clock, offices=offices)
    talks = Conversations(services.engine, durations(settings), clock)
    return replace(services, settings=settings, handoff=handoff, conversations=talks)


@pytest.fixture
async def http(timed: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(timed, pages=()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


def bare(words: str) -> str:
    return words.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")


async def test_within_hours_she_reads_until_when_an_answer_is_meant_to_come(client: Any) -> None:
    await client.start(language="en")
    said = (await client.queue())["messages"][-1]
    assert "The coordinators try to answer before this time: Monday 30 November at 10:00." in said["text"]
    assert said["numbers"] == []


async def test_outside_hours_she_reads_when_somebody_is_there_and_whom_to_call(client: Any, clock: Clock) -> None:
    clock.now = oslo("2026-12-23T16:00")
    await client.start(language="nb", municipality="nordlysbygd")
    said = (await client.queue())["messages"][-1]
    assert said["kind"] == "handoff_status"
    assert "De er tilbake: mandag 4. januar kl. 09:00." in said["text"]
    assert "Saken din er tatt vare på" in said["text"]
    numbers = [number["number"] for number in said["numbers"]]
    assert {"113", "112", "116 117"} <= set(numbers)
    assert not any(number.startswith("00 00") for number in numbers), "nobody may be sent to an invented number"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_day_and_the_time_stand_in_her_language(client: Any, clock: Clock, language: str) -> None:
    clock.now = oslo("2026-11-27T18:00")
    await client.start(language=language)
    said = (await client.queue())["messages"][-1]
    assert said["language"] == language
    assert bare(moment(oslo("2026-11-30T09:00"), language)) in bare(said["text"])
    assert "09:00" in said["text"]
    if said["direction"] == "rtl":
        assert f"{FIRST_STRONG_ISOLATE}09:00{POP_ISOLATE}" in said["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_about_time_exists_in_every_language(language: str) -> None:
    assert [key for key in KEYS if not texts().has(f"hours.{key}", language)] == []


async def test_writing_outside_hours_is_answered_once_in_each_closed_time(client: Any, clock: Clock) -> None:
    await client.start(language="en")
    await client.queue()
    first = await client.say("there is one more thing")
    assert first["messages"][-1]["text"].startswith("Your message is kept")
    assert "not at work" not in first["messages"][-1]["text"]
    assert (await client.say("and another"))["messages"] == []
    clock.now = oslo("2026-11-27T20:00")
    evening = await client.say("I write at night")
    assert "They are back: Monday 30 November at 09:00." in evening["messages"][-1]["text"]
    assert evening["messages"][-1]["numbers"] != []
    assert (await client.say("and again"))["messages"] == []
    clock.now = oslo("2026-11-30T20:00")
    assert "Tuesday 1 December" in (await client.say("the next evening"))["messages"][-1]["text"]


async def test_danger_while_she_waits_raises_the_case_and_is_told_at_any_hour(
    client: Any, clock: Clock, timed: Services
) -> None:
    clock.now = oslo("2026-11-27T22:00")
    await client.start(language="en")
    await client.queue()
    async with timed.wakeups.listen("queue") as bell:
        reply = await client.say("mannen min slår meg")
        assert await bell.wait(1)
    assert reply["messages"][0]["kind"] == "crisis"
    case = timed.handoff.open_case(client.conversation)
    assert case is not None
    assert case.urgency == "U0"
    assert reply["messages"][0]["numbers"] != []
    assert (reply["messages"][-1]["kind"], reply["messages"][-1]["numbers"]) == ("handoff_status", [])
    assert "They are back: Monday 30 November at 09:00." in reply["messages"][-1]["text"]
    with reading(timed.engine) as connection:
        news = {row.event: (row.not_before, row.spread_at is None) for row in connection.execute(sa.select(outbox))}
    assert news["urgent"] == (None, True)  # to be told at once
    assert news["queued"][1] is False  # and not once more in the morning


async def test_who_hands_over_after_signs_of_danger_is_not_told_to_wait(client: Any, clock: Clock) -> None:
    clock.now = oslo("2026-11-27T22:00")
    await client.start(language="nb")
    await client.say("mannen min slår meg")
    reply = await client.choose("yes")
    for answer in ("contact_only", "chat", "keep", "no", "skip", "yes"):
        choices = reply["messages"][-1]["choices"]
        reply = await client.choose(next(c["payload"] for c in choices if c["payload"].endswith(":" + answer)))
    said = reply["messages"][-1]
    assert "ikke vent på svar. Ring et av disse numrene." in said["text"]
    assert "112" in [number["number"] for number in said["numbers"]]


async def test_the_job_wakes_the_queue_when_a_case_has_waited_too_long(
    client: Any, clock: Clock, timed: Services
) -> None:
    await client.start(language="en")
    await client.queue()
    clock.now = oslo("2026-11-30T10:00")
    async with timed.wakeups.listen("queue") as bell:
        await Jobs(timed).keep_time()
        assert await bell.wait(1)
    assert timed.handoff.escalated("") == 1


@pytest.mark.parametrize(("set_to", "end"), [("", "12:00"), ("14:00", "14:00"), ("closed", None)])
def test_the_half_days_of_those_who_tell_none_are_set_and_those_of_others_stand(
    services: Services, tmp_path: Path, set_to: str, end: str | None
) -> None:
    given = read_settings(
        {"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_HOURS": "mon-fri 08:00-15:30", "BROBYGGER_HALF_DAYS": set_to}
    )
    offices = read_offices(given, services.guide)
    wednesday, first = date(2027, 3, 24), oslo("2027-03-24T08:00")  # before Maundy Thursday
    assert offices.of(None).spells(wednesday) == (((first, oslo(f"2027-03-24T{end}")),) if end else ())
    assert offices.of("nordlysbygd").spells(wednesday) == ()
    assert offices.of("heimvik").spells(wednesday)[-1][1] == oslo("2027-03-24T11:30")
