"""A poor line: nothing that was written is lost, sent twice, or put in another order."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import Parent, words


def cut(parent: Parent) -> None:
    parent.watch.allowed = "ERR_INTERNET_DISCONNECTED"
    parent.context.set_offline(True)


def said_to_the_server(parent: Parent) -> list[str]:
    """What a fresh look at the conversation shows that she said."""
    page = parent.context.new_page()
    page.goto(parent.product.web)
    own = page.locator("#log > li.parent .text").all_inner_texts()
    page.close()
    return own


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_a_message_written_without_a_line_is_kept_and_delivered_once(language: str, a_parent: Any) -> None:
    parent: Parent = a_parent(language)
    parent.ask(words("price", language), kind="answer")
    cut(parent)
    parent.write(words("letter", language))
    expect(parent.own.last).to_contain_text(words("letter", language))
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    again = parent.own.last.get_by_role("button", name=parent.t("choice.again"))
    again.click()
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    parent.context.set_offline(False)
    again.click()
    expect(parent.page.locator("#log > li.handoff_offer")).to_be_visible()
    expect(parent.own.last.locator(".status")).to_have_count(0)
    assert said_to_the_server(parent) == [words("price", language), words("letter", language)]


def test_an_answer_that_was_lost_on_the_way_comes_when_tried_again(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    parent.watch.allowed = "ERR_INTERNET_DISCONNECTED"

    def lose(route: Route) -> None:
        route.fetch()  # the server has it
        route.abort("internetdisconnected")  # and she does not know

    parent.page.route("**/messages", lose, times=1)
    parent.write("а сфо безкоштовне?")
    again = parent.own.last.get_by_role("button", name=parent.t("choice.again"))
    again.click()
    expect(parent.page.locator("#log > li.answer")).to_have_count(2)
    assert said_to_the_server(parent) == [words("price", "uk"), "а сфо безкоштовне?"]


def test_what_was_not_sent_survives_a_reload(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    parent.page.route("**/messages", lambda route: route.abort("internetdisconnected"))
    parent.watch.allowed = "ERR_INTERNET_DISCONNECTED"
    parent.write("а сфо безкоштовне?")
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    parent.box.fill("і ще я хотіла спитати")
    parent.page.unroute("**/messages")
    parent.page.reload()
    expect(parent.page.locator("#log > li.answer")).to_have_count(2)
    expect(parent.box).to_have_value("і ще я хотіла спитати")
    assert said_to_the_server(parent) == [words("price", "uk"), "а сфо безкоштовне?"]
    assert parent.own.locator(".text").all_inner_texts() == [words("price", "uk"), "а сфо безкоштовне?"]


def test_a_message_whose_answer_was_lost_stands_once_after_a_reload(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    parent.watch.allowed = "ERR_INTERNET_DISCONNECTED"

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    parent.page.route("**/messages", lose, times=1)
    parent.write("а сфо безкоштовне?")
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    parent.page.reload()
    expect(parent.page.locator("#log > li.answer")).to_have_count(2)
    expect(parent.own).to_have_count(2)
    expect(parent.page.locator(".status")).to_have_count(0)


def test_two_quick_messages_keep_their_order(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.write(words("price", "uk"))
    parent.write("а сфо безкоштовне?")
    expect(parent.page.locator("#log > li.answer")).to_have_count(2)
    assert parent.own.locator(".text").all_inner_texts() == [words("price", "uk"), "а сфо безкоштовне?"]
    assert said_to_the_server(parent) == [words("price", "uk"), "а сфо безкоштовне?"]
    first, second = parent.page.locator("#log > li.answer .text").all_inner_texts()
    assert "SFO" in second
    assert "SFO" not in first


def test_a_later_message_does_not_overtake_one_that_waits_for_the_line(a_parent: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("price", "uk"), kind="answer")
    cut(parent)
    parent.write("а сфо безкоштовне?")
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    parent.write("чи може барневерн забрати дітей")
    expect(parent.own.last).to_contain_text(parent.t("chat.not_sent"))
    expect(parent.page.get_by_role("button", name=parent.t("choice.again"))).to_have_count(1)
    parent.context.set_offline(False)
    parent.page.get_by_role("button", name=parent.t("choice.again")).click()
    expect(parent.page.locator("#log > li.answer")).to_have_count(3)
    expect(parent.page.locator(".status")).to_have_count(0)
    assert said_to_the_server(parent)[1:] == ["а сфо безкоштовне?", "чи може барневерн забрати дітей"]


def test_the_very_first_message_without_a_line_begins_the_conversation_later(a_parent: Any) -> None:
    parent: Parent = a_parent("ti")
    cut(parent)
    parent.write(words("price", "ti"))
    expect(parent.own.last).to_contain_text(parent.t("chat.offline"))
    parent.context.set_offline(False)
    parent.page.get_by_role("button", name=parent.t("choice.again")).click()
    expect(parent.page.locator("#log > li.answer")).to_have_count(1)
    assert said_to_the_server(parent) == [words("price", "ti")]


def test_a_reply_that_comes_while_the_page_is_closed_stands_there_afterwards(a_parent: Any, coordinator: Any) -> None:
    parent: Parent = a_parent("uk")
    parent.ask(words("letter", "uk"), kind="handoff_offer")
    case = parent.until_queued()
    parent.page.goto("about:blank")
    coordinator.claim(case)
    coordinator.reply("Доброго дня, це координатор")
    parent.open()
    expect(parent.page.locator("#log > li.coordinator")).to_contain_text("Доброго дня, це координатор")
    expect(parent.page.locator("#state")).to_have_text(parent.t("chat.state_human"))
    parent.write("дякую")
    expect(coordinator.page.locator("#messages")).to_contain_text("дякую")
    coordinator.close()
    expect(parent.last).to_contain_text(case)
