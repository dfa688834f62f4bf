"""How a rule was and will be, for staff who ask about another day."""

from __future__ import annotations

from datetime import date

from bot.guidance.guide import Guide
from bot.guidance.history import histories

HEAD = "articles/barnehage/cost/article.yml"
OLD = """
id: barnehage.cost
audience: both
revision: 2
since: "2025-01-01"
review_by: "2027-01-15"
facts: [barnehage.price, barnehage.deadline]
sources:
  - {source: act, section: "§ 12 a", until: "2025-01-01"}
  - {source: act, section: "§ 20", from: "2025-01-01"}
variants:
  - {id: before, when: {until: "2024-01-01"}}
  - {id: zone, when: {zone: [action-zone]}}
  - {id: centre, when: {situation: [reception_centre]}}
  - {id: baby, when: {child_age: {max: 0}}}
terms: [barnehage, nemnd]
"""
STAFF = """---
language: nb
revision: 2
status: draft
---
# Foreldrebetaling i barnehage

Regelen er en makspris på {fact:barnehage.price} (§ 20). Frist {fact:barnehage.deadline}.

## variant before

Før sto regelen i en annen paragraf.
"""


def test_an_answer_for_another_day_names_the_value_and_the_law_that_held(guide: Guide, reader) -> None:
    then = reader(audience="staff", on=date(2026, 3, 1), asked_day=True)
    text = guide.answer("barnehage.cost", then).text
    assert "Dette gjelder 1. mars 2026:" in text
    assert "- Makspris: 1\u00a0200\u00a0kroner (Priser § 1, fra 1. august 2025)" in text
    later = reader(audience="staff", on=date(2027, 3, 1), asked_day=True)
    assert "1\u00a0300\u00a0kroner" in guide.answer("barnehage.cost", later).text
    before = reader(audience="staff", on=date(2024, 3, 1), asked_day=True)
    assert "- Makspris: ingen verdi før 1. august 2025" in guide.answer("barnehage.cost", before).text


def test_parents_and_staff_who_name_no_day_get_no_list(guide: Guide, reader) -> None:
    assert "Dette gjelder" not in guide.answer("barnehage.cost", reader(audience="staff")).text
    assert "Dette gjelder" not in guide.answer("barnehage.cost", reader(asked_day=True)).text


def test_the_act_that_held_on_the_day_is_the_source(write, reader) -> None:
    guide = Guide.load(write({HEAD: OLD, "articles/barnehage/cost/staff.nb.md": STAFF}))
    laws = [s.law for s in guide.answer("barnehage.cost", reader(on=date(2024, 6, 1))).sources if s.law]
    assert "Barnehageloven § 12 a" in laws
    assert "Barnehageloven § 20" not in laws
    assert "Barnehageloven § 20" in [s.law for s in guide.answer("barnehage.cost", reader()).sources]


def test_a_text_that_is_newer_than_the_day_says_so_unless_the_old_rule_is_written_down(write, reader) -> None:
    guide = Guide.load(write({HEAD: OLD, "articles/barnehage/cost/staff.nb.md": STAFF}))
    assert "newer_rule" in guide.answer("barnehage.cost", reader(audience="staff", on=date(2024, 6, 1))).notices
    old = guide.answer("barnehage.cost", reader(audience="staff", on=date(2023, 6, 1)))
    assert old.text.startswith("Før sto regelen")
    assert "newer_rule" not in old.notices
    assert "newer_rule" not in guide.answer("barnehage.cost", reader(audience="staff")).notices


def test_a_dated_variant_that_parents_have_no_text_for_leaves_them_the_main_text(write, reader) -> None:
    guide = Guide.load(write({HEAD: OLD, "articles/barnehage/cost/staff.nb.md": STAFF}))
    assert guide.answer("barnehage.cost", reader(on=date(2023, 6, 1))).text.startswith("En plass koster")


def test_the_history_lists_every_period_with_its_end_and_law(guide: Guide, reader) -> None:
    price, deadline = histories(guide, "barnehage.cost", reader(audience="staff"))
    assert [(s.starts, s.until, s.shown, s.law) for s in price.stretches] == [
        (date(2025, 8, 1), date(2027, 1, 1), "1\u00a0200\u00a0kroner", "Priser § 1"),
        (date(2027, 1, 1), None, "1\u00a0300\u00a0kroner", "Priser § 1"),
    ]
    assert not deadline.is_local
    assert histories(guide, "no.topic", reader()) == ()


def test_the_history_shows_the_municipality_its_own_values(guide: Guide, reader) -> None:
    _, deadline = histories(guide, "barnehage.cost", reader(audience="staff", municipality="fjord"))
    assert deadline.is_local
    assert deadline.stretches[0].shown == "15. februar"


def test_an_expected_change_and_an_end_have_no_value(write, reader) -> None:
    fact = (
        'description: x\nlabel: {nb: x}\nunit: nok\ndecided_by: state\ncertainty: A\nlast_checked: "2026-11-22"\n'
        'values: {"2025-01-01": {value: 1, source: act}, "2026-01-01": null, "2027-01-01": expected}\n'
    )
    guide = Guide.load(write({"facts/barnehage/price.yml": fact}))
    states = [s.state for s in histories(guide, "barnehage.cost", reader())[0].stretches]
    assert states == ["value", "ended", "expected"]
