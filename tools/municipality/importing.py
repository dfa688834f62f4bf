"""From a filled-in sheet to knowledge/municipalities/<slug>.yml, with every fault named by its row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import phonenumbers
import yaml

from bot.guidance.articles import ZONES
from bot.guidance.facts import Fact
from bot.guidance.loading import Knowledge
from bot.guidance.municipalities import CONTACT_KINDS, LANGUAGES, LINK_KINDS
from tools.municipality.sheet import Row

YES = ("ja", "x", "yes", "j")
NO = ("nei", "no", "n", "")
SHORT = re.compile(r"1\d{2}|116 ?\d{3}|0\d{4}")
"""Norwegian short numbers: 112, 116 117, 02800."""


@dataclass
class Draft:
    """What a sheet says, and what is wrong with it: ``faults`` are (row, sentence)."""

    values: dict[str, Any] = field(default_factory=dict)
    website: str = ""
    faults: list[tuple[int, str]] = field(default_factory=list)


def slug_of(name: str) -> str:
    """The file name of a municipality: ``Nordre Øyer`` is ``nordre-oyer``."""
    plain = name.casefold().replace("ø", "o").replace("æ", "ae").replace("å", "a").replace("đ", "d").replace("ŋ", "n")
    folded = unicodedata.normalize("NFKD", plain)
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")


def read_draft(rows: list[Row], knowledge: Knowledge, today: date) -> Draft:
    """Check every row; faults are gathered, so that the office is asked once."""
    draft = Draft({"stage": "draft", "language": "nb", "zones": [], "overrides": {}, "contacts": {}, "links": {}})
    draft.values["none"] = []
    readers: dict[str, Callable[[Draft, str, Row, Knowledge, date], None]] = {
        "contact": _contact,
        "link": _link,
        "fact": _fact,
        "zone": _zone,
    }
    seen: set[str] = set()
    for row in rows:
        key = row["nøkkel"]
        kind, _, name = key.partition(":")
        if key in seen:
            draft.faults.append((row.number, f"{key} stands twice."))
        seen.add(key)
        if kind in readers and name:
            readers[kind](draft, name, row, knowledge, today)
        elif key in ("name", "number", "language", "website"):
            _general(draft, key, row)
        else:
            draft.faults.append(
                (row.number, f"the key {key!r} is not known; it must stay as it was in the empty sheet.")
            )
    if "name" not in draft.values:
        draft.faults.append((1, "the name of the municipality is missing."))
    if draft.values["overrides"] and not draft.website:
        draft.faults.append((1, "the website is missing; it is the source of the municipality's own values."))
    return draft


def _general(draft: Draft, key: str, row: Row) -> None:
    value = row["nettadresse"] if key == "website" else row["verdi"]
    if not value:
        draft.faults.append((row.number, f"{key} is empty."))
    elif key == "website":
        draft.website = _address(draft, row)
    elif key == "language" and value not in LANGUAGES:
        draft.faults.append((row.number, f"language is {value!r}; it must be one of {', '.join(LANGUAGES)}."))
    elif key == "number" and not re.fullmatch(r"\d{4}", value):
        draft.faults.append((row.number, f"the number is {value!r}; a municipality has four digits."))
    else:
        draft.values[key] = value


def _is_absent(draft: Draft, name: str, row: Row) -> bool:
    mark = row["finnes ikke"].casefold()
    if mark in NO:
        return False
    if mark not in YES:
        draft.faults.append((row.number, f"'finnes ikke' holds {mark!r}; write x, or leave it empty."))
    draft.values["none"].append(name)
    return True


def _address(draft: Draft, row: Row) -> str:
    address = row["nettadresse"]
    if not re.fullmatch(r"https://[^\s/]+\.[^\s]+", address):
        draft.faults.append((row.number, f"the address {address!r} does not begin with https:// or has a blank."))
    return address


def _day(draft: Draft, row: Row, heading: str, default: date) -> str:
    written = row[heading]
    if not written:
        return default.isoformat()
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        draft.faults.append((row.number, f"{heading!r} is {written!r}; write year-month-day, such as 2026-08-01."))
        return default.isoformat()


def _phone(draft: Draft, row: Row) -> str:
    written = " ".join(row["telefon"].split())
    if SHORT.fullmatch(written):
        return written
    try:
        number = phonenumbers.parse(written, "NO")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        draft.faults.append((row.number, f"{written!r} is no telephone number that can be dialled in Norway."))
        return written
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _contact(draft: Draft, kind: str, row: Row, knowledge: Knowledge, today: date) -> None:
    if kind not in CONTACT_KINDS:
        draft.faults.append((row.number, f"there is no kind of contact {kind!r}."))
        return
    if _is_absent(draft, kind, row):
        return
    name = {code: row[f"navn {heading}"] for code, heading in (("nb", "bokmål"), ("nn", "nynorsk"), ("en", "engelsk"))}
    name = {code: words for code, words in name.items() if words}
    if not name.keys() & {"nb", "nn"}:
        draft.faults.append((row.number, f"contact:{kind} has no Norwegian name."))
        return
    contact: dict[str, Any] = {"name": name}
    if row["telefon"]:
        contact["phone"] = _phone(draft, row)
    if row["nettadresse"]:
        contact["url"] = _address(draft, row)
    if row["åpningstid"]:
        contact["hours"] = row["åpningstid"]
    draft.values["contacts"][kind] = contact


def _link(draft: Draft, kind: str, row: Row, knowledge: Knowledge, today: date) -> None:
    if kind not in LINK_KINDS:
        draft.faults.append((row.number, f"there is no kind of page {kind!r}."))
    elif not _is_absent(draft, kind, row):
        draft.values["links"][kind] = _address(draft, row)
        checked = _day(draft, row, "kontrollert", today)
        draft.values["links_checked"] = min(checked, draft.values.get("links_checked", checked))


def _zone(draft: Draft, zone: str, row: Row, knowledge: Knowledge, today: date) -> None:
    answer = row["verdi"].casefold()
    if zone not in ZONES or answer not in (*YES, *NO) or not answer:
        draft.faults.append((row.number, f"zone:{zone} must be ja or nei."))
    elif answer in YES:
        draft.values["zones"].append(zone)


def _fact(draft: Draft, fact_id: str, row: Row, knowledge: Knowledge, today: date) -> None:
    fact = knowledge.facts.get(fact_id)
    if fact is None or fact.decided_by != "municipality":
        draft.faults.append((row.number, f"{fact_id} is no value that a municipality decides."))
        return
    if _is_absent(draft, fact_id, row):
        return
    if not row["verdi"]:
        draft.faults.append((row.number, f"fact:{fact_id} has no value in 'verdi'."))
        return
    starts = _day(draft, row, "gjelder fra", date(today.year, 1, 1))
    checked = _day(draft, row, "kontrollert", today)
    if checked > today.isoformat():
        draft.faults.append((row.number, f"fact:{fact_id} was checked on {checked}, in the future."))
    value = _value(draft, fact, row)
    draft.values["overrides"][fact_id] = {"last_checked": checked, "values": {starts: {"value": value}}}


def _value(draft: Draft, fact: Fact, row: Row) -> object:
    written = row["verdi"]
    if fact.unit in ("nok", "percent", "number"):
        plain = re.sub(r"[\s\u00a0]|kr\.?|%|,-", "", written).replace(",", ".")
        try:
            number = float(plain)
        except ValueError:
            draft.faults.append((row.number, f"{written!r} is no number (fact:{fact.id})."))
            return written
        return int(number) if number.is_integer() else number
    if fact.unit == "month_day":
        try:
            date.fromisoformat(f"2028-{written}")
        except ValueError:
            draft.faults.append((row.number, f"{written!r} is no month-day such as 03-01 (fact:{fact.id})."))
    return written


def written(draft: Draft, source: str) -> str:
    """The file of the municipality; ``source`` is the key of its website in sources.yml."""
    values = {key: value for key, value in draft.values.items() if value not in ([], {})}
    for override in values.get("overrides", {}).values():
        for period in override["values"].values():
            period["source"] = source
    order = ("name", "stage", "language", "number", "zones", "overrides", "contacts", "links", "links_checked", "none")
    body = {key: values[key] for key in order if key in values}
    head = "# Made from a sheet by `python -m tools municipality import`. Have the municipality confirm every line.\n"
    return head + yaml.dump(body, Dumper=_Quoting, allow_unicode=True, sort_keys=False, width=1000)


class _Quoting(yaml.SafeDumper):
    """Quotes what YAML would read as something else than text: days, numbers with zeros, times of day."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if re.search(r"^[\d+]|[:#]", value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Quoting.add_representer(str, _text)
