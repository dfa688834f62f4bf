"""A small repository that every check finds sound; each test breaks one thing in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tools.tree import Tree

ON = date(2026, 11, 22)
TOPIC = "barnehage.cost"
KINDS = ("own_case", "consent", "human", "danger/child", "smalltalk/greet", "out_of_scope", "affirm", "deny")
DETAILS = ("medical", "violence", "child", "self_harm", "abroad", "general")
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
facts: [barnehage.price]
sources: [{source: page}]
asks: [child_age]
variants: [{id: baby, when: {child_age: {max: 0}}}]
""",
    "knowledge/articles/barnehage/cost/nb.md": """---
language: nb
revision: 2
status: draft
---
# Hva koster barnehage?

Plassen koster {fact:barnehage.price} (§ 20).

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
    "bot/data/nlu/nb/barnehage.yml": 'version: "3.1"\nnlu:\n' + examples(f"ask/{TOPIC}", 12, "pris"),
    "bot/data/nlu/nb/dialogue.yml": 'version: "3.1"\nnlu:\n' + "".join(examples(kind, 30, "hei") for kind in KINDS),
    "tests/conversations/nb/barnehage.yml": f"""language: nb
tests:
- label: ask/{TOPIC}
  messages:
  - "hvor dyrt er det"
  - "hva betaler vi i måneden"
  - "er det rimelig med plass"
  - "kostnad for to barn"
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
