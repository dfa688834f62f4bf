"""The way out: one press, or Escape twice; nothing is left on the screen, in the history, or on the device."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.web.chat.pages import HARMLESS_PAGE
from tests.browser.people import Pictures, Watch


@pytest.fixture
def weather(watch: Watch) -> Any:
    """The harmless page, without the network."""

    def make(page: Page) -> None:
        page.route(HARMLESS_PAGE, lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))

    yield make
    assert set(watch.strangers) <= {HARMLESS_PAGE, HARMLESS_PAGE + "favicon.ico"}
    watch.strangers.clear()


@pytest.mark.parametrize("how", ["button", "escape"])
def test_one_press_or_escape_twice_leaves_and_back_does_not_return(how: str, a_parent: Any, weather: Any) -> None:
    page: Page = a_parent().page
    page.goto("about:blank")
    page.goto(a_parent().page.url)
    weather(page)
    page.locator("#text").fill("a secret")
    if how == "button":
        page.locator("#leave").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url(HARMLESS_PAGE)
    page.go_back()
    assert "about:blank" in page.url


def test_a_single_escape_stays(a_parent: Any, weather: Any) -> None:
    page: Page = a_parent().page
    weather(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1700)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    expect(page.locator("#text")).to_be_visible()


@pytest.mark.parametrize("path", ["receipts", "delete"])
def test_the_other_pages_have_it_too(path: str, a_parent: Any, weather: Any) -> None:
    parent = a_parent()
    page: Page = parent.page
    page.goto(f"{parent.product.web}/{path}")
    weather(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(HARMLESS_PAGE)


@pytest.mark.parametrize("language", ["nb", "ar", "ti"])
def test_the_safe_steps_can_be_read_and_pressed(language: str, a_parent: Any, pictures: Pictures) -> None:
    parent = a_parent(language)
    page: Page = parent.page
    page.locator("#person").click()
    for answer in ("yes", ":special", ":hidden_address", ":others_read"):
        button = page.locator(f'#log > li:last-child button[data-payload$="{answer}"]')
        expect(button).to_be_visible()
        pictures.take(page, f"safe-{language}-{answer.strip(':')}")
        button.click()
    told = page.locator("#log > li:last-child .text")
    expect(told).to_contain_text(parent.t("chat.leave_short"))
    expect(told).to_have_attribute("lang", language)
    pictures.take(page, f"safe-{language}-told")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
