"""The page where leads read what was not understood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.settings import Settings
from bot.texts import text
from bot.web.services import Services

STRANGE = "blorp snarf wizzle"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, learn_from_use=True)


async def test_a_message_that_was_not_understood_reaches_the_lead_and_becomes_a_sentence(
    open_desk: Any, client: Any, services: Services
) -> None:
    await client.start(language="en")
    reply = await client.say(f"{STRANGE} 93 45 67 89")
    assert reply["messages"][0]["kind"] == "not_understood"
    lead = await open_desk("liv", "lead")
    page = (await lead.get("/console/learning")).text
    assert STRANGE in page
    assert "93 45 67 89" not in page  # masked before it was stored
    (entry,) = services.learning.waiting()
    wrong = await lead.send(f"/console/learning/{entry.message}/keep", text=STRANGE, label="ask/no.such")
    assert wrong.status_code == 422
    assert text("console.learning_choose", "en").value in wrong.text
    kept = await lead.send(f"/console/learning/{entry.message}/keep", text="wizzle  please", label="ask/sfo.cost")
    assert kept.status_code == 200
    assert STRANGE not in kept.text
    assert [(s.language, s.label, s.text) for s in services.learning.learned()] == [
        ("en", "ask/sfo.cost", "wizzle please")
    ]


async def test_a_lead_can_take_a_message_off_the_list(open_desk: Any, client: Any, services: Services) -> None:
    await client.start(language="en")
    await client.say(STRANGE)
    lead = await open_desk("liv", "lead")
    (entry,) = services.learning.waiting()
    assert STRANGE not in (await lead.send(f"/console/learning/{entry.message}/drop")).text
    assert services.learning.learned() == ()


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
async def test_nobody_but_a_lead_reads_it(open_desk: Any, role: str) -> None:
    desk = await open_desk("kari", role)
    assert (await desk.get("/console/learning")).status_code == 403
    assert "/console/learning" not in (await desk.get("/console")).text


async def test_what_was_answered_is_not_listed(open_desk: Any, client: Any, services: Services) -> None:
    await client.start(language="en")
    await client.choose("human")
    assert services.learning.waiting() == ()


async def test_a_refused_sentence_shows_what_the_lead_had_written_and_chosen(
    open_desk: Any, client: Any, services: Services
) -> None:
    await client.start(language="en")
    await client.say(STRANGE)
    lead = await open_desk("liv", "lead")
    (entry,) = services.learning.waiting()
    empty = await lead.send(f"/console/learning/{entry.message}/keep", text="   ", label="ask/sfo.cost")
    assert empty.status_code in (400, 422)
    assert '<option value="ask/sfo.cost" selected>' in empty.text
    wrong = await lead.send(f"/console/learning/{entry.message}/keep", text="my own words", label="")
    assert wrong.status_code == 422
    assert "my own words" in wrong.text
    assert STRANGE not in wrong.text


async def test_an_answer_that_was_not_useful_reaches_the_lead_under_its_own_filter(
    open_desk: Any, client: Any, services: Services
) -> None:
    await client.start(language="en")
    reply = await client.say("hva koster barnehage")
    answer = next(message for message in reply["messages"] if message["kind"] == "answer")
    await client.call("POST", client.path("/feedback"), json={"message": answer["id"], "useful": False})
    await client.start(language="en")
    await client.say(STRANGE)
    lead = await open_desk("liv", "lead")
    page = (await lead.get("/console/learning?kind=not_useful")).text
    assert "hva koster barnehage" in page
    assert STRANGE not in page
    assert text("console.learning_kind.not_useful", "en").value in page
    assert STRANGE in (await lead.get("/console/learning?kind=not_understood")).text
    assert (await lead.get("/console/learning?kind=nonsense&skip=-1&only=xx")).status_code == 200


async def test_what_was_not_understood_is_counted_though_nothing_is_learned(client: Any, services: Services) -> None:
    await client.start(language="en")
    await client.say(STRANGE)
    assert len(services.statistics.months()) == 1


async def test_a_limited_lead_learns_from_her_own_municipalities(
    open_desk: Any, client: Any, services: Services
) -> None:
    await client.start(language="en", municipality="heimvik")
    await client.say(STRANGE)
    lead = await open_desk("liv", "lead")
    (entry,) = services.learning.waiting()
    services.accounts.limit(lead.account.id, ("fjordvik",))
    assert STRANGE not in (await lead.get("/console/learning")).text
    for message in (entry.message, "0" * 32):
        for change in ("keep", "drop"):
            gone = await lead.send(f"/console/learning/{message}/{change}", text="wizzle", label="human")
            assert gone.status_code == 404, "a guess meets what does not exist"
            assert text("console.learning_gone", "en").value in gone.text
    assert services.learning.waiting() == (entry,)
    services.accounts.limit(lead.account.id, ("heimvik",))
    assert STRANGE in (await lead.get("/console/learning")).text
