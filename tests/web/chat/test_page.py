"""What the pages are made of: their weight, what their scripts and sheets may not do, and their words."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.languages import languages
from bot.settings import ROOT
from bot.texts import texts
from bot.web.chat.pages import SCRIPT_TEXTS

WEB = ROOT / "bot" / "web"
STATIC = sorted(path for name in ("chat", "staff", "console") for path in (WEB / name / "static").iterdir())
SCRIPTS = [path for path in STATIC if path.suffix == ".js"]
SHEETS = [path for path in STATIC if path.suffix == ".css"]
TEMPLATES = sorted(path for name in ("chat", "staff", "console") for path in (WEB / name / "templates").iterdir())
FIRST_PAGE = 20_000


def named(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


@pytest.mark.parametrize("language", [language.code for language in languages().offered()])
async def test_the_first_page_is_light_enough_for_a_slow_line(plain: Any, language: str) -> None:
    page = await plain.get(f"/?language={language}")
    parts = [page.content]
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        parts.append((await plain.get(path)).content)
    for path in (WEB / "chat" / "static").glob("*.js"):
        if path.name not in page.text:  # what the script loads itself
            parts.append(path.read_bytes())
    assert sum(len(gzip.compress(part)) for part in parts) < FIRST_PAGE


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_no_script_makes_markup_or_code_from_words(script: Path) -> None:
    forbidden = r"innerHTML|outerHTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|javascript:"
    assert re.findall(forbidden, script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_no_sheet_knows_left_from_right(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    assert re.findall(r"(?<![-\w])(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?\s*:|:\s*(?:left|right)\b", rules) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_no_template_holds_scripts_styles_or_other_hosts(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert re.findall(r"<script(?! type=\"(?:module|application/json)\")", source) == []
    assert re.findall(r"\son\w+=|style=|\|\s*safe\b", source) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", source) == []


def keys_in(source: str) -> set[str]:
    return set(re.findall(r"""\b(?:t|text)\(\s*["']([a-z_]+(?:\.[a-z_-]+)+)["']\s*[,)]""", source)) | set(
        re.findall(r'data-(?:text|label)="([a-z_.-]+)"', source)
    )


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=named)
def test_every_text_that_a_page_asks_for_exists_in_its_languages(path: Path) -> None:
    staff = path.parent.parent.name in ("staff", "console")
    spoken = [language.code for language in languages().offered() if not staff or language.staff]
    asked = keys_in(path.read_text(encoding="utf-8"))
    missing = {(key, code) for key in asked for code in spoken if not texts().has(key, code)}
    assert missing == set()


def test_every_text_that_the_script_asks_for_is_given_to_it() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in (WEB / "chat" / "static").glob("*.js"))
    page = (WEB / "chat" / "templates" / "chat.html").read_text(encoding="utf-8")
    relabelled = set(re.findall(r'data-(?:text|label)="([a-z_.]+)"', page))
    # Keys that the script holds in variables look the same: a quoted name with a dot.
    quoted = set(re.findall(r'"((?:chat|choice)\.[a-z_]+)"', scripts))
    assert (keys_in(scripts) | relabelled | quoted) - set(SCRIPT_TEXTS) == set()


def test_every_notice_that_a_parent_may_get_is_given_to_the_script() -> None:
    """Without its words the script would leave a notice out."""
    english = yaml.load((ROOT / "bot/locales/en.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["en"]
    notices = {f"notice.{code}" for code in english["notice"]}
    assert notices == {key for key in SCRIPT_TEXTS if key.startswith("notice.")}


def test_every_text_given_to_the_script_is_used() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in (WEB / "chat" / "static").glob("*.js"))
    page = (WEB / "chat" / "templates" / "chat.html").read_text(encoding="utf-8")
    plain_keys = {key for key in SCRIPT_TEXTS if key.startswith(("chat.", "choice."))}
    assert {key for key in plain_keys if f'"{key}"' not in scripts and f'"{key}"' not in page} == set()
