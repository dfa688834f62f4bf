"""A parent with a telephone and a coordinator at her desk: what they do in a browser, in words of the product."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from bot.texts import text
from tests.running_product import Product

PATIENCE = 15_000
"""Milliseconds that a page may take on a busy machine."""
expect.set_options(timeout=PATIENCE)

WORDS = {
    "price": {
        "nb": "hva koster barnehage",
        "en": "how much is barnehage",
        "uk": "скільки коштує дитячий садок на місяць?",
        "ar": "كم سعر الروضة بالشهر",
        "ti": "ባርነሃገ ክንደይ ይኽፈል?",
    },
    "letter": {
        "nb": "barnevernet har sendt oss et brev",
        "uk": "барневерн прислав нам листа",
        "ar": "وصلتني رسالة من البارنيفيرن عن ابني",
        "ti": "ካብ ባርነቨርን ደብዳበ መጺኡና",
    },
    "violence": {
        "nb": "mannen min slo meg",
        "en": "my husband hit me yesterday",
        "uk": "чоловік мене вчора побив",
        "ar": "رجع جوزي ضربني تاني",
        "ti": "ሰብኣየይ ደጋጊሙ ሃሪሙኒ",
    },
}
"""What a parent writes about a matter, in her language."""


def words(matter: str, language: str) -> str:
    """A sentence about a matter."""
    return WORDS[matter][language]


@dataclass
class Watch:
    """What went wrong in a browser, and which other hosts it spoke to."""

    own: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    allowed: str | None = None
    """Part of a complaint of the browser that a test brings about itself: a cut line, a refusal."""

    def over(self, page: Page) -> None:
        """Begin to watch a page."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, said: str) -> None:
        if kind in ("error", "warning") and not (self.allowed and self.allowed in said):
            self.errors.append(said)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.own).netloc:
            self.strangers.append(url)


@dataclass
class Pictures:
    """Where screenshots go; nowhere unless a folder was named."""

    folder: Path | None

    def take(self, page: Page, name: str) -> None:
        """Keep a picture of what is in sight."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / f"{name}.png")


@dataclass
class Parent:
    """Somebody who uses the chat."""

    page: Page
    context: BrowserContext
    product: Product
    watch: Watch
    language: str = "nb"

    def t(self, key: str, **values: str) -> str:
        """A text of the interface in her language."""
        return text(key, self.language, **values).value

    def open(self, language: str | None = None) -> Parent:
        """Open the chat; with a language, as its address asks."""
        self.language = language or self.language
        self.page.goto(f"{self.product.web}/?language={language}" if language else self.product.web)
        return self

    def choose_language(self, code: str, name: str) -> None:
        """Press the button that carries the language's own name."""
        self.page.locator("#start").get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator("html")).to_have_attribute("lang", code)
        self.language = code

    @property
    def box(self) -> Locator:
        """Where she writes."""
        return self.page.locator("#text")

    @property
    def said(self) -> Locator:
        """All messages that others wrote."""
        return self.page.locator("#log > li:not(.parent)")

    @property
    def own(self) -> Locator:
        """What she wrote or pressed."""
        return self.page.locator("#log > li.parent")

    @property
    def last(self) -> Locator:
        """The newest message that others wrote."""
        return self.said.last

    def write(self, what: str) -> None:
        """Write and press Enter, without waiting."""
        self.box.fill(what)
        self.box.press("Enter")

    def ask(self, what: str, *, kind: str) -> Locator:
        """Write, and wait for an answer of a kind."""
        before = self.page.locator(f"#log > li.{kind}").count()
        self.write(what)
        answer = self.page.locator(f"#log > li.{kind}").nth(before)
        expect(answer).to_be_visible()
        return answer

    def button(self, payload: str) -> Locator:
        """The newest button whose payload is, or ends with, this."""
        return self.page.locator(f'#log [data-payload$="{payload}"]:not([aria-disabled])').last

    def press(self, payload: str, *, kind: str) -> Locator:
        """Press a button and wait for what it brings."""
        before = self.page.locator(f"#log > li.{kind}").count()
        self.button(payload).click()
        answer = self.page.locator(f"#log > li.{kind}").nth(before)
        expect(answer).to_be_visible()
        return answer

    def until_queued(self, share: str = "contact_only") -> str:
        """From an offer that stands, the shortest way to a case; gives its number."""
        self.press("yes", kind="consent")
        for answer in (f":{share}", ":chat", ":keep", ":no", ":skip"):
            self.press(answer, kind="consent")
        return self.case_number(self.press(":yes", kind="handoff_status"))

    def case_number(self, told: Locator) -> str:
        """The number of her case, from the sentence that tells it."""
        found = re.search(r"K-[A-Z0-9]+", told.inner_text())
        assert found, told.inner_text()
        return found[0]


@dataclass
class Coordinator:
    """Somebody who works in the console."""

    page: Page
    context: BrowserContext
    product: Product
    watch: Watch
    case: str = ""

    def sign_in(self) -> Coordinator:
        """Sign in with the first account, in English."""
        name, password = self.product.account
        self.page.goto(f"{self.product.web}/console/sign-in?language=en")
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.locator("#waiting-cases")).to_be_visible()
        return self

    def row(self, case: str) -> Locator:
        """A case in the queue."""
        return self.page.locator(f'#waiting-cases [data-case="{case}"]')

    def claim(self, case: str) -> None:
        """Take a case from the queue."""
        self.page.goto(f"{self.product.web}/console")
        self.page.locator(f"#claim-{case}").click()
        expect(self.page.locator("#reply")).to_be_visible()
        self.case = case

    def reply(self, what: str) -> None:
        """Write to the parent."""
        self.page.locator("#reply").fill(what)
        self.page.locator("#send").click()
        expect(self.page.locator("#messages")).to_contain_text(what)

    def close(self, outcome: str = "answered") -> None:
        """Close the case."""
        self.page.locator("#outcome").select_option(outcome)
        self.page.locator("#close").click()
        self.page.wait_for_url("**/console")
        self.page.goto(f"{self.product.web}/console?queue=mine")
        expect(self.page.locator(f'#my-cases [data-case="{self.case}"]')).to_have_count(0)
