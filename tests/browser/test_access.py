"""Keyboard, screen reader, small screens and large letters."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.texts import text
from tests.browser.people import Coordinator, Parent, Pictures, words

HEARD = """
  window.heard = [];
  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node =>
    window.heard.push(node.textContent)))).observe(document.getElementById('announcer'), {childList: true});
"""


def grave(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    looked = Axe().run(page).response
    assert looked["passes"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in looked["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page, or a part of it that scrolls, is wider than its place."""
    return int(
        page.evaluate(
            """Math.max(...[document.documentElement, ...document.querySelectorAll('body, body *')]
              .filter(node => node.matches('html, body') || /auto|scroll/.test(getComputedStyle(node).overflowX))
              .filter(node => node.tagName !== 'TEXTAREA' && !node.matches('.wide'))
              .map(node => node.scrollWidth - node.clientWidth))"""
        )
    )


@pytest.mark.parametrize("language", ["nb", "ar", "ti"])
def test_axe_finds_nothing_grave_in_the_chat(language: str, a_parent: Any) -> None:
    parent: Parent = a_parent(language)
    assert grave(parent.page) == []
    answer = parent.ask(words("price", language), kind="answer")
    answer.locator(".sources summary").last.click()
    parent.ask(words("violence", language), kind="crisis")
    parent.page.locator("#more > summary").click()
    assert grave(parent.page) == []
    parent.page.locator("#delete").click()
    assert grave(parent.page) == []
    parent.page.goto(f"{parent.product.web}/receipts")
    assert grave(parent.page) == []


def test_axe_finds_nothing_grave_on_the_pages_of_staff(person: Any, product: Any) -> None:
    page, _ = person(viewport={"width": 1280, "height": 900})
    for path in ("/staff", "/staff?q=barnehage", "/staff/topics/barnehage.cost?beside=ar", "/console/sign-in"):
        page.goto(product.web + path)
        assert grave(page) == [], path


def test_axe_finds_nothing_grave_in_the_console(a_parent: Any, coordinator: Coordinator) -> None:
    parent: Parent = a_parent("ar")
    parent.ask(words("letter", "ar"), kind="handoff_offer")
    case = parent.until_queued()
    expect(coordinator.row(case)).to_be_visible()
    assert grave(coordinator.page) == []
    coordinator.claim(case)
    parent.write("مرحبا")
    expect(coordinator.page.locator("#messages")).to_contain_text("مرحبا")
    assert grave(coordinator.page) == []
    coordinator.close()
    coordinator.page.goto(f"{coordinator.product.web}/console/audit")
    assert grave(coordinator.page) == []


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    page = parent.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(parent.box).to_be_focused()
    page.reload()
    order = []
    for _ in range(60):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                "(n => n.id || n.dataset.language || n.dataset.payload || n.getAttribute('href') || n.className"
                " || n.tagName)(document.activeElement)"
            )
        )
        if order[-1] == "SUMMARY":
            break
    wanted = ["#text", "language", "leave", "tel:113", "nb", "ti", "area:barnehage", "human", "text", "send", "person"]
    places = [order.index(one) for one in wanted]
    assert places == sorted(places), order
    assert order[-1] == "SUMMARY"


def test_enter_sends_and_shift_enter_breaks_the_line(a_parent: Any) -> None:
    parent: Parent = a_parent("en")
    parent.box.click()
    parent.page.keyboard.type("how much is")
    parent.page.keyboard.press("Shift+Enter")
    parent.page.keyboard.type("barnehage")
    expect(parent.box).to_have_value("how much is\nbarnehage")
    parent.page.keyboard.press("Enter")
    expect(parent.page.locator("#log > li.answer")).to_be_visible()
    expect(parent.box).to_have_value("")
    expect(parent.box).to_be_focused()
    parent.page.keyboard.press("Enter")
    expect(parent.own).to_have_count(1)


def test_the_dialog_is_used_by_keyboard_and_gives_the_focus_back(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    page = parent.page
    page.locator("#more > summary").focus()
    page.keyboard.press("Enter")
    page.locator("#delete").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    # The harmless button has the focus first, and the page behind cannot be reached.
    expect(page.get_by_role("button", name=parent.t("chat.delete_no"))).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#delete")).to_be_focused()
    expect(page.locator("#log > li.answer")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=parent.t("chat.delete_yes"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(parent.last).to_contain_text(parent.t("chat.deleted"))


def test_a_choice_is_pressed_by_keyboard_and_the_focus_goes_on(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.button("area:barnehage").focus()
    parent.page.keyboard.press("Enter")
    expect(parent.page.locator("#log > li.clarify")).to_be_visible()
    expect(parent.box).to_be_focused()
    expect(parent.page.locator('[data-payload="area:barnehage"]').first).to_have_attribute("aria-pressed", "true")


def test_a_screen_reader_hears_new_text_only_and_once(a_parent: Any) -> None:
    parent: Parent = a_parent("en")
    parent.page.evaluate(HEARD)
    parent.ask(words("price", "en"), kind="answer")
    parent.ask("is sfo free", kind="answer")
    parent.page.wait_for_timeout(300)
    heard = parent.page.evaluate("heard")
    assert len(heard) == 2, heard
    said = parent.page.locator("#log > li.answer .text")
    for announced, shown in zip(heard, said.all(), strict=True):
        assert shown.locator("p").first.inner_text() in announced
        assert text("chat.from_bot", "en").value in announced
    region = parent.page.locator("#announcer")
    expect(region).to_have_attribute("aria-live", "polite")
    assert parent.page.locator("#log").get_attribute("aria-live") is None
    expect(region).to_be_empty()
    parent.page.reload()
    parent.page.wait_for_timeout(500)
    expect(region).to_be_empty()


@pytest.mark.parametrize("language", ["nb", "uk", "ar", "ti"])
def test_a_screen_of_320_pixels_needs_no_sideways_scrolling(language: str, a_parent: Any, pictures: Pictures) -> None:
    parent: Parent = a_parent(language, viewport={"width": 320, "height": 568})
    assert overflow(parent.page) <= 0
    answer = parent.ask(words("price", language), kind="answer")
    answer.locator(".sources summary").last.click()
    parent.ask(words("violence", language), kind="crisis")
    assert overflow(parent.page) <= 0
    pictures.take(parent.page, f"small-{language}")
    main = parent.page.locator("main").bounding_box()
    assert main is not None
    assert main["height"] > 568 / 3
    parent.page.locator("#more > summary").click()
    assert overflow(parent.page) <= 0
    for path in ("/receipts", "/delete", "/staff", "/staff/topics/barnehage.cost?beside=ar", "/console/sign-in"):
        parent.page.goto(parent.product.web + path)
        assert overflow(parent.page) <= 0, path


@pytest.mark.parametrize("language", ["uk", "ar", "ti"])
def test_letters_twice_as_large_lose_nothing(language: str, a_parent: Any, pictures: Pictures) -> None:
    parent: Parent = a_parent(language)
    parent.ask(words("price", language), kind="answer")
    parent.page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    numbers = parent.page.locator(".emergency a[href='tel:113']")
    for part in (parent.box, parent.page.locator("#composer button"), parent.page.locator("#person")):
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=1)
        expect(numbers).to_be_in_viewport(ratio=1)
    box = parent.box.bounding_box()
    assert box is not None
    assert box["width"] > 390 / 2
    parent.last.locator(".sources summary").last.scroll_into_view_if_needed()
    pictures.take(parent.page, f"large-{language}")
    seen = parent.last.locator(".text").evaluate(
        """text => [...text.children].map(line => {
          line.scrollIntoView({block: 'center'});
          const at = line.getBoundingClientRect();
          return line.contains(document.elementFromPoint(at.x + at.width / 2, Math.max(at.y, 300) + 5));
        })"""
    )
    assert all(seen)
    expect(numbers).to_be_in_viewport(ratio=1)
    assert overflow(parent.page) <= 0
