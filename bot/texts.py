"""Texts of the interface (bot/locales/<language>.yml); the only importer of python-i18n.

The library keeps a locale for the whole process, reads files again for every missing key and shows the key when
a text is missing. None of that may reach a reader: files are read once here, the language is passed with every
call, and whatever is missing raises ``TextError``. After loading only texts without values are kept, each the same
whoever finds it first, so threads may share it.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

import i18n
import yaml
from i18n import resource_loader, translations

from bot.languages import Languages, languages

LOCALES_PATH = Path(__file__).with_name("locales")
RESERVED = ("locale", "default", "count")
"""Value names that python-i18n gives a meaning of its own."""

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
_ISOLATES = "\u2066\u2067\u2068"

i18n.set("error_on_missing_translation", True)
i18n.set("error_on_missing_placeholder", True)
i18n.set("enable_memoization", True)
i18n.set("load_path", [])

_serial = count()
_lock = threading.Lock()


class TextError(LookupError):
    """A text cannot be given: unknown key, or a value for a placeholder is missing."""


@dataclass(frozen=True)
class Text:
    """A text with the language it really is in; ``is_fallback`` when that is not the language asked for."""

    value: str
    language: str
    direction: str
    is_fallback: bool

    def __str__(self) -> str:
        return self.value


def is_right_to_left(value: str) -> bool:
    """Tell whether the first letter outside isolates is written from right to left."""
    depth = 0
    for character in value:
        if character in _ISOLATES:
            depth += 1
        elif character == POP_ISOLATE:
            depth = max(0, depth - 1)
        elif depth == 0:
            kind = unicodedata.bidirectional(character)
            if kind in ("R", "AL"):
                return True
            if kind == "L":
                return False
    return False


def direction_of(value: str) -> str:
    """The direction of what somebody typed: ``rtl`` when a third of the letters or more are written so.

    The first letter says little: a message in Arabic often begins with a Norwegian word.
    """
    kinds = [unicodedata.bidirectional(character) for character in value]
    right, left = sum(kind in ("R", "AL") for kind in kinds), kinds.count("L")
    return "rtl" if right and right * 2 >= left else "ltr"


def isolate(value: str, direction: str) -> str:
    """Wrap ``value`` in U+2068…U+2069 when it is not itself right-to-left but its surroundings are."""
    if direction != "rtl" or not value or is_right_to_left(value):
        return value
    return f"{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}"


class Texts:
    """The locale files of one folder, with the fallbacks of one registry."""

    def __init__(self, folder: Path, registry: Languages) -> None:
        self._registry = registry
        self._chains: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, str], Text] = {}  # a page of the console asks for the same few hundreds of times
        # python-i18n has one store per process; a name of our own per folder keeps two folders apart.
        with _lock:
            self._prefix = f"{next(_serial)}:"
            for code in registry:
                path = folder / f"{code}.yml"
                if path.exists():
                    self._read(path, code)
        for code, language in registry.items():
            self._chains[code] = tuple(dict.fromkeys((code, *language.fallbacks, "en", "nb")))

    def _read(self, path: Path, code: str) -> None:
        # The base loader reads every scalar as text, so that the key `yes` does not become True.
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
        if not isinstance(raw, Mapping) or list(raw) != [code] or not isinstance(raw[code], Mapping):
            raise TextError(f"{path}: the file must hold one mapping named {code}.")
        resource_loader.load_translation_dic(raw[code], "", self._prefix + code)

    def has(self, key: str, language: str) -> bool:
        """Tell whether ``language`` itself has the text."""
        return bool(translations.has(key, self._prefix + language))

    def first_language(self, keys: Iterable[str], language: str) -> str:
        """Return the first language along the fallbacks that has every one of ``keys``, else ``language``."""
        wanted = tuple(keys)
        for code in self._chain(language):
            if all(self.has(key, code) for key in wanted):
                return code
        return language

    def text(self, key: str, language: str, **values: object) -> Text:
        """Return the text for ``key`` in ``language`` or the first of its fallbacks that has it.

        Raises TextError for a key that no language of the chain has, for an unknown language and for a
        placeholder without value.
        """
        if values:
            return self._read_text(key, language, values)
        found = self._found.get((key, language))
        if found is None:
            found = self._found[key, language] = self._read_text(key, language, values)
        return found

    def _read_text(self, key: str, language: str, values: Mapping[str, object]) -> Text:
        for name in RESERVED:
            if name in values:
                raise TextError(f"{key}: a value cannot be named {name!r}; python-i18n uses that name itself.")
        for code in self._chain(language):
            if not self.has(key, code):
                continue
            direction = self._registry[code].direction
            shown = {name: isolate(str(value), direction) for name, value in values.items()}
            try:
                value = i18n.t(key, locale=self._prefix + code, **shown)
            except KeyError as missing:
                raise TextError(f"{key} in {code}: no value for the placeholder {missing}.") from None
            except ValueError as wrong:
                raise TextError(f"{key} in {code}: {wrong}; a bare per cent sign is written %%.") from None
            return Text(str(value), code, direction, code != language)
        raise TextError(f"{key}: no such text in {', '.join(self._chain(language))}.")

    def _chain(self, language: str) -> tuple[str, ...]:
        try:
            return self._chains[language]
        except KeyError:
            raise TextError(f"{language!r} is not in the registry of languages.") from None


@lru_cache(maxsize=1)
def texts() -> Texts:
    """The texts that the product runs with, read once."""
    return Texts(LOCALES_PATH, languages())


def preload() -> None:
    """Read all locale files now, so that no reader waits for them."""
    texts()


def text(key: str, language: str, **values: object) -> Text:
    """Return a text of the product; see ``Texts.text``."""
    return texts().text(key, language, **values)
