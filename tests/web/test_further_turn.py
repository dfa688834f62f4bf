"""Safe contact and one more consent through the interface: what she reads, what her answer does, what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.languages import languages
from bot.privacy.durations import durations
from bot.texts import text
from bot.web.bridge import question
from bot.web.further_text import ask_message, ask_notice
from bot.web.further_turn import ASK_VERSION
from tests.handoff.steps import new_cases

SCHEMA = json.loads(Path(__file__).with_name("iso_27560.schema.json").read_text(encoding="utf-8"))
LANGUAGES = [language.code for language in languages().offered()]


@pytest.fixture
def coordinator(services: Any) -> str:
    return str(services.accounts.create("kari")[0].id)


async def live(client: Any, services: Any, coordinator: str, language: str = "nb", *steps: str) -> str:
    await client.start(language=language, municipality="fjordvik")
    await client.to_step(*(steps or ("contact_only", "chat", "keep", "no", "skip", "yes")))
    number = str(new_cases(services.handoff)[0].id)
    services.handoff.claim(number, coordinator)
    return number


def ask(services: Any, case: str, account: str, code: str, language: str = "nb") -> str:
    notice = ask_notice(code, language, durations(services.settings))
    ident = f"ask-{code}"
    services.handoff.ask(
        case,
        account,
        code,
        ident=ident,
        notice=notice.text,
        language=notice.language,
        version=ASK_VERSION,
        body=ask_message(ident, notice).to_dict(),
    )
    return ident


async def receipts(client: Any) -> list[dict[str, Any]]:
    return list((await client.call("GET", client.path("/receipts"))).json()["receipts"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_she_reads_what_to_whom_why_and_how_long_in_her_language_and_says_yes(
    client: Any, services: Any, coordinator: str, language: str
) -> None:
    case = await live(client, services, coordinator, language)
    ident = ask(services, case, coordinator, "helsestasjon", language)
    asked = (await client.history())["messages"][-1]
    assert (asked["kind"], asked["language"], asked["direction"]) == (
        "consent",
        language,
        languages()[language].direction,
    )
    for key in ("service.helsestasjon", "why_service", "data_service"):
        assert text(f"consent.further.{key}", language).value in asked["text"]
    assert "90" in asked["text"]
    assert [choice["payload"] for choice in asked["choices"]] == [
        f"further:{ident}:{answer}" for answer in ("yes", "no", "later")
    ]
    reply = await client.choose(f"further:{ident}:yes")
    place = text("chat.consents", language).value
    assert reply["messages"][0]["text"] == text("consent.further.given", language, place=place).value
    [further, first] = await receipts(client)
    assert (further["data"], first["data"][0]) == (["helsestasjon"], "request")
    assert further["notice"] == asked["text"]


async def test_no_costs_nothing_and_later_leaves_the_question_open(
    client: Any, services: Any, coordinator: str
) -> None:
    case = await live(client, services, coordinator)
    ident = ask(services, case, coordinator, "school")
    later = await client.choose(f"further:{ident}:later")
    assert later["messages"][0]["choices"][0]["payload"] == f"further:{ident}:again"
    again = await client.choose(f"further:{ident}:again")
    assert again["messages"][0]["kind"] == "consent"
    refused = await client.choose(f"further:{ident}:no")
    assert refused["state"] == "human"
    assert refused["messages"][0]["text"] == text("consent.further.no", "nb").value
    assert len(await receipts(client)) == 1
    view = services.handoff.view(case, coordinator)
    assert (view.asks[0].state, view.own) == ("no", True)
    assert view.messages == ()  # her buttons stand in the state of the question, not among her messages


async def test_a_number_she_gives_after_a_yes_stands_with_that_yes_and_goes_with_it(
    client: Any, services: Any, coordinator: str
) -> None:
    case = await live(client, services, coordinator)
    ident = ask(services, case, coordinator, "phone")
    asked = await client.choose(f"further:{ident}:yes")
    assert asked["messages"][0]["text"] == text("consent.contact.question_phone", "nb").value
    assert (await client.say("Hvorfor det?"))["messages"] == []  # an ordinary message, for the coordinator
    wrong = await client.say("41 23 45")
    assert wrong["messages"][0]["text"].startswith(text("consent.invalid_contact", "nb").value)
    given = await client.say("41 23 45 67")
    assert given["messages"][0]["kind"] == "handoff_status"
    view = services.handoff.view(case, coordinator)
    assert [message.body["text"] for message in view.messages] == ["Hvorfor det?"]
    assert view.asks[0].value == "+47 41 23 45 67"
    assert "41 23 45 67" not in str((await client.history())["messages"])
    receipt = (await receipts(client))[0]
    done = await client.call("POST", client.path(f"/receipts/{receipt['id']}/withdraw"))
    assert done.json()["state"] == "human"
    assert done.json()["messages"][0]["text"] == text("consent.further.taken_back", "nb", case=case).value
    assert services.handoff.view(case, coordinator).asks[0].value is None
    assert (await client.say("Er du der?"))["messages"] == []


async def test_words_of_danger_where_a_name_was_asked_for_reach_the_coordinator(
    client: Any, services: Any, coordinator: str
) -> None:
    case = await live(client, services, coordinator)
    ident = ask(services, case, coordinator, "name")
    await client.choose(f"further:{ident}:yes")
    told = await client.say("mannen min slår meg")
    assert [message["kind"] for message in told["messages"]] == ["crisis"]
    view = services.handoff.view(case, coordinator)
    assert ([m.body["text"] for m in view.messages], view.asks[0].state) == (["mannen min slår meg"], "writing")
    await client.say("Olena")
    assert services.handoff.view(case, coordinator).asks[0].value == "Olena"
    receipt = (await receipts(client))[0]["id"]
    await client.call("POST", client.path(f"/receipts/{receipt}/withdraw"))
    assert "Olena" not in str((await client.history())["messages"])


async def test_the_same_press_sent_twice_makes_one_receipt(client: Any, services: Any, coordinator: str) -> None:
    case = await live(client, services, coordinator)
    ident = ask(services, case, coordinator, "interpreter")
    bodies = [(await client.post(choice=f"further:{ident}:yes", id="same")).json() for _ in range(2)]
    assert bodies[0] == bodies[1]
    assert len(await receipts(client)) == 2


@pytest.mark.parametrize(
    "payload", ["further:nothing:yes", "further:x", "further:", "further:a:perhaps", "further:a:b:yes"]
)
@pytest.mark.parametrize("state", ["bot", "human"])
async def test_a_button_of_no_question_does_nothing(
    client: Any, services: Any, coordinator: str, payload: str, state: str
) -> None:
    if state == "human":
        await live(client, services, coordinator)
    else:
        await client.start(language="nb")
    assert (await client.choose(payload))["state"] == state
    assert len(await receipts(client)) == (1 if state == "human" else 0)


async def test_a_button_after_the_case_is_closed_gives_nothing(client: Any, services: Any, coordinator: str) -> None:
    case = await live(client, services, coordinator)
    ident = ask(services, case, coordinator, "nav")
    services.handoff.close(case, coordinator, "answered")
    reply = await client.choose(f"further:{ident}:yes")
    assert reply["messages"][0]["text"] == text("consent.stale_closed", "nb").value
    assert len(await receipts(client)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("special", ["minor", "guardian", "disagree", "hidden_address"])
async def test_what_no_robot_can_settle_is_said_and_brought_to_a_person(
    client: Any, services: Any, language: str, special: str
) -> None:
    await client.start(language=language)
    told = (await client.to_step("special", special))["messages"][0]
    assert told["text"].startswith(text(f"consent.safe.special.told.{special}", language).value)
    assert bool(told["numbers"]) is (special in ("minor", "hidden_address"))
    assert told["choices"][0]["payload"].endswith(":reach:chat")


async def test_a_hidden_address_asks_for_no_name_and_takes_a_code_word(client: Any, services: Any) -> None:
    await client.start(language="nb", municipality="fjordvik")
    name = (await client.to_step("special", "hidden_address", "chat", "keep", "no"))["messages"][0]
    offered = [choice["payload"].rsplit(":", 1)[1] for choice in name["choices"]]
    assert offered == ["skip", "code", "no"]
    case = name["choices"][0]["payload"].split(":")[1]
    assert (await client.choose(f"consent:{case}:name:write"))["messages"][0]["choices"][0]["payload"].endswith(":skip")
    await client.choose(f"consent:{case}:name:code")
    confirm = (await client.say("Blåbær"))["messages"][0]
    assert text("consent.safe.data.code_word", "nb", name="Blåbær").value in confirm["text"]
    assert text("consent.safe.data.request_no_place", "nb").value in confirm["text"]
    await client.choose(f"consent:{case}:confirm:yes")
    [queued] = new_cases(services.handoff)
    assert (queued.urgency, queued.municipality) == ("U0", None)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_shares_her_phone_is_told_how_to_leave_and_to_delete(client: Any, language: str) -> None:
    await client.start(language=language)
    told = (await client.to_step("contact_only", "others_read"))["messages"][0]["text"]
    for key in ("chat.leave_short", "chat.delete", "chat.more"):
        assert text(key, language).value in told


async def test_a_typed_no_to_being_called_chooses_another_way_and_gives_nothing_up(client: Any) -> None:
    await client.start(language="nb")
    await client.to_step("contact_only", "phone", "text:41 23 45 67")
    reply = await client.say("nei")
    assert reply["messages"][-1]["choices"][0]["payload"].endswith(":reach:chat")


async def test_what_she_says_about_safe_calls_stands_in_the_notice(client: Any) -> None:
    await client.start(language="nb")
    steps = ("contact_only", "phone", "text:41 23 45 67", "times", "text:Tirsdag etter 18", "reveal:no", "keep")
    confirm = (await client.to_step(*steps, "no", "skip"))["messages"][0]["text"]
    assert "Tirsdag etter 18" in confirm
    assert text("consent.safe.reveal.option.no", "nb").value in confirm


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_the_receipt_for_programs_has_the_sections_and_names_of_the_standard(
    client: Any, services: Any, coordinator: str, withdrawn: bool
) -> None:
    case = await live(client, services, coordinator)
    await client.choose(f"further:{ask(services, case, coordinator, 'fastlege')}:yes")
    if withdrawn:
        receipt = (await receipts(client))[-1]["id"]
        await client.call("POST", client.path(f"/receipts/{receipt}/withdraw"))
    for receipt in await receipts(client):
        whole = {name: receipt[name] for name in ("receipt_metadata", "consent_record")}
        Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(whole)
        states = [event["event_state"] for event in receipt["consent_record"]["events"]]
        assert states == (["given", "withdrawn"] if withdrawn else ["given"])
    third = (await receipts(client))[0]["consent_record"]["pii_processing"]["purposes"][0]["recipient_third_parties"]
    assert third == ["fastlege"]


async def test_the_yes_to_machine_translation_is_such_a_receipt_and_is_taken_back_like_one(
    client: Any, services: Any, coordinator: str
) -> None:
    case = await live(client, services, coordinator)
    services.handoff.ask_translation(case, coordinator, question(case, "nb"))
    assert len(await receipts(client)) == 1
    await client.choose(f"bridge:{case}:yes")
    receipt = (await receipts(client))[0]
    for state in ("given", "withdrawn"):
        receipt = next(one for one in await receipts(client) if one["id"] == receipt["id"])
        whole = {name: receipt[name] for name in ("receipt_metadata", "consent_record")}
        Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(whole)
        assert (receipt["state"], receipt["case"]) == (state, case)
        assert receipt["notice"] == text("bridge.ask", "nb").value
        answer = await client.call("POST", client.path(f"/receipts/{receipt['id']}/withdraw"))
        assert answer.status_code == 200
        told = [message["text"] for message in answer.json()["messages"]]
        assert told == [text("bridge.stopped", "nb").value]
        assert answer.json()["state"] == "human", "the case goes on"
    said = [message["text"] for message in (await client.history())["messages"]]
    assert said.count(text("bridge.stopped", "nb").value) == 1
    unknown = await client.call("POST", client.path("/receipts/translation-K-9999/withdraw"))
    assert unknown.status_code == 404
