"""The registry of languages (bot/languages.yml): what exists, how it is written, what stands in for it.

The lowest layer beside ``bot.settings``: everything that handles text needs it, and it imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

REGISTRY_PATH = Path(__file__).with_name("languages.yml")
OTHERS_PATH = Path(__file__).with_name("other_languages.yml")
STAGES = ("offered", "preview", "hidden")


@dataclass(frozen=True)
class Language:
    """One language: ``code`` is BCP 47, ``direction`` is ``ltr`` or ``rtl``, ``script`` is ISO 15924."""

    code: str
    name: str
    english: str
    direction: str
    script: str
    aliases: tuple[str, ...]
    fallbacks: tuple[str, ...]
    formats: str
    stage: str
    staff: bool

    @property
    def is_offered(self) -> bool:
        """Parents may choose it (stage ``offered`` or ``preview``)."""
        return self.stage in ("offered", "preview")


class Languages(Mapping[str, Language]):
    """All languages by code, in the order of the registry."""

    def __init__(self, entries: Mapping[str, Language]) -> None:
        self._entries = dict(entries)
        self._aliases: dict[str, str] = {}
        for code, language in self._entries.items():
            self._aliases[code.lower()] = code
            for alias in language.aliases:
                self._aliases.setdefault(alias.lower(), code)

    def __getitem__(self, code: str) -> Language:
        return self._entries[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def resolve(self, tag: str) -> str | None:
        """Return our code for a BCP 47 tag or alias as a browser or person sends it, or None.

        ``no`` gives ``nb``, ``fa-AF`` gives ``prs``, ``uk-UA`` gives ``uk``.
        """
        wanted = tag.strip().replace("_", "-").lower()
        return self._aliases.get(wanted) or self._aliases.get(wanted.split("-")[0])

    def negotiate(self, accept_language: str, default: str = "nb") -> str:
        """Return the offered language that fits an ``Accept-Language`` header best (RFC 9110, 12.5.4)."""
        wishes: list[tuple[float, int, str]] = []
        for position, part in enumerate(accept_language.split(",")[:20]):
            tag, _, parameter = part.partition(";")
            quality = 1.0
            if parameter.strip().startswith("q="):
                try:
                    quality = float(parameter.strip()[2:])
                except ValueError:
                    continue
            if tag.strip() and quality > 0:
                wishes.append((-quality, position, tag))
        for _, _, tag in sorted(wishes):
            code = self.resolve(tag)
            if code and self._entries[code].is_offered:
                return code
        return default

    def offered(self) -> tuple[Language, ...]:
        """The languages that parents may choose, in the order of the registry."""
        return tuple(language for language in self._entries.values() if language.is_offered)

    def staff(self) -> tuple[Language, ...]:
        """The languages of the staff look-up and of the console."""
        return tuple(language for language in self._entries.values() if language.staff)


def read_languages(path: Path) -> Languages:
    """Read a registry file; raises ValueError with the language and the field that is wrong."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries: dict[str, Language] = {}
    for code, fields in raw.items():
        if not isinstance(code, str):
            raise ValueError(f"{path.name}: {code!r} is not a text; quote the code")
        try:
            entry = Language(
                code=code,
                name=fields["name"],
                english=fields["english"],
                direction=fields["direction"],
                script=fields["script"],
                aliases=tuple(fields.get("aliases", ())),
                fallbacks=tuple(fields["fallbacks"]),
                formats=fields["formats"],
                stage=fields["stage"],
                staff=bool(fields.get("staff", False)),
            )
        except KeyError as missing:
            raise ValueError(f"{path.name}: language {code} has no field {missing}") from None
        if entry.direction not in ("ltr", "rtl"):
            raise ValueError(f"{path.name}: language {code}: direction is ltr or rtl, not {entry.direction!r}")
        if entry.stage not in STAGES:
            raise ValueError(f"{path.name}: language {code}: stage is one of {', '.join(STAGES)}")
        entries[code] = entry
    for code, entry in entries.items():
        unknown = [fallback for fallback in entry.fallbacks if fallback not in entries]
        if unknown:
            raise ValueError(f"{path.name}: language {code}: unknown fallback {unknown[0]!r}")
    return Languages(entries)


@lru_cache(maxsize=1)
def languages() -> Languages:
    """The registry the product runs with, read once."""
    return read_languages(REGISTRY_PATH)


@dataclass(frozen=True)
class OtherLanguage:
    """A language that we recognise and do not speak; ``answer`` says so in it, kindly, and whom to turn to."""

    code: str
    name: str
    english: str
    direction: str
    script: str
    answer: str


def read_other_languages(path: Path) -> dict[str, OtherLanguage]:
    """Read the file of languages that we do not speak; raises ValueError with the language and what is wrong."""
    found = {}
    for code, fields in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        try:
            entry = OtherLanguage(str(code), **{name: str(value) for name, value in fields.items()})
        except TypeError as fault:
            raise ValueError(f"{path.name}: language {code}: {fault}") from None
        if entry.direction not in ("ltr", "rtl"):
            raise ValueError(f"{path.name}: language {code}: direction is ltr or rtl, not {entry.direction!r}")
        found[entry.code] = entry
    return found


@lru_cache(maxsize=1)
def other_languages() -> Mapping[str, OtherLanguage]:
    """The languages that the product recognises and does not speak, read once."""
    return read_other_languages(OTHERS_PATH)
