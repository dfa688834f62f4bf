"""The page of a case: handing on, presence, mentions, drafts, interpreter, times, large letters, translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markupsafe import escape

from bot.languages import languages
from bot.texts import text
from bot.web.console.case_parts import snoozes
from bot.web.console.pages import NORWAY
from bot.web.services import Services
from bot.web.times import times_body, written
from bot.web.translation import LibreTranslate
from tests.web.libretranslate import LibreTranslateStandIn

SOON = datetime.now(NORWAY).replace(tzinfo=None, hour=9, minute=30, second=0, microsecond=0) + timedelta(days=5)
LATER = SOON + timedelta(days=1, hours=3)
TIMES = (SOON.isoformat(timespec="minutes"), LATER.isoformat(timespec="minutes"))


def says(page: str, key: str, language: str = "en", **values: object) -> bool:
    return str(escape(text(key, language, **values).value)) in page


async def claimed(desk: Any, number: str) -> str:
    page = await desk.send(f"/console/cases/{number}/claim")
    assert page.status_code == 200
    return str(page.text)


async def last(client: Any) -> dict[str, Any]:
    return dict((await client.history())["messages"][-1])


# -- handing on


async def test_a_colleague_takes_over_and_the_parent_is_told_in_her_language(
    open_desk: Any, queued: Any, client: Any
) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola nordmann")
    number = await queued(language="uk")
    page = await claimed(kari, number)
    assert "ola nordmann" in page
    to = f"account:{ola.account.id}"
    sent = await kari.send(f"/console/cases/{number}/hand-on", to=to, text="Hun lurer på <skole>.")
    assert sent.status_code == 200
    assert (await last(client))["text"] == text("bridge.another", "uk", case=number).value
    assert "Hun lurer på &lt;skole&gt;." in await ola.case(number)
    assert "Hun lurer på" not in await kari.case(number)


async def test_a_team_gets_the_case_and_the_parent_hears_nothing_until_somebody_takes_it(
    open_desk: Any, queued: Any, client: Any, services: Services
) -> None:
    kari = await open_desk("kari")
    team = services.teams.create("Skole", kari.account.id)
    number = await queued()
    await claimed(kari, number)
    before = len((await client.history())["messages"])
    await kari.send(f"/console/cases/{number}/hand-on", to=f"team:{team}", text="Om skole.")
    assert len((await client.history())["messages"]) == before
    assert says(await kari.case(number), "console.desk.in_team", name="Skole")


@pytest.mark.parametrize(
    ("to", "words", "status"), [("account:x", "Til deg", 409), ("", "Til", 409), ("all:", " ", 422)]
)
async def test_a_case_that_cannot_be_handed_on_stays_and_the_note_is_shown_again(
    kari: Any, queued: Any, to: str, words: str, status: int
) -> None:
    number = await queued()
    await claimed(kari, number)
    refused = await kari.send(f"/console/cases/{number}/hand-on", to=to, text=words)
    assert refused.status_code == status
    assert words.strip() in refused.text
    assert 'id="reply-form"' in await kari.case(number)


async def test_only_leads_make_teams(open_desk: Any, services: Services) -> None:
    lead, kari = await open_desk("leder", "lead"), await open_desk("kari")
    assert (await kari.get("/console/teams")).status_code == 403
    assert (await kari.send("/console/teams", name="Skole")).status_code == 403
    assert "Skole" in (await lead.send("/console/teams", name="Skole")).text
    (team,) = services.teams.open()
    await lead.send(f"/console/teams/{team.id}", name="Skole og SFO", member=kari.account.id)
    assert services.teams.of(kari.account.id) == {team.id}
    assert (await lead.send("/console/teams", name="Skole og SFO")).status_code == 409
    assert (await lead.send("/console/teams", name=" ")).status_code == 422
    assert (await lead.send(f"/console/teams/{team.id}/close")).status_code == 200
    assert services.teams.open() == ()


# -- presence, mentions


async def test_colleagues_see_who_looks_and_who_writes_and_nothing_else(open_desk: Any, queued: Any) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued()
    await claimed(kari, number)
    assert says(await ola.case(number), "console.desk.looks", name="kari")
    await kari.send(f"/console/cases/{number}/look", writing="1")
    heard = (await ola.send(f"/console/cases/{number}/look")).json()
    assert heard == {"others": [text("console.desk.writes", "en", name="kari").value], "unread": 0}
    await kari.send(f"/console/cases/{number}/look", leaving="1")
    assert (await ola.send(f"/console/cases/{number}/look")).json()["others"] == []


async def test_the_mentioned_reads_that_note_and_not_the_parents_words(
    open_desk: Any, queued: Any, client: Any
) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola nordmann")
    number = await queued()
    await claimed(kari, number)
    await client.say("I can talk on Monday")
    await kari.send(f"/console/cases/{number}/notes", text="@Ola Nordmann <b>se</b> her")
    page = (await ola.get("/console/mentions")).text
    assert re.search(r'<b id="mentions-badge"[^>]*>1</b>', page)
    assert "se&lt;/b&gt;" not in page
    note = re.search(r'action="/console/mentions/(\w+)/read"', page)
    assert note is not None
    assert (await kari.send(f"/console/mentions/{note[1]}/read")).status_code == 404
    opened = (await ola.send(f"/console/mentions/{note[1]}/read")).text
    assert "@Ola Nordmann &lt;b&gt;se&lt;/b&gt; her" in opened
    assert re.search(r'<b id="mentions-badge"[^>]* hidden>0</b>', opened)
    shown = await ola.case(number)
    assert "I can talk on Monday" not in shown
    assert "se&lt;/b&gt;" not in shown


# -- drafts


async def test_a_draft_comes_back_on_another_machine_and_is_gone_when_it_is_sent(kari: Any, queued: Any) -> None:
    number = await queued()
    await claimed(kari, number)
    kept = await kari.send(f"/console/cases/{number}/draft", id="1", text="Hei, jeg <heter>", language="nn")
    assert says(kept.text, "console.desk.drafted")
    await kari.send("/console/sign-out")
    await kari.sign_in()
    page = await kari.case(number)
    assert "Hei, jeg &lt;heter&gt;</textarea>" in page
    assert '<option value="nn" lang="nn" selected>' in page
    await kari.reply(number, "Hei, jeg heter Kari", "1")
    assert "Hei, jeg &lt;heter&gt;" not in await kari.case(number)


async def test_a_draft_is_masked_as_a_reply_is(kari: Any, queued: Any, services: Services) -> None:
    number = await queued()
    await claimed(kari, number)
    await kari.send(f"/console/cases/{number}/draft", id="1", text="Nummeret er 13097248022.", language="nb")
    draft = services.handoff.draft_of(number, kari.account.id)
    assert draft is not None
    assert "13097248022" not in draft.text


# -- the answers of the robot, the interpreter, snoozing


async def test_the_robots_answer_is_shown_with_its_sources_and_when_they_were_checked(
    kari: Any, client: Any, services: Services
) -> None:
    await client.start(language="en")
    await client.choose("topic:barnehage.cost")
    given = await last(client)
    assert given["sources"]
    await client.to_step("conversation", "chat", "keep", "no", "skip", "yes")
    case = services.handoff.open_case(client.conversation)
    assert case is not None
    page = await claimed(kari, case.id)
    source = given["sources"][0]
    assert str(escape(source["law"] or source["title"])) in page
    assert f'href="{escape(source["url"])}"' in page
    assert re.search(r'<span class="hint">checked \d', page)


async def test_the_checklist_is_open_where_an_interpreter_is_likely_and_is_always_there(
    open_desk: Any, queued: Any
) -> None:
    kari = await open_desk("kari")
    closed = await claimed(kari, await queued(language="en"))
    assert '<details id="interpreter">' in closed
    number = await queued(language="ti")
    assert '<details id="interpreter" open>' in await claimed(kari, number)
    saved = await kari.send(
        f"/console/cases/{number}/interpreter", language="ti", way="screen", at="2031-12-01T09:30", tick="booked"
    )
    assert 'value="2031-12-01T09:30"' in saved.text
    assert re.search(r'value="booked" checked> [^<]*<span class="hint">kari, ', saved.text)
    wrong = await kari.send(f"/console/cases/{number}/interpreter", at="in a while")
    assert wrong.status_code == 422


def test_the_usual_times_to_come_back_are_on_the_clock_in_norway() -> None:
    friday = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    values = [value for value, _ in snoozes(friday, languages()["nb"])]
    assert values == ["2026-11-27T14:00", "2026-11-28T08:00", "2026-11-30T08:00"]
    late = [value for value, _ in snoozes(friday.replace(hour=15), languages()["nb"])]
    assert late == ["2026-11-28T08:00", "2026-11-30T08:00"]
    sunday = [value for value, _ in snoozes(datetime(2026, 11, 29, 20, tzinfo=UTC), languages()["nb"])]
    assert sunday == ["2026-11-30T08:00"]


# -- the language bridge


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
def test_times_are_written_in_every_language(language: str) -> None:
    body = times_body([datetime(2026, 12, 1, 9, 30), datetime(2026, 12, 2, 13)], language)  # noqa: DTZ001
    titles = [choice["title"] for choice in body["choices"]]
    assert body["language"] == language
    assert language != "nb" or titles[0] == "tirsdag 1. desember 09:30"
    assert len(set(titles)) == 3
    assert "30" in titles[0]


async def test_a_time_is_chosen_by_a_button_and_read_in_norwegian(kari: Any, queued: Any, client: Any) -> None:
    number = await queued(language="ar")
    await claimed(kari, number)
    sent = await kari.http.post(f"/console/cases/{number}/times", data={"id": "w", "at": [*TIMES, ""]})
    assert sent.status_code == 200
    asked = await last(client)
    assert (asked["text"], asked["direction"]) == (text("bridge.when", "ar").value, "rtl")
    assert [choice["payload"] for choice in asked["choices"]] == [
        f"phrase:times:{SOON:%Y%m%dT%H%M}",
        f"phrase:times:{LATER:%Y%m%dT%H%M}",
        "phrase:times:none",
    ]
    await client.choose(f"phrase:times:{LATER:%Y%m%dT%H%M}")
    assert (await last(client))["text"] == asked["choices"][1]["title"]
    page = (await kari.get(f"/console/cases/{number}?language=nb")).text
    assert f'lang="nb" dir="ltr">{written(LATER, "nb")}</p>' in page


@pytest.mark.parametrize("times", [TIMES[:1], (TIMES[0], TIMES[0]), ("2001-01-01T10:00", *TIMES), ("soon", *TIMES)])
async def test_times_that_cannot_be_offered_send_nothing(
    kari: Any, queued: Any, client: Any, times: tuple[str, ...]
) -> None:
    number = await queued()
    await claimed(kari, number)
    before = len((await client.history())["messages"])
    refused = await kari.http.post(f"/console/cases/{number}/times", data={"id": "w", "at": list(times)})
    assert refused.status_code == 422
    assert len((await client.history())["messages"]) == before


@pytest.mark.parametrize("payload", ["phrase:times:20319901T0930", "phrase:times:soon", "bridge:K-2222:perhaps"])
async def test_a_time_that_is_none_is_an_old_button(client: Any, payload: str) -> None:
    await client.start(language="en")
    assert (await client.choose(payload))["messages"][0]["text"] == text("turn.old_choice", "en").value


async def test_a_message_and_a_phrase_fill_the_screen_in_their_own_direction(
    open_desk: Any, queued: Any, client: Any, services: Services
) -> None:
    kari, ola = await open_desk("kari"), await open_desk("ola")
    number = await queued(language="ar")
    await client.say("متى يمكنني الاتصال؟")
    await claimed(kari, number)
    message = (await last_of_parent(client))["id"]
    page = (await kari.get(f"/console/cases/{number}/large/{message}")).text
    assert '<main id="content" tabindex="-1" lang="ar" dir="rtl">' in page
    assert "متى يمكنني الاتصال؟" in page
    phrase = (await kari.get(f"/console/cases/{number}/large/phrase/q_call")).text
    assert str(escape(text("phrase.q_call", "ar").value)) in phrase
    assert f"<li>{text('phrase.a_yes', 'ar').value}</li>" in phrase
    assert (await kari.get(f"/console/cases/{number}/large/phrase/nothing")).status_code == 404
    assert (await ola.get(f"/console/cases/{number}/large/{message}")).status_code == 404
    assert (await ola.get(f"/console/cases/{number}/large/phrase/hello")).status_code == 404


async def last_of_parent(client: Any) -> dict[str, Any]:
    return dict([m for m in (await client.history())["messages"] if m["from"] == "parent"][-1])


# -- machine translation


@pytest.fixture
def machine() -> Iterator[LibreTranslateStandIn]:
    started = LibreTranslateStandIn()
    yield started
    started.stop()


@pytest.fixture
def services(services: Services, request: pytest.FixtureRequest) -> Services:
    if "machine" not in request.fixturenames:
        return services
    return replace(services, translator=LibreTranslate(request.getfixturevalue("machine").url))


async def allowed(kari: Any, queued: Any, client: Any, language: str = "uk") -> str:
    """A case whose parent has said yes to the machine."""
    number: str = await queued(language=language)
    await claimed(kari, number)
    await kari.send(f"/console/cases/{number}/translation")
    asked = await last(client)
    assert asked["text"] == text("bridge.ask", language).value
    given = await client.choose(asked["choices"][0]["payload"])
    assert given["messages"][0]["text"] == text("bridge.given", language).value
    return number


async def test_her_words_are_translated_for_the_coordinator_and_stay_as_they_are(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn
) -> None:
    number = await allowed(kari, queued, client)
    await client.say("Добрий день, це Олена")
    message = (await last_of_parent(client))["id"]
    assert f"/translate/{message}" in await kari.case(number)
    page = (await kari.send(f"/console/cases/{number}/translate/{message}")).text
    assert "[uk&gt;en] Добрий день, це Олена" in page
    assert says(page, "console.desk.machine", tongue="English")
    assert '<p class="said" lang="uk" dir="ltr">Добрий день, це Олена</p>' in page


async def test_a_reply_goes_as_it_was_written_and_then_the_translation_marked_as_one(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn
) -> None:
    number = await allowed(kari, queued, client)
    form = {"id": "r1", "text": "Hei, jeg heter Kari", "language": "nb", "translate": "1"}
    for _ in range(2):
        page = await kari.send(f"/console/cases/{number}/reply", **form)
        assert page.status_code == 200
    original, made = [m for m in (await client.history())["messages"] if m["from"] == "coordinator"]
    assert original["text"] == "Hei, jeg heter Kari"
    assert made["text"] == f"{text('bridge.marked', 'uk').value}\n\n[nb>uk] Hei, jeg heter Kari"
    assert (made["language"], made["translation_of"]) == ("uk", original["id"])
    assert says(page.text, "console.desk.machine_sent")


async def test_nothing_goes_to_the_machine_without_her_yes(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn
) -> None:
    number = await queued(language="uk")
    await claimed(kari, number)
    await client.say("Добрий день")
    message = (await last_of_parent(client))["id"]
    refused = await kari.send(f"/console/cases/{number}/translate/{message}")
    assert says(refused.text, "console.desk.translate_not_allowed")
    sent = await kari.send(f"/console/cases/{number}/reply", id="r", text="Hei", language="nb", translate="1")
    assert says(sent.text, "console.desk.translate_not_allowed")
    assert (await last(client))["text"] == "Hei"
    assert machine.asked == []


async def test_she_stops_it_by_a_button_and_it_has_stopped(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn, services: Services
) -> None:
    number = await allowed(kari, queued, client)
    await client.say("Добрий день")
    message = (await last_of_parent(client))["id"]
    await kari.send(f"/console/cases/{number}/translate/{message}")
    stopped = await client.choose(f"bridge:{number}:stop")
    assert stopped["messages"][0]["text"] == text("bridge.stopped", "uk").value
    page = await kari.case(number)
    assert "[uk&gt;en]" not in page
    assert says(page, "console.desk.translation_state.withdrawn")
    asked = len(machine.asked)
    await kari.send(f"/console/cases/{number}/translate/{message}")
    assert len(machine.asked) == asked


@pytest.mark.parametrize("language", ["ti", "so", "prs", "kmr"])
async def test_a_language_the_machine_does_not_have_is_said_and_she_is_not_asked(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn, language: str
) -> None:
    number = await queued(language=language)
    await claimed(kari, number)
    before = len((await client.history())["messages"])
    answer = await kari.send(f"/console/cases/{number}/translation")
    assert says(answer.text, "console.desk.translate_unknown")
    assert len((await client.history())["messages"]) == before
    assert f"/console/cases/{number}/translation" not in await kari.case(number)


async def test_a_machine_that_is_down_costs_a_sentence_and_no_message(
    kari: Any, queued: Any, client: Any, machine: LibreTranslateStandIn
) -> None:
    number = await allowed(kari, queued, client)
    machine.fault = "500"
    sent = await kari.send(f"/console/cases/{number}/reply", id="r", text="Hei", language="nb", translate="1")
    assert sent.status_code == 200
    assert says(sent.text, "console.desk.translate_away")
    assert re.search(r'id="reply-status"[^>]*>The translation machine', sent.text)  # where the script looks
    assert (await last(client))["text"] == "Hei"


async def test_without_a_machine_nothing_of_it_is_shown(kari: Any, queued: Any) -> None:
    page = await claimed(kari, await queued(language="uk"))
    assert 'id="translation"' not in page
    assert 'name="translate"' not in page
