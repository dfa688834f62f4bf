"""From the offer of a person to the queue, and back: consent step by step through the interface."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from bot.texts import text
from tests.handoff.steps import new_cases


@pytest.fixture
def coordinator(services: Any) -> str:
    account, _ = services.accounts.create("kari")
    return str(account.id)


async def test_a_message_about_an_own_case_is_answered_with_the_offer_of_a_person(client: Any, services: Any) -> None:
    await client.start(language="nb")
    reply = await client.say("barnevernet har sendt meg et brev")
    [offer] = reply["messages"]
    assert (offer["kind"], offer["offers_human"], offer["topic"]) == ("handoff_offer", True, "barnevern.what-is")
    assert [c["payload"] for c in offer["choices"]][:2] == ["yes", "no"]
    assert "topic:barnevern.what-is" in [c["payload"] for c in offer["choices"]]
    assert reply["state"] == "bot"
    case = services.handoff.pending_offer(client.conversation)
    assert (case.reason, case.urgency, case.topic) == ("own_case", "U1", "barnevern.what-is")


async def test_danger_comes_first_and_its_offer_is_urgent(client: Any, services: Any) -> None:
    await client.start(language="nb")
    reply = await client.say("mannen min slår meg")
    assert reply["messages"][0]["kind"] == "crisis"
    assert reply["messages"][0]["numbers"]
    case = services.handoff.pending_offer(client.conversation)
    assert (case.reason, case.urgency) == ("danger", "U0")


async def test_every_step_leads_to_the_queue_and_a_receipt_of_exactly_what_she_saw(client: Any, services: Any) -> None:
    await client.start(language="nb", municipality="fjordvik")
    await client.say("barnevernet har sendt meg et brev")
    share = (await client.choose("yes"))["messages"][0]
    assert share["kind"] == "consent"
    case = share["choices"][0]["payload"].split(":")[1]
    assert {c["payload"] for c in share["choices"]} == {
        f"consent:{case}:share:{answer}" for answer in ("contact_only", "summary", "conversation", "special", "no")
    }
    reply = await client.choose(f"consent:{case}:share:summary")
    assert services.guide.title("barnevern.what-is", "nb") in reply["messages"][0]["text"]
    await client.choose(f"consent:{case}:summary:edit")
    reply = await client.say("Jeg trenger hjelp til å forstå et brev.")
    assert "Jeg trenger hjelp til å forstå et brev." in reply["messages"][0]["text"]
    await client.choose(f"consent:{case}:summary:ok")
    await client.choose(f"consent:{case}:reach:phone")
    await client.say("41 23 45 67")
    await client.choose(f"consent:{case}:calls:text_first")
    await client.choose(f"consent:{case}:reveal:no")
    await client.choose(f"consent:{case}:language:keep")
    await client.choose(f"consent:{case}:interpreter:yes")
    await client.choose(f"consent:{case}:name:write")
    confirm = (await client.say("Amina"))["messages"][0]
    # All coordinators share one queue, so the notice names no municipality as the only recipient.
    recipient = text("consent.recipient", "nb").value
    for shown in ("Jeg trenger hjelp til å forstå et brev.", "41 23 45 67", "Amina", recipient, "90"):
        assert shown in confirm["text"], shown
    assert (await client.history())["state"] == "bot"
    assert new_cases(services.handoff) == ()
    done = await client.choose(f"consent:{case}:confirm:yes")
    assert done["state"] == "waiting"
    assert done["messages"][0]["kind"] == "handoff_status"
    assert case in done["messages"][0]["text"]
    [queued] = new_cases(services.handoff)
    assert (queued.id, queued.talk_language, queued.interpreter, queued.reach) == (case, "nb", True, "phone")
    receipts = (await client.call("GET", client.path("/receipts"))).json()["receipts"]
    [receipt] = receipts
    assert receipt["notice"] in confirm["text"]
    assert receipt["notice_sha256"] == hashlib.sha256(receipt["notice"].encode()).hexdigest()
    assert receipt["state"] == "given"


async def test_what_is_typed_in_a_step_of_consent_never_reaches_rasas_memory(client: Any, rasa: Any) -> None:
    await client.start(language="nb")
    await client.to_step(
        "summary",
        "edit",
        "text:Et brev fra skolen.",
        "ok",
        "phone",
        "text:41 23 45 67",
        "calls:yes",
        "reveal:yes",
        "keep",
        "no",
    )
    assert rasa.said == []
    assert rasa.parsed == ["Et brev fra skolen."]


async def test_a_number_typed_for_the_coordinator_is_not_kept_in_the_conversation(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "phone")
    reply = await client.say("41 23 45 67")
    assert reply["messages"][0]["kind"] == "consent"
    assert "masked" not in reply["messages"][0]["notices"]
    typed = [m["text"] for m in (await client.history())["messages"] if m["from"] == "parent"]
    assert "41 23 45 67" not in str(typed)


async def test_a_contact_that_cannot_be_one_is_asked_for_again(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "email")
    reply = await client.say("vet ikke")
    assert reply["messages"][0]["text"].startswith(text("consent.invalid_contact", "nb").value)


@pytest.mark.parametrize("answers", [[], ["contact_only"], ["contact_only", "chat", "keep"], ["summary", "edit"]])
async def test_no_at_any_step_passes_nothing_on_and_the_bot_goes_on(
    client: Any, services: Any, answers: list[str]
) -> None:
    await client.start(language="nb")
    reply = await client.to_step(*answers)
    refusal = reply["messages"][-1]["choices"][-1]["payload"]
    declined = await client.choose(refusal)
    assert declined["state"] == "bot"
    assert declined["messages"][0]["kind"] == "handoff_status"
    assert new_cases(services.handoff) == ()
    assert (await client.say("hva koster barnehage"))["messages"][0]["kind"] == "answer"


async def test_a_typed_yes_or_no_counts_as_the_button(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.say("jeg vil snakke med noen")
    assert (await client.say("ja"))["messages"][0]["kind"] == "consent"
    await client.choose((await client.say("hei"))["messages"][-1]["choices"][0]["payload"])
    assert (await client.say("nei"))["messages"][0]["kind"] == "handoff_status"
    assert services.handoff.open_case(client.conversation) is None


async def test_a_typed_no_to_the_interpreter_refuses_only_the_interpreter(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep")
    reply = await client.say("nei")
    assert reply["messages"][0]["choices"][0]["payload"].split(":")[2] == "name"


async def test_a_typed_yes_when_nothing_was_asked_is_answered_politely(client: Any) -> None:
    await client.start(language="nb")
    assert (await client.say("ja"))["messages"][0]["kind"] == "clarify"


async def test_a_typed_yes_after_something_else_does_not_mean_the_old_offer(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.say("jeg vil snakke med noen")
    await client.say("hva koster barnehage")
    assert (await client.say("ja"))["messages"][0]["kind"] == "clarify"
    assert services.handoff.open_case(client.conversation) is None


async def test_the_button_yes_of_an_old_offer_asks_again(client: Any) -> None:
    await client.start(language="nb")
    await client.say("barnevernet har sendt meg et brev")
    await client.say("hva koster barnehage")
    again = await client.choose("yes")
    assert again["messages"][0]["kind"] == "handoff_offer"
    assert (await client.choose("yes"))["messages"][0]["kind"] == "consent"


async def test_a_question_during_consent_is_answered_and_the_open_step_shown_again(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only")
    reply = await client.say("hva koster barnehage")
    assert [m["kind"] for m in reply["messages"]] == ["answer", "consent"]
    assert reply["messages"][1]["choices"][0]["payload"].split(":")[2] == "reach"


async def test_danger_during_consent_comes_before_the_open_step(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("summary", "edit")
    reply = await client.say("mannen min slår meg")
    assert [m["kind"] for m in reply["messages"]] == ["crisis", "consent"]
    assert reply["messages"][0]["choices"] == []
    assert "mannen min slår meg" in reply["messages"][1]["text"]


async def test_words_of_danger_in_a_summary_reach_the_coordinator_at_once_urgent(
    client: Any, services: Any, coordinator: str
) -> None:
    await client.start(language="nb")
    await client.to_step("summary", "edit")
    reply = await client.say("mannen min slår meg")
    await client.go_on(reply, "ok", "chat", "keep", "no", "skip", "yes")
    [queued] = new_cases(services.handoff)
    assert queued.urgency == "U0"
    services.handoff.claim(queued.id, coordinator)
    assert services.handoff.view(queued.id, coordinator).shared.summary == "mannen min slår meg"


async def test_words_of_danger_are_no_name(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep", "no", "write")
    reply = await client.say("mannen min slår meg")
    assert [m["kind"] for m in reply["messages"]] == ["crisis", "consent"]
    assert reply["messages"][1]["choices"][0]["payload"].split(":")[2] == "name"


async def test_a_plain_yes_button_never_gives_consent(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "chat", "keep", "no", "skip")
    reply = await client.choose("yes")
    assert (reply["state"], reply["messages"][0]["kind"]) == ("bot", "consent")
    assert new_cases(services.handoff) == ()


async def test_an_old_button_of_consent_shows_the_step_that_is_open(client: Any) -> None:
    await client.start(language="nb")
    reply = await client.to_step()
    old = reply["messages"][0]["choices"][0]["payload"]
    await client.choose(old)
    again = await client.choose(old)
    assert again["messages"][0]["text"].startswith(text("consent.stale", "nb").value)
    assert again["messages"][0]["choices"][0]["payload"].split(":")[2] == "reach"


async def test_a_button_of_somebody_elses_case_does_nothing(client: Any, other_client: Any, services: Any) -> None:
    await client.start(language="nb")
    mine = await client.to_step("contact_only", "chat", "keep", "no", "skip")
    await other_client.start(language="nb")
    await other_client.choose(mine["messages"][0]["choices"][0]["payload"])
    assert new_cases(services.handoff) == ()


async def test_while_a_case_waits_messages_are_kept_for_it_and_acknowledged_once(
    client: Any, rasa: Any, services: Any
) -> None:
    await client.start(language="nb")
    await client.queue()
    asked = len(rasa.said)
    first = await client.say("jeg glemte å si noe")
    assert [m["kind"] for m in first["messages"]] == ["handoff_status"]
    second = await client.say("og en ting til")
    assert (second["state"], second["messages"]) == ("waiting", [])
    assert len(rasa.said) == asked
    case = new_cases(services.handoff)[0].id
    kept = [m.case for m in services.conversations.after(client.conversation) if m.body["text"] == "og en ting til"]
    assert kept == [case]


async def test_while_a_human_has_the_conversation_the_bot_is_silent_unless_there_is_danger(
    client: Any, rasa: Any, services: Any, coordinator: str
) -> None:
    await client.start(language="nb")
    await client.queue()
    services.handoff.claim(new_cases(services.handoff)[0].id, coordinator)
    quiet = await client.say("hva koster barnehage")
    assert (quiet["state"], quiet["messages"]) == ("human", [])
    assert (await client.choose("topic:barnehage.cost"))["messages"] == []
    danger = await client.say("mannen min slår meg")
    assert [m["kind"] for m in danger["messages"]] == ["crisis"]
    assert danger["messages"][0]["choices"] == []
    assert rasa.said == []


async def test_with_a_human_a_telephone_number_passes_and_an_identity_number_never(
    client: Any, services: Any, coordinator: str
) -> None:
    await client.start(language="nb")
    await client.queue()
    services.handoff.claim(new_cases(services.handoff)[0].id, coordinator)
    assert (await client.say("ring 41 23 45 67"))["messages"] == []
    told = await client.say("jeg er 17054026641")
    assert told["messages"][0]["text"] == text("notice.masked", "nb").value
    stored = [m["text"] for m in (await client.history())["messages"]]
    assert "ring 41 23 45 67" in stored
    assert "17054026641" not in str(stored)


async def test_rasa_down_loses_nothing_while_a_human_has_the_conversation(
    client: Any, rasa: Any, services: Any, coordinator: str
) -> None:
    await client.start(language="nb")
    await client.queue()
    services.handoff.claim(new_cases(services.handoff)[0].id, coordinator)
    rasa.die()
    assert (await client.say("er du der"))["messages"] == []
    assert (await client.history())["messages"][-1]["text"] == "er du der"


async def test_after_the_case_is_closed_the_bot_answers_again(client: Any, services: Any, coordinator: str) -> None:
    await client.start(language="nb")
    await client.queue()
    case = new_cases(services.handoff)[0].id
    services.handoff.claim(case, coordinator)
    services.handoff.close(case, coordinator, "answered")
    assert (await client.history())["state"] == "closed"
    reply = await client.say("hva koster barnehage")
    assert (reply["state"], reply["messages"][0]["kind"]) == ("bot", "answer")


async def test_consent_can_be_taken_back_and_is_told_once(client: Any, services: Any) -> None:
    await client.start(language="nb")
    await client.queue()
    receipt = (await client.call("GET", client.path("/receipts"))).json()["receipts"][0]["id"]
    path = client.path(f"/receipts/{receipt}/withdraw")
    first = await client.call("POST", path)
    assert first.status_code == 200
    assert first.json()["state"] == "closed"
    assert first.json()["messages"][0]["kind"] == "handoff_status"
    assert (await client.call("POST", path)).json()["messages"] == first.json()["messages"]
    [now] = (await client.call("GET", client.path("/receipts"))).json()["receipts"]
    assert (now["state"], now["notice"]) == ("withdrawn", None)
    assert new_cases(services.handoff) == ()
    unknown = await client.call("POST", client.path("/receipts/nothing/withdraw"))
    assert unknown.status_code == 404
    assert unknown.json()["type"].endswith("/unknown_receipt")


async def test_a_conversation_with_a_live_case_is_deleted_wholly(client: Any, services: Any, coordinator: str) -> None:
    await client.start(language="nb")
    await client.say("en veldig hemmelig setning")
    await client.queue()
    services.handoff.claim(new_cases(services.handoff)[0].id, coordinator)
    await client.say("enda en hemmelig setning")
    assert (await client.call("DELETE", client.path())).status_code == 204
    for method, rest in (("POST", "/messages"), ("GET", "/messages"), ("DELETE", "")):
        response = await client.call(method, client.path(rest), json={"id": "m9", "text": "hei"})
        assert response.status_code == 401
    var = services.settings.var
    assert all(b"hemmelig setning" not in path.read_bytes() for path in var.glob("record.db*"))
    assert services.handoff.mine(coordinator) == ()
