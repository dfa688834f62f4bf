"""``python -m tools add-language CODE NAME``: registers a language and lays out what a translator fills in.

No code is written. The language is hidden until it is complete (``python -m tools validate --language CODE``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.languages import read_languages
from tools.tree import STAFF_ONLY

SCRIPTS = ("Latn", "Cyrl", "Arab", "Ethi")
"""Scripts that spelling, transliteration and the check of letters know (docs/how-to/add-a-language.md)."""
RIGHT_TO_LEFT = ("Arab",)
_CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{2,8})*")


class CannotAddError(Exception):
    """The language cannot be added; says why."""


@dataclass(frozen=True)
class Wish:
    """What was asked for; None is taken from what Babel (CLDR) knows of the language."""

    code: str
    name: str
    english: str | None = None
    script: str | None = None
    aliases: tuple[str, ...] = ()
    formats: str | None = None


def registry_line(wish: Wish) -> str:
    """The line of bot/languages.yml. Raises CannotAddError."""
    if not _CODE.fullmatch(wish.code) or wish.code == "no":
        raise CannotAddError(
            f"{wish.code!r} is no code for a language: two or three small letters, such as vi or pt-BR."
        )
    if not wish.name.strip() or any(sign in wish.name for sign in '{}[],:#"\n'):
        raise CannotAddError("The name is what speakers call the language, without signs.")
    known = _babel(wish.code)
    english = wish.english or (known.get_display_name("en") if known else None)
    if not english or any(sign in english for sign in '{}[],:#"\n'):
        raise CannotAddError("Nobody knows its English name here; give one with --english, without signs.")
    script = wish.script or _script(wish.code)
    if script not in SCRIPTS:
        raise CannotAddError(
            f"Its script is {script or 'not known here'}; known are {', '.join(SCRIPTS)} (--script). "
            "Another script needs code first: docs/how-to/add-a-language.md says where."
        )
    formats = wish.formats or (str(known) if known else "en_GB")
    if _babel(formats) is None:
        raise CannotAddError(f"--formats {formats!r}: Babel knows no such locale.")
    wrong = [alias for alias in wish.aliases if not _TAG.fullmatch(alias)]
    if wrong:
        raise CannotAddError(f"{wrong[0]!r} is no tag that a browser would send.")
    direction = "rtl" if script in RIGHT_TO_LEFT else "ltr"
    return (
        f"{wish.code}: {{name: {wish.name}, english: {english}, direction: {direction}, script: {script}, "
        f"aliases: [{', '.join(wish.aliases)}], fallbacks: [en, nb], formats: {formats}, stage: hidden}}\n"
    )


def _babel(code: str) -> Locale | None:
    try:
        return Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def _script(code: str) -> str | None:
    """The script that a language is most often written in (CLDR likely subtags)."""
    likely = get_global("likely_subtags").get(code.partition("-")[0])
    parts = str(likely).split("_") if likely else []
    return next((part for part in parts if len(part) == 4), None)


def locale_skeleton(root: Path, wish: Wish) -> str:
    """The locale file with every text in English and, above it, what it is for."""
    english = yaml.load((root / "bot/locales/en.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["en"]  # noqa: S506 -- texts only
    told = yaml.load((root / "bot/locales/qqq.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["qqq"]  # noqa: S506 -- texts only
    lines = [
        f"# Interface words in {wish.name}. Translate what stands in quotation marks; the validator refuses what is",
        "# still English. Keep %{name} as it is; a per cent sign is %%.",
        f"{wish.code}:",
        *_group(english, told, "", 1),
    ]
    return "\n".join(lines) + "\n"


def _group(texts: dict[str, object], told: dict[str, object], prefix: str, depth: int) -> list[str]:
    lines: list[str] = []
    for name, value in texts.items():
        key = f"{prefix}{name}"
        note = told.get(name, "")
        indent = "  " * depth
        label = f'"{name}"' if name in ("yes", "no", "on", "off") else name
        if isinstance(value, dict):
            inner = _group(value, note if isinstance(note, dict) else {}, f"{key}.", depth + 1)
            lines += [f"{indent}{label}:", *inner] if inner else []
        elif not key.startswith(STAFF_ONLY):
            lines += [f"{indent}# {' '.join(str(note).split())}"] if note else []
            lines.append(f"{indent}{label}: {_quoted(str(value))}")
    return lines


def _quoted(words: str) -> str:
    return str(yaml.safe_dump(words, allow_unicode=True, default_style='"', width=10**9)).strip()


def add_language(root: Path, wish: Wish) -> int:
    """Register the language and write its locale file to fill in; returns 1 and writes nothing when it cannot."""
    registry, locale = root / "bot/languages.yml", root / f"bot/locales/{wish.code}.yml"
    existing = read_languages(registry)
    try:
        line = registry_line(wish)
        if wish.code in existing:
            raise CannotAddError(f"{wish.code} is registered already: {existing[wish.code].name}.")
        if locale.exists():
            raise CannotAddError(f"{locale} exists already.")
        taken = [alias for alias in wish.aliases if existing.resolve(alias) and existing.resolve(alias) != wish.code]
        if taken:
            raise CannotAddError(f"{taken[0]} belongs to {existing.resolve(taken[0])} already.")
    except CannotAddError as reason:
        print(reason)
        return 1
    before = registry.read_text(encoding="utf-8")
    registry.write_text(before + ("" if before.endswith("\n") else "\n") + line, encoding="utf-8")
    try:
        read_languages(registry)
    except ValueError as fault:  # never leave a registry that the product cannot read
        registry.write_text(before, encoding="utf-8")
        print(fault)
        return 1
    locale.write_text(locale_skeleton(root, wish), encoding="utf-8")
    print(f"{wish.name} ({wish.code}) is registered, hidden. Next:")
    print(f"  1. translate {locale.relative_to(root)}")
    print(f"  2. write {wish.code}.md beside every nb.md in knowledge/articles, meanings in knowledge/glossary.yml")
    print(f"  3. write sentences to bot/data/nlu/{wish.code}/ and test messages to tests/conversations/{wish.code}/")
    print(f"  4. python -m tools validate --language {wish.code} names everything that is missing")
    print("docs/how-to/add-a-language.md leads through it.")
    return 0
