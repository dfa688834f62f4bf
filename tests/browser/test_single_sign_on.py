"""Signing in through the organisation, in a browser: a real provider, the real product, no passwords kept here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from bot.texts import text
from tests.browser.conftest import DESK
from tests.browser.people import Pictures, Watch
from tests.provider import know, running_provider
from tests.running_product import Product, running

STYLES = "cdn.jsdelivr.net"
"""Where the pages of this provider, not ours, take their looks from; not asked in a test."""
Opener = Callable[..., tuple[Page, Any]]


def t(key: str, language: str = "nb", **values: str) -> str:
    return text(key, language, **values).value


def other_site(product: Product) -> str:
    """The product by another name: another site for the browser."""
    return product.web.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture(scope="module")
def product(
    chromium: str, provider: str, trained_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    settings = {
        "OIDC_ISSUER": provider,
        "OIDC_CLIENT_ID": "brobygger",
        "OIDC_CLIENT_SECRET": "between us",
        "OIDC_ROLE_CLAIM": "groups",
        "LOCAL_ACCOUNTS": "no",
        "CONVERSATIONS_PER_MINUTE": "1000",
    }
    named = {f"BROBYGGER_{name}": value for name, value in settings.items()}
    with running(trained_model, tmp_path_factory.mktemp("signed-on"), **named) as started:
        yield started


@pytest.fixture
def watch(product: Product, provider: str) -> Iterator[Watch]:
    """No complaint of the browser; and to no other host than the provider, and where its own pages go."""
    kept = Watch(product.web)
    yield kept
    assert kept.errors == []
    known = {urlsplit(provider).netloc, STYLES, urlsplit(other_site(product)).netloc}
    assert {urlsplit(url).netloc for url in kept.strangers} <= known


@pytest.fixture
def desk(person: Opener) -> Callable[[], Page]:
    """A browser of somebody's own."""

    def make() -> Page:
        page, context = person(viewport=DESK)
        context.route(f"https://{STYLES}/**", lambda route: route.fulfill(body="", content_type="text/css"))
        return page

    return make


def go_to_the_provider(page: Page, product: Product, provider: str, path: str = "/console") -> None:
    """Open a page of the console, be asked to sign in, and leave for the provider."""
    page.goto(product.web + path)
    expect(page).to_have_url(re.compile("/console/sign-in"))
    page.locator("#elsewhere").click()
    expect(page).to_have_url(re.compile(re.escape(provider)))


def be(page: Page, subject: str) -> None:
    """Say at the provider who one is."""
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_the_first_sign_in_makes_an_account_and_the_second_finds_it(
    desk: Callable[[], Page], product: Product, provider: str, pictures: Pictures
) -> None:
    know(provider, "kari-1", name="Kari Nordmann", groups=["staff", "brobygger-coordinator"])
    page = desk()
    page.goto(f"{product.web}/console/sign-in")
    pictures.take(page, "single-sign-on")
    expect(page.locator("input[type=password]")).to_have_count(0)  # local accounts are off
    page.locator("#elsewhere").click()
    be(page, "kari-1")
    expect(page).to_have_url(f"{product.web}/console")
    expect(page.locator("header form")).to_contain_text("kari nordmann")
    expect(page.locator("header nav.pages")).not_to_contain_text(t("console.statistics.title"))  # she is no lead
    page.goto(f"{product.web}/console/account")
    expect(page.locator("main")).to_contain_text(t("console.people.elsewhere"))

    page.get_by_role("button", name=t("console.sign_out"), exact=True).click()
    expect(page.get_by_role("status")).to_have_text(t("console.signed_out"))
    page.goto(f"{product.web}/console")
    expect(page).to_have_url(re.compile("/console/sign-in"))
    go_to_the_provider(page, product, provider, "/console/hours")
    be(page, "kari-1")
    expect(page).to_have_url(f"{product.web}/console/hours")  # where she wanted to go

    # A lead sees one account, not two.
    know(provider, "liv-1", name="Liv Leder", groups=["brobygger-lead"])
    lead = desk()
    go_to_the_provider(lead, product, provider, "/console/people")
    be(lead, "liv-1")
    expect(lead).to_have_url(f"{product.web}/console/people")
    expect(lead.locator("main").get_by_text("kari nordmann", exact=True)).to_have_count(1)


def test_signing_out_leads_on_to_signing_out_at_the_provider_and_back(
    desk: Callable[[], Page], product: Product, provider: str
) -> None:
    know(provider, "ida-1", name="Ida", groups=["brobygger-coordinator"])
    page = desk()
    go_to_the_provider(page, product, provider)
    be(page, "ida-1")
    page.get_by_role("button", name=t("console.sign_out"), exact=True).click()
    page.get_by_role("link", name=t("console.people.elsewhere_sign_out")).click()
    expect(page).to_have_url(re.compile(re.escape(f"{provider}/oauth2/end_session")))
    page.get_by_role("button", name="End session").click()
    expect(page).to_have_url(re.compile("/console/sign-in"))
    assert [one["name"] for one in page.context.cookies(product.web + "/console") if "session" in one["name"]] == []


@pytest.mark.parametrize("groups", [["municipality-it"], []])
def test_a_group_that_is_not_known_is_refused_clearly(
    desk: Callable[[], Page], product: Product, provider: str, watch: Watch, groups: list[str], pictures: Pictures
) -> None:
    watch.allowed = "status of 403"
    know(provider, "per-1", name="Per", groups=groups)
    page = desk()
    go_to_the_provider(page, product, provider)
    be(page, "per-1")
    expect(page.get_by_role("alert")).to_have_text(t("console.people.no_role"))
    pictures.take(page, "single-sign-on-refused")
    page.get_by_role("link", name=t("console.back")).click()
    expect(page.locator("#elsewhere")).to_be_visible()  # another account may be tried
    page.goto(f"{product.web}/console")
    expect(page).to_have_url(re.compile("/console/sign-in"))


def test_a_sign_in_that_was_cancelled_comes_back_calmly_and_goes_on_where_it_was_going(
    desk: Callable[[], Page], product: Product, provider: str, watch: Watch, pictures: Pictures
) -> None:
    watch.allowed = "status of 403"
    know(provider, "eva-1", name="Eva", groups=["brobygger-coordinator"])
    page = desk()
    go_to_the_provider(page, product, provider, "/console/hours")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("status")).to_have_text(t("console.people.not_let_in"))
    expect(page.get_by_role("alert")).to_have_count(0)
    pictures.take(page, "single-sign-on-cancelled")
    page.locator("#elsewhere").click()
    be(page, "eva-1")
    expect(page).to_have_url(f"{product.web}/console/hours")


def test_whoever_goes_back_in_the_browser_instead_is_not_stuck(
    desk: Callable[[], Page], product: Product, provider: str
) -> None:
    know(provider, "eva-1", name="Eva", groups=["brobygger-coordinator"])
    page = desk()
    go_to_the_provider(page, product, provider)
    page.go_back()
    page.locator("#elsewhere").click()
    be(page, "eva-1")
    expect(page).to_have_url(f"{product.web}/console")
    page.go_back()  # to the provider, or to a page of before: nothing breaks
    page.goto(f"{product.web}/console")
    expect(page.locator("header form")).to_contain_text("eva")


def test_a_session_that_ended_is_said_to_and_leads_back_to_where_she_was(
    desk: Callable[[], Page], product: Product, provider: str, watch: Watch
) -> None:
    """It ends because her role changes: she signs in on another machine after that."""
    know(provider, "ola-1", name="Ola", groups=["brobygger-coordinator"])
    here, elsewhere = desk(), desk()
    go_to_the_provider(here, product, provider, "/console/hours")
    be(here, "ola-1")
    expect(here).to_have_url(f"{product.web}/console/hours")
    know(provider, "ola-1", name="Ola", groups=["brobygger-lead"])
    go_to_the_provider(elsewhere, product, provider)
    be(elsewhere, "ola-1")
    expect(elsewhere).to_have_url(f"{product.web}/console")

    here.reload()
    expect(here.get_by_role("status")).to_have_text(t("console.session_ended"))
    here.locator("#elsewhere").click()
    be(here, "ola-1")
    expect(here).to_have_url(f"{product.web}/console/hours")
    expect(here.locator("header nav.pages")).to_contain_text(t("console.statistics.title"))  # with today's role
    elsewhere.reload()
    expect(elsewhere).to_have_url(f"{product.web}/console")  # the same role: the other session goes on


def test_an_open_page_says_that_the_session_ended_and_its_link_leads_back(
    desk: Callable[[], Page], product: Product, provider: str
) -> None:
    know(provider, "ann-1", name="Ann", groups=["brobygger-coordinator"])
    here, elsewhere = desk(), desk()
    go_to_the_provider(here, product, provider)
    be(here, "ann-1")
    expect(here).to_have_url(f"{product.web}/console")
    know(provider, "ann-1", name="Ann", groups=["brobygger-lead"])
    go_to_the_provider(elsewhere, product, provider)
    be(elsewhere, "ann-1")
    expect(here.locator("#banner")).to_contain_text(t("console.session_ended"))
    with here.expect_popup() as opened:
        here.locator("#banner a").click()
    again = opened.value
    again.locator("#elsewhere").click()
    be(again, "ann-1")
    expect(again).to_have_url(f"{product.web}/console")


def test_a_link_in_a_mail_opens_the_page_of_somebody_who_is_signed_in(
    desk: Callable[[], Page], product: Product, provider: str
) -> None:
    """The cookie is strict and is not sent with a step from another site; the page goes on by itself."""
    know(provider, "eva-1", name="Eva", groups=["brobygger-coordinator"])
    page = desk()
    go_to_the_provider(page, product, provider)
    be(page, "eva-1")
    expect(page).to_have_url(f"{product.web}/console")
    page.goto(other_site(product) + "/staff")
    page.evaluate("address => { location.href = address; }", product.web + "/console/hours")
    expect(page).to_have_url(f"{product.web}/console/hours")
    expect(page.locator("header form")).to_contain_text("eva")
