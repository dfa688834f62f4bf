"""A small repository that every check finds sound; each test breaks one thing in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.guidance.municipalities import CONTACT_KINDS, LINK_KINDS
from tools.checks.crisis_numbers import DETAILS
from tools.tree import Tree

ON = date(2026, 11, 22)
TOPIC = "barnehage.cost"
DANGERS = tuple(f"danger/{detail}" for detail in DETAILS if detail not in ("general", "child_moved"))
KINDS = ("own_case", "consent", "human", *DANGERS, "smalltalk/greet", "refer/again", "out_of_scope", "affirm", "deny")

NUMBERS = "numbers: [emergency.police]"
WORDS = ("sol", "regn", "vind", "hav", "fjell", "skog")


def examples(label: str, number: int, sound: str) -> str:
    rows = "\n".join(f"    - {sound} {WORDS[n % 6] * (n // 6 + 1)} {label.replace('/', ' ')}" for n in range(number))
    return f"- intent: {label}\n  metadata: {{language: nb}}\n  examples: |\n{rows}\n"


def locale(code: str, texts: dict[str, str]) -> str:
    groups: dict[str, dict[str, str]] = {}
    for key, value in texts.items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = value
    lines = [f"{code}:"]
    for group, members in groups.items():
        lines += [f"  {group}:", *(f'    "{name}": "{value}"' for name, value in members.items())]
    return "\n".join(lines) + "\n"


TEXTS = {
    **{f"crisis.{detail}": f"{detail} now" for detail in DETAILS},
    "number.police": "Police",
    "a.hello": "Hello %{name}",
}

FILES = {
    "knowledge/topics.yml": 'barnehage:\n  cost: {for: both, must: true, asks: "price"}\n',
    "knowledge/sources.yml": (
        'page: {title: P, url: "https://p.example/", publisher: P, law: false, checked: "2026-11-01"}\n'
    ),
    "knowledge/glossary.yml": "plass: {nb: En fast avtale om barnehage.}\n",
    "knowledge/sections.yml": (
        'page: [{old: "§ 12", source: page, section: "§ 16", since: "2021-01-01", topics: [barnehage.cost]}]\n'
    ),
    "knowledge/style.yml": """rules:
- id: no-verdict
  areas: [barnehage]
  audience: both
  why: It promises.
  instead: Say what is known.
  words: {nb: ["garanter*", "helt trygt"]}
""",
    "knowledge/municipalities/vik.yml": """name: Vik
example: true
stage: offered
number: "9999"
overrides:
  barnehage.deadline: {last_checked: "2026-11-22", values: {"2026-01-01": {value: "03-01", source: page}}}
contacts:
"""
    + "".join(
        f'  {kind}: {{name: {{nb: Kontor}}, phone: "00 00 00 01", hours: "09:00-15:00"}}\n' for kind in CONTACT_KINDS
    )
    + "links:\n"
    + "".join(f'  {kind}: "https://vik.example/"\n' for kind in LINK_KINDS)
    + 'links_checked: "2026-11-01"\n',
    "knowledge/facts/barnehage/deadline.yml": """description: Deadline
label: {nb: Frist}
unit: month_day
decided_by: municipality
certainty: A
last_checked: "2026-11-22"
values: {"2021-01-01": null}
""",
    "knowledge/crisis.yml": "".join(f"{detail}: {{{NUMBERS}}}\n" for detail in DETAILS),
    "knowledge/facts/emergency/police.yml": """description: Police
label: {nb: Politi}
unit: phone
decided_by: state
certainty: A
last_checked: "2026-11-22"
values: {"2000-01-01": {value: "112", source: page}}
""",
    "knowledge/facts/barnehage/price.yml": """description: Price
label: {nb: Pris}
unit: nok
decided_by: state
certainty: A
last_checked: "2026-11-22"
values:
  "2025-08-01": {value: 1200, source: page}
  "2027-08-01": {value: 1300, source: page}
""",
    "knowledge/articles/barnehage/cost/article.yml": """id: barnehage.cost
audience: both
revision: 2
review_by: "2027-01-15"
owner: knowledge
facts: [barnehage.price, barnehage.deadline]
sources: [{source: page}]
keywords: {nb: [pris, foreldrebetaling, makspris]}
terms: [plass]
asks: [child_age]
variants: [{id: baby, when: {child_age: {max: 0}}}]
""",
    "knowledge/articles/barnehage/cost/nb.md": """---
language: nb
revision: 2
status: draft
---
# Hva koster barnehage?

Plassen koster {fact:barnehage.price} (§ 20). Frist er {fact:barnehage.deadline}.

- Søk tidlig.

## brief

Prisen har et tak.

## variant baby

De minste er gratis.
""",
    "knowledge/articles/barnehage/cost/staff.nb.md": """---
language: nb
revision: 2
status: draft
---
# Foreldrebetaling

Regelen står i §§ 4 og 5.
""",
    "bot/locales/en.yml": locale("en", TEXTS),
    "bot/locales/nb.yml": locale("nb", {key: value.replace("now", "nå") for key, value in TEXTS.items()}),
    "bot/locales/qqq.yml": locale("qqq", dict.fromkeys(TEXTS, "A text.")),
    "bot/data/nlu/nb/barnehage.yml": 'version: "3.1"\nnlu:\n' + examples(f"ask/{TOPIC}", 20, "pris"),
    "bot/data/nlu/nb/dialogue.yml": 'version: "3.1"\nnlu:\n' + "".join(examples(kind, 40, "hei") for kind in KINDS),
    "tests/conversations/nb/barnehage.yml": f"""language: nb
tests:
- label: ask/{TOPIC}
  messages:
  - "hvor dyrt er det"
  - "hva betaler vi i måneden"
  - "er det rimelig med plass"
  - "kostnad for to barn"
  - "blir det dyrere neste år"
  - "har dere en prisliste"
- {{label: not_danger, messages: ["hvem slår gresset"]}}
conversations:
- name: asks
  turns:
  - {{user: "ja", expect: {{kind: clarify}}}}
""",
}

Break = Callable[..., Tree]


@pytest.fixture
def broken(tmp_path: Path) -> Break:
    """Build the sound repository with changes: a path with its new content, or (old, new), or None to leave it out."""

    def build(changes: dict[str, str | tuple[str, str] | None], on: date = ON) -> Tree:
        for name in {**FILES, **changes}:
            content: str | tuple[str, str] | None = changes.get(name, FILES.get(name))
            if isinstance(content, tuple):
                assert content[0] in FILES[name], f"{name} does not hold {content[0]!r}"
                content = FILES[name].replace(*content)
            if content is not None:
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
        return Tree(tmp_path, on, ("nb",))

    return build
