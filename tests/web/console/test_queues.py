"""The queues as pages: tabs, filters kept, search, putting off, and speed with many cases."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.handoff.records import utc_now
from bot.handoff.tables import cases
from bot.texts import text
from bot.web.console.live import watcher
from bot.web.console.session import COOKIE
from bot.web.services import Services


def numbers(page: str) -> list[str]:
    return re.findall(r'<tr data-case="([^"]+)"', page)


def count_of(page: str, queue: str) -> int:
    found = re.search(rf'id="queue-{queue}".*?class="count">(\d+)<', page)
    assert found is not None
    return int(found[1])


async def test_every_queue_has_an_address_a_count_and_a_sentence_when_it_is_empty(kari: Any, queued: Any) -> None:
    number = await queued()
    page = (await kari.get("/console?queue=new")).text
    assert {queue: count_of(page, queue) for queue in ("new", "mine", "waiting", "all", "closed", "snoozed")} == {
        "new": 1, "mine": 0, "waiting": 0, "all": 1, "closed": 0, "snoozed": 0
    }  # fmt: skip
    for queue in ("mine", "waiting", "closed", "snoozed"):
        empty = (await kari.get(f"/console?queue={queue}")).text
        assert numbers(empty) == []
        assert text(f"console.queues.empty.{queue}", "en").value in empty
        assert re.search(rf'id="queue-{queue}"[^>]* aria-current="page"', empty)
    assert numbers((await kari.get("/console?queue=all")).text) == [number]


async def test_filters_stand_in_the_address_follow_into_other_queues_and_are_offered_again(
    kari: Any, queued: Any
) -> None:
    ours = await queued(language="uk")
    await queued(language="ar")
    page = (await kari.get("/console?queue=new&language=uk&topic=&order=newest")).text
    assert numbers(page) == [ours]
    assert 'href="/console?queue=all&amp;language=uk&amp;order=newest"' in page
    bare = (await kari.get("/console")).text
    assert len(numbers(bare)) == 2
    assert re.search(r'id="kept" href="/console\?queue=new&amp;language=uk&amp;order=newest"', bare)
    assert 'id="kept"' in (await kari.get("/console")).text  # looking elsewhere does not forget it
    await kari.get("/console?queue=new")
    assert 'id="kept"' not in (await kari.get("/console")).text


@pytest.mark.parametrize(
    "query",
    ["queue=zz", "language=xx&urgency=U9&holder=%27&municipality=..&topic=nowhere", "page=0", "page=-1", "page=x"],
)
async def test_what_does_not_exist_is_left_out_of_an_address(query: str, kari: Any, queued: Any) -> None:
    number = await queued()
    page = await kari.get(f"/console?{query}")
    assert page.status_code == 200
    assert numbers(page.text) == [number]


async def test_an_area_finds_all_its_topics(kari: Any, queued: Any, services: Services) -> None:
    number, other = await queued(), await queued()
    with services.engine.begin() as connection:
        connection.execute(sa.update(cases).where(cases.c.id == number).values(topic="barnehage.cost"))
        connection.execute(sa.update(cases).where(cases.c.id == other).values(topic="sfo.cost"))
    assert numbers((await kari.get("/console?queue=new&topic=barnehage")).text) == [number]
    assert numbers((await kari.get("/console?queue=new&topic=sfo.cost")).text) == [other]


async def test_words_that_are_searched_do_not_stand_in_an_address(kari: Any, queued: Any) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    await kari.send(f"/console/cases/{number}/notes", text="Ringer ØKSNES skole")
    page = await kari.send("/console/search", words="øksnes")
    assert page.url.query == b""
    assert numbers(page.text) == [number]
    assert text("console.queues.place.note", "en").value in page.text
    assert "Ringer" not in page.text  # a case is found, not what stands in it
    gone = await kari.send("/console/search", words="<script>alert(1)</script>")
    assert text("console.queues.found_none", "en").value in gone.text
    assert "<script>alert" not in gone.text
    straight = await kari.send("/console/search", words=number.lower())
    assert straight.url.path == f"/console/cases/{number}"


async def test_a_case_is_put_off_to_a_time_in_norway(kari: Any, queued: Any, services: Services) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    tomorrow = (utc_now() + timedelta(days=1)).date()
    await kari.send(f"/console/cases/{number}/snooze", until=f"{tomorrow}T08:30")
    assert numbers((await kari.get("/console?queue=mine")).text) == []
    assert numbers((await kari.get("/console?queue=snoozed")).text) == [number]
    with services.engine.connect() as connection:
        until = connection.execute(sa.select(cases.c.snoozed_until)).scalar_one()
    offset = until.astimezone(ZoneInfo("Europe/Oslo"))
    assert (offset.date(), offset.hour, offset.minute) == (tomorrow, 8, 30)
    await kari.send(f"/console/cases/{number}/snooze", until="")
    assert numbers((await kari.get("/console?queue=mine")).text) == [number]


@pytest.mark.parametrize("until", ["2020-01-01T08:00", "9999-12-31T23:59", "tomorrow", "0001-01-01T00:00"])
async def test_a_time_that_cannot_be_used_is_said_and_changes_nothing(until: str, kari: Any, queued: Any) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    page = await kari.send(f"/console/cases/{number}/snooze", until=until)
    assert page.status_code == 422
    assert text("console.queues.snooze_wrong", "en").value in page.text
    assert numbers((await kari.get("/console?queue=mine")).text) == [number]


async def test_a_case_of_a_colleague_is_not_put_off(open_desk: Any, queued: Any) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    tomorrow = (utc_now() + timedelta(days=1)).date()
    assert (await ola.send(f"/console/cases/{number}/snooze", until=f"{tomorrow}T08:30")).status_code == 409
    assert numbers((await kari.get("/console?queue=mine")).text) == [number]


async def test_a_case_page_is_not_old_because_of_other_cases(kari: Any, queued: Any, services: Services) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    look = watcher(services, kari.http.cookies[COOKIE], number)
    before = look(None)
    other = await queued()
    after = look(None)
    assert before is not None
    assert after is not None
    assert before["page"] == after["page"]
    assert before["state"] != after["state"]
    assert [one["case"] for one in after["newest"]] == [other]


async def test_the_queue_of_a_team_has_a_tab_for_its_members(open_desk: Any, queued: Any, services: Services) -> None:
    number = await queued()
    kari, per = await open_desk("kari"), await open_desk("per")
    team = services.teams.create("Velkomst", kari.account.id)
    services.teams.change(team, name="Velkomst", members=[per.account.id], by=kari.account.id)
    await kari.send(f"/console/cases/{number}/claim")
    before = (await per.get("/console/changes")).json()["state"]
    await kari.send(f"/console/cases/{number}/hand-on", to=f"team:{team}", text="til dere")
    assert (await per.get("/console/changes")).json()["state"] != before
    page = (await per.get("/console?queue=team")).text
    assert numbers(page) == [number]
    assert count_of(page, "team") == 1
    assert "<kbd>t</kbd>" in page, "the list of keys names it"
    assert 'id="queue-team"' not in (await kari.get("/console")).text, "she belongs to none"
    assert numbers((await kari.get("/console?queue=team")).text) == []
    await per.send(f"/console/cases/{number}/claim")
    assert numbers((await per.get("/console?queue=team")).text) == []


async def test_a_case_that_is_back_is_marked_until_it_is_opened_and_one_page_tells(
    kari: Any, open_desk: Any, queued: Any, services: Services
) -> None:
    number = await queued()
    await kari.send(f"/console/cases/{number}/claim")
    await kari.send(f"/console/cases/{number}/snooze", until=(utc_now() + timedelta(hours=1)).isoformat())
    address = f"/console/cases/{number}/woken"
    assert (await kari.get("/console/changes")).json()["woken"] == []
    assert (await kari.send(address)).json() == {"tells": False}
    with services.engine.begin() as connection:
        connection.execute(sa.update(cases).values(snoozed_until=utc_now() - timedelta(hours=40)))
    assert [one["case"] for one in (await kari.get("/console/changes")).json()["woken"]] == [number]
    ola = await open_desk("ola")
    assert (await ola.get("/console/changes")).json()["woken"] == []
    assert (await ola.send(address)).json() == {"tells": False}
    assert [(await kari.send(address)).json()["tells"] for _ in range(3)] == [True, False, False]
    assert (await kari.get("/console/changes")).json()["woken"] == []
    mark = f'back">{text("console.queues.is_back", "en").value}<'
    assert mark in (await kari.get("/console?queue=mine")).text
    await kari.case(number)
    assert mark not in (await kari.get("/console?queue=mine")).text
