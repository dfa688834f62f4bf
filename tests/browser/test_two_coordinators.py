"""Two coordinators and five families at once: nobody gets another's case, and what is written arrives at once."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.languages import languages
from bot.texts import text
from tests.browser.conftest import DESK
from tests.browser.people import Coordinator, Parent

LANGUAGES = ("uk", "ar", "ti", "so", "nb")
PASSWORD = "a password of her own"
AT_ONCE = 0.5
"""Seconds from a press of Enter until the words stand on the other's screen (issue: 500 ms on one machine)."""


@pytest.fixture
def second_coordinator(person: Any, coordinator: Coordinator, watch: Any) -> Coordinator:
    """The lead makes an account in the console; whoever gets it chooses a password at once."""
    desk = coordinator.page
    desk.goto(f"{coordinator.product.web}/console/people")
    desk.locator("#name").fill("per")
    desk.locator("#role").select_option("coordinator")
    desk.get_by_role("button", name=text("console.people.create_button", "en").value).click()
    given = desk.locator(".given code").inner_text()
    page, context = person(viewport=DESK, locale="en")
    page.goto(f"{coordinator.product.web}/console/sign-in?language=en")
    page.locator("#name").fill("per")
    page.locator("#password").fill(given)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#old").fill(given)
    page.locator("#new").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name=text("console.people.password_change", "en").value).click()
    expect(page.locator(".told")).to_be_visible()
    page.goto(f"{coordinator.product.web}/console")
    expect(page.locator("#waiting-cases")).to_be_visible()
    return Coordinator(page, context, coordinator.product, watch)


def test_two_coordinators_and_families_in_five_languages(
    a_parent: Any, coordinator: Coordinator, second_coordinator: Coordinator
) -> None:
    per = second_coordinator
    families: dict[str, Parent] = {}
    numbers: dict[str, str] = {}
    for language in LANGUAGES:
        parent = a_parent(language)
        parent.page.locator("#person").click()
        expect(parent.page.locator("#log > li.handoff_offer")).to_be_visible()
        families[language], numbers[language] = parent, parent.until_queued()
    coordinator.page.goto(f"{coordinator.product.web}/console")

    # All five stand in both queues, each with the language's own name.
    for desk in (coordinator, per):
        for language, number in numbers.items():
            expect(desk.row(number)).to_contain_text(languages()[language].name)

    # Both press for the same case: one has it, the other is told so, and nothing is lost.
    contested = numbers["uk"]
    held = per.page.locator(f"#claim-{contested}")
    expect(held).to_be_visible()
    form = held.locator("xpath=ancestor::form")
    action = form.get_attribute("action")
    coordinator.claim(contested)
    per.watch.allowed = "409"
    with per.page.expect_navigation():
        per.page.evaluate(
            """action => { const form = document.createElement("form");
        form.method = "post"; form.action = action; document.body.append(form); form.submit(); }""",
            action,
        )
    expect(per.page.locator("body")).to_contain_text(coordinator.product.account[0])
    expect(per.page.locator("#reply")).to_have_count(0)

    # Each takes her own; each family hears from the one who has its case, and from nobody else.
    waits = []
    for place, language in enumerate(LANGUAGES):
        desk = coordinator if place % 2 == 0 else per
        parent = families[language]
        if language != "uk":
            desk.claim(numbers[language])
        else:
            desk.page.goto(f"{desk.product.web}/console/cases/{contested}")
        answer = f"answer {place} for {language}"
        begun = time.monotonic()
        desk.reply(answer)
        expect(parent.page.locator("#log > li.coordinator")).to_contain_text(answer)
        waits.append(time.monotonic() - begun)
        question = f"{place} {language} ✓"
        begun = time.monotonic()
        parent.write(question)
        expect(desk.page.locator("#messages")).to_contain_text(question)
        waits.append(time.monotonic() - begun)
    for language, parent in families.items():
        said = parent.page.locator("#log").inner_text()
        assert [other for other in LANGUAGES if f"for {other}" in said] == [language]
    print(f"from one screen to the other: median {statistics.median(waits):.3f} s, longest {max(waits):.3f} s")
    assert statistics.median(waits) < AT_ONCE

    # Handing on: the colleague has the case with its note, and the family is told that another person answers.
    desk = coordinator.page
    desk.goto(f"{coordinator.product.web}/console/cases/{contested}")
    desk.locator("#hand-on summary").click()
    desk.locator("#hand-on select").select_option(label="per")
    desk.locator("#hand-on textarea").fill("They asked for an interpreter.")
    desk.locator("#hand-on button").click()
    expect(families["uk"].last).to_contain_text(families["uk"].t("bridge.another", case=contested))
    per.page.goto(f"{per.product.web}/console/cases/{contested}")
    expect(per.page.locator("#note-list")).to_contain_text("They asked for an interpreter.")
    per.reply("it is Per now")
    expect(families["uk"].page.locator("#log > li.coordinator").last).to_contain_text("it is Per now")
