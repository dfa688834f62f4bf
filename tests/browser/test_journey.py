"""One family's way through the product, with a coordinator beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.languages import languages
from bot.texts import text
from tests.browser.people import Coordinator, Parent, Pictures, words

OWN_SUMMARY = {
    "uk": "Прийшов лист від barnevernet. Прошу пояснити, що він означає.",
    "ar": "وصلتني رسالة من barnevernet وأريد أن أفهمها.",
    "ti": "ካብ barnevernet ደብዳበ መጺኡኒ፡ ትርጉሙ ክርዳእ ደልየ።",
}
ANSWER = {
    "uk": "Добрий день! Лист — це запрошення на розмову.",
    "ar": "مرحباً! الرسالة دعوة إلى لقاء.",
    "ti": "ሰላም! እታ ደብዳበ ናይ ርክብ ዕድመ እያ።",
}
THANKS = {"uk": "Дякую, тепер зрозуміло", "ar": "شكراً، فهمت الآن", "ti": "የቐንየለይ፡ ሕጂ ተረዲኡኒ"}


@pytest.mark.parametrize("language", ["uk", "ar", "ti"])
def test_a_family_asks_reaches_a_person_and_comes_back_to_the_robot(
    language: str, a_parent: Any, coordinator: Coordinator, pictures: Pictures
) -> None:
    parent: Parent = a_parent()
    spoken = languages()[language]
    page = parent.page

    # She picks her language by its own name; the whole page follows without loading again.
    parent.choose_language(language, spoken.name)
    expect(page.locator("html")).to_have_attribute("dir", spoken.direction)
    expect(page.locator("#person")).to_have_text(parent.t("chat.person"))
    expect(parent.last.locator(".text")).to_have_attribute("lang", language)
    pictures.take(page, f"{language}-1-start")

    # She asks, and gets an answer with sources, the day they were checked, and where the words come from.
    answer = parent.ask(words("price", language), kind="answer")
    expect(answer.locator(".text")).to_have_attribute("lang", language)
    expect(answer.locator(".text")).to_have_attribute("dir", spoken.direction)
    expect(answer).to_contain_text("barnehage")
    expect(answer).to_contain_text(parent.t("notice.machine_translation"))
    pictures.take(page, f"{language}-2-answer")
    answer.locator(".sources summary").last.click()
    checked = parent.t("chat.checked", date="|").split("|")[0].strip()
    expect(answer.locator(".sources li").first).to_contain_text(checked)
    expect(answer.locator(".sources a").first).to_have_attribute("href", re.compile("^https://"))
    norwegian = parent.press("norwegian", kind="answer")
    expect(norwegian.locator(".text")).to_have_attribute("lang", "nb")
    expect(norwegian.locator(".text")).to_have_attribute("dir", "ltr")
    expect(norwegian).to_contain_text("heldagsplass")
    expect(page.locator("html")).to_have_attribute("lang", language)

    # A letter from barnevernet is no question for a robot.
    offer = parent.ask(words("letter", language), kind="handoff_offer")
    expect(offer).to_contain_text(parent.t("choice.yes"))
    pictures.take(page, f"{language}-3-offer")
    parent.press("yes", kind="consent")
    first = parent.press(":summary", kind="consent")
    expect(first).to_contain_text(parent.t("consent.summary.reason.own_case"))
    parent.press(":edit", kind="consent")
    changed = parent.ask(OWN_SUMMARY[language], kind="consent")
    expect(changed).to_contain_text(OWN_SUMMARY[language])
    parent.press(":ok", kind="consent")
    parent.press(":chat", kind="consent")
    parent.press(":keep", kind="consent")
    parent.press("interpreter:yes", kind="consent")
    whole = parent.press(":skip", kind="consent")
    for part in ("consent.data.request", "consent.purpose", "consent.not_shared.earlier"):
        expect(whole).to_contain_text(parent.t(part))
    expect(whole).to_contain_text(OWN_SUMMARY[language])
    expect(whole).to_contain_text("90")
    pictures.take(page, f"{language}-4-consent")
    case = parent.case_number(parent.press(":yes", kind="handoff_status"))
    expect(page.locator("#state")).to_have_text(parent.t("chat.state_waiting"))
    pictures.take(page, f"{language}-5-queued")
    before = parent.own.all_inner_texts()

    # The coordinator sees it come, without touching anything, and takes it.
    desk = coordinator.page
    expect(coordinator.row(case)).to_contain_text(spoken.name)
    expect(coordinator.row(case)).to_contain_text(text("console.reason.own_case", "en").value)
    expect(coordinator.row(case)).to_contain_text(text("console.share.summary", "en").value)
    pictures.take(desk, f"{language}-6-queue")
    coordinator.claim(case)
    expect(desk.locator("#content-of-case")).to_contain_text(OWN_SUMMARY[language])
    expect(desk.locator("body")).not_to_contain_text(words("letter", language))
    expect(desk.locator("body")).not_to_contain_text(words("price", language))
    expect(page.locator("#state")).to_have_text(parent.t("chat.state_human"))

    # They write to each other, each in her own window.
    coordinator.reply(ANSWER[language])
    expect(page.locator("#log > li.coordinator")).to_contain_text(ANSWER[language])
    expect(page.locator("#log > li.coordinator .who")).to_contain_text(parent.t("chat.from_coordinator"))
    parent.write(THANKS[language])
    expect(desk.locator("#messages")).to_contain_text(THANKS[language])
    pictures.take(page, f"{language}-7-live")
    pictures.take(desk, f"{language}-8-case")

    # A ready phrase goes out in her language with one press; her button comes back in the coordinator's. A draft stays.
    desk.locator("#reply").fill("half a sentence")
    desk.locator("#phrases summary").click()
    question = desk.locator('#phrases button[value="q_interpreter"]')
    expect(question).to_have_text(text("phrase.q_interpreter", "en").value)
    pictures.take(desk, f"{language}-8b-phrases")
    question.click()
    expect(page.locator("#log > li.coordinator").last).to_contain_text(parent.t("phrase.q_interpreter"))
    expect(desk.locator("#reply")).to_have_value("half a sentence")
    page.locator('button[data-payload="phrase:q_interpreter:yes"]').click()
    expect(desk.locator("#messages .meaning").last).to_have_text(text("phrase.a_yes", "en").value)
    pictures.take(page, f"{language}-8c-question")
    desk.locator("#reply").fill("")
    before = parent.own.all_inner_texts()

    # The robot is quiet, also about what it knows; danger it does not leave alone.
    answers = page.locator("#log > li.answer").count()
    parent.write(words("price", language))
    expect(desk.locator("#messages")).to_contain_text(words("price", language))
    crisis = parent.ask(words("violence", language), kind="crisis")
    expect(crisis.locator(".numbers a").first).to_be_visible()
    assert page.locator("#log > li.answer").count() == answers
    assert [own.split("\n")[-1] for own in parent.own.all_inner_texts()[len(before) :]] == [
        words("price", language),
        words("violence", language),
    ]

    # Closed: the next question is the robot's again.
    coordinator.close()
    expect(parent.last).to_contain_text(parent.t("handoff.closed.answered", case=case))
    parent.ask(words("price", language), kind="answer")
    expect(page.locator("#state")).to_be_hidden()

    # What was agreed to can be read again.
    page.goto(f"{parent.product.web}/receipts")
    expect(page.locator("pre")).to_contain_text(OWN_SUMMARY[language])
    expect(page.locator("article")).to_contain_text(case)
    pictures.take(page, f"{language}-9-receipt")


def test_with_contact_only_the_coordinator_sees_nothing_that_was_said_before(
    a_parent: Any, coordinator: Coordinator
) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    parent.ask(words("letter", "uk"), kind="handoff_offer")
    case = parent.until_queued("contact_only")
    expect(coordinator.row(case)).to_contain_text("barnevernet")
    expect(coordinator.row(case)).to_contain_text(text("console.share.contact_only", "en").value)
    coordinator.claim(case)
    expect(coordinator.page.locator("#consent")).to_contain_text(text("console.allowed.contact_only", "en").value)
    for said in (words("price", "uk"), words("letter", "uk")):
        expect(coordinator.page.locator("body")).not_to_contain_text(said)
    coordinator.close("no_contact")


def test_with_the_conversation_the_coordinator_reads_it(a_parent: Any, coordinator: Coordinator) -> None:
    parent: Parent = a_parent("ar")
    parent.ask(words("price", "ar"), kind="answer")
    parent.ask(words("letter", "ar"), kind="handoff_offer")
    coordinator.claim(parent.until_queued("conversation"))
    expect(coordinator.page.locator("#messages")).to_contain_text(words("price", "ar"))
    said = coordinator.page.locator("#messages .said", has_text=words("price", "ar"))
    assert said.evaluate("node => getComputedStyle(node).direction") == "rtl"
    coordinator.close("no_contact")


def test_taking_the_consent_back_takes_it_from_the_coordinators_screen_at_once(
    a_parent: Any, coordinator: Coordinator
) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("letter", "uk"), kind="handoff_offer")
    parent.press("yes", kind="consent")
    parent.press(":summary", kind="consent")
    parent.press(":edit", kind="consent")
    parent.ask(OWN_SUMMARY["uk"], kind="consent")
    for answer in (":ok", ":chat", ":keep", ":no", ":skip"):
        parent.press(answer, kind="consent")
    case = parent.case_number(parent.press(":yes", kind="handoff_status"))
    coordinator.claim(case)
    expect(coordinator.page.locator("#content-of-case")).to_contain_text(OWN_SUMMARY["uk"])
    parent.page.goto(f"{parent.product.web}/receipts")
    parent.page.get_by_role("button", name=parent.t("receipt.withdraw")).click()
    expect(parent.page.locator("article")).to_contain_text(parent.t("receipt.state_withdrawn"))
    expect(coordinator.page.locator("body")).not_to_contain_text(OWN_SUMMARY["uk"])
    expect(coordinator.page.locator("body")).to_contain_text(text("console.allowed.withdrawn", "en").value)
    parent.open()
    expect(parent.last).to_contain_text(parent.t("handoff.withdrawn", case=case))
