"""What a parent meets in the chat, one behaviour at a time."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.languages import languages
from bot.texts import text
from tests.browser.people import Parent, Pictures, words

DANGER = ["nb", "uk", "ar", "ti"]


def in_sight(page: Page, selector: str) -> bool:
    """Whether the middle of an element is what a finger would meet there."""
    return bool(
        page.evaluate(
            """selector => {
              const node = document.querySelector(selector), at = node.getBoundingClientRect();
              return node.contains(document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2));
            }""",
            selector,
        )
    )


@pytest.mark.parametrize("language", DANGER)
def test_in_danger_the_numbers_come_before_the_words(language: str, a_parent: Any, pictures: Pictures) -> None:
    parent: Parent = a_parent(language)
    crisis = parent.ask(words("violence", language), kind="crisis")
    order = crisis.evaluate("item => [...item.children].map(child => child.className)")
    assert order.index("numbers") < order.index("text")
    first = crisis.locator(".numbers a").first
    expect(first).to_have_attribute("href", "tel:112")
    expect(first.locator("bdi")).to_have_attribute("dir", "ltr")
    assert in_sight(parent.page, "#log > li.crisis .numbers a")
    expect(parent.button("yes")).to_be_visible()
    pictures.take(parent.page, f"danger-{language}")


def test_the_emergency_line_stays_while_the_conversation_scrolls(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    for _ in range(3):
        parent.ask(words("price", "uk"), kind="answer")
    scroller = parent.page.locator("main")
    for place in ("0", "node.scrollHeight / 2", "node.scrollHeight"):
        scroller.evaluate(f"node => {{ node.scrollTop = {place} }}")
        assert in_sight(parent.page, ".emergency a[href='tel:113']")


def test_an_answer_is_read_from_its_beginning(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    answer = parent.ask(words("price", "uk"), kind="answer")
    parent.page.wait_for_timeout(300)
    top = answer.bounding_box()
    column = parent.page.locator("main").bounding_box()
    assert top is not None
    assert column is not None
    assert column["y"] - 1 <= top["y"] < column["y"] + column["height"] / 2


def test_a_no_to_the_offer_keeps_the_robot_helping(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("letter", "uk"), kind="handoff_offer")
    declined = parent.press("no", kind="handoff_status")
    expect(declined).to_contain_text(parent.t("handoff.declined").split(".")[0])
    parent.ask(words("price", "uk"), kind="answer")


def test_the_button_for_a_person_leads_to_the_offer(a_parent: Any) -> None:
    parent: Parent = a_parent("ti")
    parent.page.locator("#person").click()
    offer = parent.page.locator("#log > li.handoff_offer")
    expect(offer).to_contain_text(parent.t("choice.yes"))
    expect(parent.box).to_be_focused()


def test_everything_is_gone_after_delete_everything(a_parent: Any, pictures: Pictures) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    parent.box.fill("ще одне питання")
    menu, dialog = parent.page.locator("#more > summary"), parent.page.locator("#delete-dialog")
    menu.click()
    parent.page.locator("#delete").click()
    pictures.take(parent.page, "delete-dialog")
    dialog.get_by_role("button", name=parent.t("chat.delete_no")).click()
    expect(parent.page.locator("#log > li.answer")).to_have_count(1)
    parent.page.locator("#delete").click()
    dialog.get_by_role("button", name=parent.t("chat.delete_yes")).click()
    expect(parent.last).to_contain_text(parent.t("chat.deleted"))
    expect(parent.box).to_have_value("")
    assert [cookie["name"] for cookie in parent.context.cookies()] == []
    assert parent.page.evaluate("sessionStorage.length") == 0
    parent.open("uk")
    expect(parent.own).to_have_count(0)
    expect(parent.page.locator("#start")).to_be_visible()
    parent.ask(words("price", "uk"), kind="answer")
    expect(parent.own).to_have_count(1)


@pytest.mark.parametrize("language", ["nb", "ps"])
def test_the_greeting_says_that_a_language_is_still_being_tried_out(language: str, a_parent: Any) -> None:
    parent: Parent = a_parent(language)
    assert languages()[language].stage == "preview"
    first = parent.page.locator("#log > li").first
    expect(first.locator(".notice")).to_have_text(text("notice.preview", language).value)


def test_another_language_in_mid_conversation_keeps_the_topic(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    first = parent.ask(words("price", "uk"), kind="answer")
    parent.page.locator("#language").select_option("ar")
    again = parent.page.locator("#log > li.answer").nth(1)
    expect(again.locator(".text")).to_have_attribute("lang", "ar")
    expect(again.locator(".text")).to_have_attribute("dir", "rtl")
    expect(again).to_contain_text("barnehage")
    # The page turns; what was said before keeps its own language and direction.
    expect(parent.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(first).to_have_attribute("dir", "ltr")
    expect(first.locator(".text")).to_have_attribute("lang", "uk")
    emergency = parent.page.locator(".emergency a[href='tel:113']")
    expect(emergency).to_have_attribute("title", text("number.ambulance", "ar").value)
    # And so it stays after loading the page again.
    parent.page.reload()
    expect(parent.page.locator("html")).to_have_attribute("lang", "ar")
    expect(parent.page.locator("#log > li.answer")).to_have_count(2)


def test_writing_in_another_language_is_answered_in_it_and_said(a_parent: Any) -> None:
    parent: Parent = a_parent("nb")
    answer = parent.ask("скажіть, будь ласка, скільки коштує дитячий садок на місяць?", kind="answer")
    expect(answer.locator(".text")).to_have_attribute("lang", "uk")
    expect(answer).to_contain_text(text("notice.language_switched", "uk").value)
    expect(parent.page.locator("html")).to_have_attribute("lang", "uk")


def test_in_arabic_numbers_and_amounts_keep_their_order(a_parent: Any) -> None:
    parent: Parent = a_parent("ar")
    answer = parent.ask(words("price", "ar"), kind="answer")
    said = answer.locator(".text").inner_text()
    isolated = [part.split("\u2069")[0] for part in said.split("\u2068")[1:]]
    assert any("1" in part and "200" in part for part in isolated), said
    crisis = parent.ask(words("violence", "ar"), kind="crisis")
    for number in crisis.locator(".numbers bdi").all():
        assert number.evaluate("node => [getComputedStyle(node).direction, getComputedStyle(node).unicodeBidi]") == [
            "ltr",
            "isolate",
        ]
    for number in parent.page.locator(".emergency bdi").all():
        assert number.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_what_is_told_of_the_family_changes_the_answer(a_parent: Any) -> None:
    parent: Parent = a_parent("en")
    parent.ask(words("price", "en"), kind="answer")
    other = parent.press("situation:reception_centre", kind="answer")
    expect(other.locator(".text")).to_contain_text("reception")
    parent.page.locator("#more > summary").click()
    parent.page.locator("select[name=municipality]").select_option(index=1)
    parent.page.locator("#about button").click()
    expect(parent.page.locator("#about-saved")).to_have_text(text("chat.saved", "en").value)


def test_a_vote_is_taken_and_thanked_for(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    answer = parent.ask(words("price", "uk"), kind="answer")
    answer.get_by_role("button", name=parent.t("chat.useful_yes"), exact=True).click()
    expect(answer.locator(".tools")).to_contain_text(parent.t("chat.useful_thanks"))
    expect(answer.get_by_text(parent.t("chat.useful_thanks"))).to_be_focused()


def test_an_identity_number_is_taken_out_and_she_is_told(a_parent: Any) -> None:
    parent: Parent = a_parent("nb")
    parent.write("hva koster barnehage? fødselsnummeret mitt er 01010012356")
    expect(parent.last).to_contain_text(text("notice.masked", "nb").value)
    parent.page.reload()
    expect(parent.own).to_have_count(1)
    expect(parent.page.locator("body")).not_to_contain_text("01010012356")


@pytest.mark.parametrize(
    "hostile", ["<img src=x onerror=document.title='gone'>", "<script>document.title='x'</script>"]
)
def test_markup_stays_text_for_the_parent_and_for_the_coordinator(
    hostile: str, a_parent: Any, coordinator: Any
) -> None:
    parent: Parent = a_parent("en")
    parent.write(f"how much is barnehage {hostile}")
    expect(parent.said).to_have_count(2)
    expect(parent.own.first).to_contain_text(hostile)
    parent.page.locator("#person").click()
    expect(parent.page.locator("#log > li.handoff_offer")).to_be_visible()
    case = parent.until_queued("conversation")
    parent.write(hostile)
    coordinator.claim(case)
    expect(coordinator.page.locator("#messages")).to_contain_text(f"how much is barnehage {hostile}")
    expect(coordinator.page.locator("#messages li.parent").last.locator(".said")).to_have_text(hostile)
    coordinator.reply(hostile)
    expect(parent.page.locator("#log > li.coordinator")).to_contain_text(hostile)
    parent.page.reload()
    expect(parent.page.locator("#log > li.coordinator")).to_contain_text(hostile)
    for page in (parent.page, coordinator.page):
        assert page.locator("#log img, #log script, #messages img, #messages script").count() == 0
        assert "Brobygger" in page.title()
    coordinator.close()


def test_every_offered_language_stands_in_the_picker_by_its_own_name(a_parent: Any) -> None:
    parent: Parent = a_parent()
    offered = [language.name for language in languages().offered()]
    assert parent.page.locator("#start button").all_inner_texts() == offered
    assert parent.page.locator("#language option").all_inner_texts() == offered
