"""The chat where no script runs: a plain page with numbers and a form that work all the same."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from bot.languages import languages
from bot.texts import text
from tests.browser.people import Parent, Pictures, words


@pytest.fixture
def plain(a_parent: Any) -> Any:
    return lambda language: a_parent(language, java_script_enabled=False)


def send(parent: Parent, what: str) -> None:
    parent.box.fill(what)
    parent.page.locator("#composer button").click()


@pytest.mark.parametrize("language", ["uk", "ar", "ti"])
def test_the_page_shows_numbers_and_answers_after_it_has_loaded_again(
    language: str, plain: Any, pictures: Pictures
) -> None:
    parent: Parent = plain(language)
    expect(parent.page.locator(".emergency a[href='tel:113']")).to_be_visible()
    send(parent, words("price", language))
    expect(parent.own).to_contain_text(words("price", language))
    expect(parent.own).to_be_in_viewport(ratio=0.9)  # the page opens at what is new
    answer = parent.page.locator("#log > li.answer")
    expect(answer).to_contain_text("barnehage")
    expect(answer.locator(".text")).to_have_attribute("dir", languages()[language].direction)
    expect(answer.locator(".sources a").first).to_be_visible()
    expect(answer).to_contain_text(parent.t("notice.machine_translation"))
    pictures.take(parent.page, f"plain-{language}")


def test_choices_lead_to_a_case_and_back_out_of_it(plain: Any) -> None:
    parent: Parent = plain("uk")
    send(parent, words("letter", "uk"))
    choices = parent.page.locator("#log > li:last-child .choices button")
    for answer in ("yes", ":contact_only", ":chat", ":keep", ":no", ":skip", ":yes"):
        parent.page.locator(f'#log > li:last-child .choices button[value$="{answer}"]').click()
    told = parent.page.locator("#log > li.handoff_status").last
    case = parent.case_number(told)
    expect(parent.page.locator("#state")).to_have_text(parent.t("chat.state_waiting"))
    expect(choices).to_have_count(0)
    parent.page.goto(f"{parent.product.web}/receipts")
    expect(parent.page.locator("article")).to_contain_text(case)
    parent.page.get_by_role("button", name=parent.t("receipt.withdraw")).click()
    expect(parent.page.locator("article")).to_contain_text(parent.t("receipt.state_withdrawn"))
    parent.page.get_by_role("link", name=parent.t("chat.back")).click()
    expect(parent.page.locator("#log > li").last).to_contain_text(case)


def test_in_danger_the_numbers_come_first_here_too(plain: Any) -> None:
    parent: Parent = plain("ti")
    send(parent, words("violence", "ti"))
    order = parent.page.locator("#log > li.crisis").evaluate("item => [...item.children].map(c => c.className)")
    assert order.index("numbers") < order.index("text")


def test_everything_can_be_deleted(plain: Any) -> None:
    parent: Parent = plain("ar")
    send(parent, words("price", "ar"))
    parent.page.locator("#more > summary").click()
    parent.page.locator("#delete").click()
    parent.page.get_by_role("button", name=parent.t("chat.delete_yes")).click()
    expect(parent.page.get_by_role("status")).to_have_text(parent.t("chat.deleted"))
    parent.open("ar")
    expect(parent.own).to_have_count(0)


def test_what_is_refused_stays_in_the_box_with_the_reason(plain: Any) -> None:
    parent: Parent = plain("uk")
    parent.watch.allowed = "422"
    send(parent, "   ")
    expect(parent.page.get_by_role("alert")).to_contain_text(parent.t("error.empty_message.detail"))


def test_the_language_can_be_chosen(plain: Any) -> None:
    parent: Parent = plain("nb")
    parent.page.locator("#start").get_by_role("button", name="العربية", exact=True).click()
    expect(parent.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(parent.last).to_contain_text(text("greeting.how", "ar").value)
