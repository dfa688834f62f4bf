"""The look-up for municipal staff, in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.texts import text
from tests.browser.conftest import DESK
from tests.browser.people import Pictures
from tests.running_product import Product

QUESTIONS = {
    "nb": "hva koster barnehage per måned",
    "nn": "kva kostar barnehage i månaden",
    "en": "how much does barnehage cost a month",
}


@pytest.fixture
def desk(person: Any) -> Page:
    page, _ = person(viewport=DESK)
    return page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_rule_is_searched_asked_for_and_read_beside_the_parents_text(
    language: str, desk: Page, product: Product, pictures: Pictures
) -> None:
    def t(key: str, **values: str) -> str:
        return text(key, language, **values).value

    desk.goto(f"{product.web}/staff?language={language}")
    expect(desk.locator("html")).to_have_attribute("lang", language)
    desk.locator("#q").fill("barnehage")
    desk.locator("#q").press("Enter")
    expect(desk.locator(".results a[href*='barnehage.cost']")).to_be_visible()

    desk.locator("#q").fill(QUESTIONS[language])
    desk.get_by_role("button", name=t("staff.ask")).click()
    answer = desk.locator("section.answer")
    expect(answer).to_contain_text("§")
    expect(answer.locator(".sources")).to_contain_text(t("staff.checked", date="|").split("|")[0].strip())
    assert "q=" not in desk.url  # a question does not stand in the address
    answer.get_by_role("link", name=t("staff.read")).click()

    desk.locator("select[name=beside]").select_option("ar")
    desk.get_by_role("button", name=t("staff.show")).click()
    parent = desk.locator(".parent .words")
    expect(parent).to_have_attribute("lang", "ar")
    expect(parent).to_have_attribute("dir", "rtl")
    assert parent.evaluate("node => getComputedStyle(node).direction") == "rtl"
    rule = desk.locator("section", has=desk.locator("#rule")).first
    expect(rule).to_contain_text("§")
    expect(rule).to_contain_text("2025")
    pictures.take(desk, f"staff-{language}")


def test_a_question_about_a_named_child_is_not_answered(desk: Page, product: Product) -> None:
    desk.goto(f"{product.web}/staff?language=nb")
    desk.locator("#q").fill("Foreldrene til Amina har fått brev fra barnevernet, hva skal vi gjøre i saken hennes?")
    desk.get_by_role("button", name=text("staff.ask", "nb").value).click()
    expect(desk.locator("section.answer")).to_contain_text(text("staff.offer.own_case", "nb").value.split(".")[0])


def test_the_rules_of_another_day_are_said_to_be_so(desk: Page, product: Product) -> None:
    desk.goto(f"{product.web}/staff/topics/barnehage.cost?language=en&on=2025-02-01")
    expect(desk.locator(".day")).to_be_visible()
    expect(desk.locator("section", has=desk.locator("#rule")).first).to_contain_text("2,000")
