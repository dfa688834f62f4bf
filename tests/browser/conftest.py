"""One running product, one browser, and as many people as a test needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import PATIENCE, Coordinator, Parent, Pictures, Watch
from tests.running_product import Product, running

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
USUAL = {"locale": "nb-NO", "timezone_id": "Europe/Oslo", "viewport": PHONE, "reduced_motion": "reduce"}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opener = Callable[..., Parent]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("BROBYGGER_TEST_REQUIRE") == "all":
            pytest.fail("there is no chromium on this machine, and BROBYGGER_TEST_REQUIRE=all asks for it")
        pytest.skip("there is no chromium on this machine")
    return found


@pytest.fixture(scope="session")
def product(chromium: str, trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    settings = {"BROBYGGER_CONVERSATIONS_PER_MINUTE": "1000", "BROBYGGER_MESSAGES_PER_MINUTE": "1000"}
    with running(trained_model, tmp_path_factory.mktemp("browsed"), **settings) as started:
        yield started


# Per module: while Playwright runs, its event loop counts as running, and asynchronous tests elsewhere would fail.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def pictures() -> Pictures:
    named = os.environ.get("BROBYGGER_TEST_SCREENSHOTS")
    return Pictures(Path(named) if named else None)


@pytest.fixture
def watch(product: Product) -> Iterator[Watch]:
    """Whatever a test does: no error in the console of the browser, no word to any other host."""
    kept = Watch(product.web)
    yield kept
    assert kept.errors == []
    assert kept.strangers == []


@pytest.fixture
def person(browser: Browser, product: Product, watch: Watch) -> Iterator[Callable[..., tuple[Any, Any]]]:
    """A browser of somebody's own: ``person(viewport=…, java_script_enabled=…)`` gives a page and its context."""
    opened = []

    def make(**how: Any) -> tuple[Any, Any]:
        context = browser.new_context(**(USUAL | how))
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        watch.over(page)
        return page, context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def a_parent(person: Any, product: Product, watch: Watch) -> Opener:
    def make(language: str | None = None, **how: Any) -> Parent:
        page, context = person(**how)
        return Parent(page, context, product, watch).open(language)

    return make


@pytest.fixture
def coordinator(person: Any, product: Product, watch: Watch) -> Coordinator:
    page, context = person(viewport=DESK, locale="en")
    return Coordinator(page, context, product, watch).sign_in()
