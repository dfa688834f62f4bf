"""A small knowledge base of its own, so that no test here depends on what the real one says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.guidance.guide import Guide
from bot.guidance.model import Context

FILES = {
    "topics.yml": """
barnehage:
  cost: {for: both, must: true, asks: "what does it cost"}
  apply: {for: parent, must: true, asks: "how do I apply"}
  later: {for: both, must: true, asks: "has no article"}
staff:
  grants: {for: staff, must: false, asks: "grants"}
""",
    "sources.yml": """
act: {title: Barnehageloven, url: "https://law.example/act", publisher: Lovdata, law: true, checked: "2026-11-01"}
page: {title: Priser, url: "https://page.example/", publisher: Utdanning, law: false, checked: "2026-11-02"}
""",
    "crisis.yml": """
medical: {numbers: [emergency.ambulance, "contact:legevakt"]}
general: {numbers: [emergency.ambulance, emergency.police]}
""",
    "facts/emergency/ambulance.yml": """
description: Ambulance
label: {nb: Ambulanse}
unit: phone
decided_by: state
certainty: A
last_checked: "2026-11-22"
values: {"2000-01-01": {value: "113", source: page}}
""",
    "facts/emergency/police.yml": """
description: Police
label: {nb: Politi}
unit: phone
decided_by: state
certainty: A
last_checked: "2026-11-22"
values: {"2000-01-01": {value: "112", source: page}}
""",
    "facts/barnehage/price.yml": """
description: Price
label: {nb: Makspris, en: Highest price}
unit: nok
decided_by: state
certainty: A
last_checked: "2026-11-22"
values:
  "2025-08-01": {value: 1200, source: page, section: "§ 1"}
  "2027-01-01": {value: 1300, source: page, section: "§ 1"}
""",
    "facts/barnehage/deadline.yml": """
description: Deadline
label: {nb: Frist}
unit: month_day
decided_by: municipality
certainty: C
last_checked: "2026-11-22"
values: {"2020-01-01": {value: "03-01", source: act, section: "§ 20"}}
""",
    "articles/barnehage/cost/article.yml": """
id: barnehage.cost
audience: both
revision: 2
review_by: "2027-01-15"
owner: knowledge
facts: [barnehage.price, barnehage.deadline]
sources: [{source: act, section: "§ 20"}]
asks: [situation, child_age]
variants:
  - {id: zone, when: {zone: [action-zone]}}
  - {id: centre, when: {situation: [reception_centre]}}
  - {id: baby, when: {child_age: {max: 0}}}
related: [barnehage.apply, barnehage.later, staff.grants]
human: a bill that does not match
""",
    "articles/barnehage/cost/nb.md": """---
language: nb
revision: 2
status: draft
---
# Hva koster barnehage?

En plass koster høyst {fact:barnehage.price} i måneden.

Spør {contact:barnehage-office} i {municipality}.

## brief

Prisen har en øvre grense på {fact:barnehage.price}.

## variant zone

Plassen er gratis.

## variant centre

På mottak er plassen betalt.

## variant baby

De minste betaler {fact:barnehage.price}.
""",
    "articles/barnehage/cost/ar.md": """---
language: ar
revision: 1
status: machine
---
# كم تكلفة الروضة؟

التكلفة {fact:barnehage.price} في الشهر. الموعد {fact:barnehage.unknown}.

## brief

هناك حد أعلى.

## variant zone

مجاني.

## variant centre

مدفوع.
""",
    "articles/barnehage/cost/staff.nb.md": """---
language: nb
revision: 2
status: draft
---
# Foreldrebetaling i barnehage

Regelen er en makspris på {fact:barnehage.price} (§ 20). Frist {fact:barnehage.deadline}.
""",
    "articles/barnehage/apply/article.yml": """
id: barnehage.apply
audience: parent
revision: 1
review_by: "2027-01-15"
owner: knowledge
facts: [barnehage.deadline]
sources: [{source: page}]
related: [barnehage.cost]
""",
    "articles/barnehage/apply/nb.md": """---
language: nb
revision: 1
status: reviewed
reviewed: {by: A.B., date: "2026-11-01"}
---
# Hvordan søker jeg om plass?

Frist: {fact:barnehage.deadline}.
""",
    "articles/staff/grants/article.yml": """
id: staff.grants
audience: staff
revision: 1
review_by: "2027-01-15"
owner: knowledge
sources: [{source: page}]
""",
    "articles/staff/grants/staff.nb.md": """---
language: nb
revision: 1
status: draft
---
# Hvilke tilskudd finnes?

Flere.
""",
    "municipalities/fjord.yml": """
name: Fjord
example: false
stage: offered
number: "0301"
zones: [rural]
overrides:
  barnehage.deadline: {last_checked: "2026-11-22", values: {"2026-01-01": {value: "02-15", source: page}}}
contacts:
  barnehage-office: {name: {nb: Barnehagekontoret}, phone: "55 00 00 01"}
  legevakt: {name: {nb: Legevakta i Fjord}, phone: "55 00 00 02"}
""",
    "municipalities/vik.yml": """
name: Vik
example: true
stage: offered
zones: [action-zone]
contacts:
  legevakt: {name: {nb: Legevakta i Vik}, phone: "00 00 00 02"}
""",
}

Write = Callable[[dict[str, str | None]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the small knowledge base with changes; a text of None leaves a file out."""

    def writer(changes: dict[str, str | None]) -> Path:
        for name, content in {**FILES, **changes}.items():
            if content is not None:
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content.lstrip("\n"), encoding="utf-8")
        return tmp_path

    return writer


@pytest.fixture
def guide(write: Write) -> Guide:
    return Guide.load(write({}))


@pytest.fixture
def reader() -> Callable[..., Context]:
    """Make a reader of Bokmål on 22 November 2026, with changes."""

    def make(**changes: object) -> Context:
        return Context(**{"language": "nb", "on": date(2026, 11, 22), **changes})  # type: ignore[arg-type]

    return make
