from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.guidance.articles import ArticleText, Placeholder, When, parse_markdown, parse_template, read_head
from bot.guidance.reading import KnowledgeError, parse_yaml

ON = date(2026, 11, 22)
HEAD = "---\nlanguage: nb\nrevision: 1\nstatus: draft\n---\n"


def parse(body: str, head: str = HEAD, staff: bool = False) -> ArticleText:
    return parse_markdown(head + body, Path("nb.md"), language="nb", staff=staff, variants=("baby",))


def test_wrapped_lines_are_joined_and_lists_kept() -> None:
    text = parse("# T?\n\nen\nto\n\n- tre\n- fire\n  fem\n\nseks\n")
    assert text.main == ("en to\n\n- tre\n- fire fem\n\nseks",)


def test_sections_are_told_apart() -> None:
    text = parse("# T?\n\nen\n\n## brief\n\nto\n\n## variant baby\n\ntre\n")
    assert (text.title, text.main, text.brief, text.variants) == ("T?", ("en",), ("to",), {"baby": ("tre",)})


def test_placeholders_are_parsed_once() -> None:
    parts = parse_template("a {fact:x.y-z} b {contact:sfo} {municipality}", Path("x"), 1)
    expected = ("a ", Placeholder("fact", "x.y-z"), " b ", Placeholder("contact", "sfo"), " ")
    assert parts == (*expected, Placeholder("municipality"))


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("# T?\n\nen {fakt:x}\n", 8, "a brace that is no placeholder"),
        ("# T?\n\nen\n\nto }\n", 10, "a brace that is no placeholder"),
        ("en\n", 6, "text before the title"),
        ("# T?\n\n# U?\n", 8, "a second heading"),
        ("# T?\n\nen\n\n## variant other\n\nto\n", 10, "is not known"),
        ("# T?\n\nen\n\n### brief\n", 10, "is not known"),
        ("# T?\n\nen\n\n## brief\n\n## brief\n", 12, "stands twice"),
        ("# T?\n\nen\n\n## brief\n", 11, "is empty"),
        ("# T?\n", 7, "is empty"),
        ("\n", 6, "there is no title"),
    ],
)
def test_a_text_of_another_form_is_refused_on_its_line(body: str, line: int, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words) as caught:
        parse(body)
    assert caught.value.line == line


def test_a_staff_text_has_no_brief() -> None:
    with pytest.raises(KnowledgeError, match="is not known"):
        parse("# T?\n\nen\n\n## brief\n\nto\n", staff=True)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("", "does not start with front matter"),
        ("---\nlanguage: uk\nrevision: 1\nstatus: draft\n---\n", "the file's name says 'nb'"),
        ("---\nlanguage: nb\nrevision: 1\nstatus: done\n---\n", "one of: machine, draft, reviewed"),
        ("---\nlanguage: nb\nrevision: 1\nstatus: reviewed\n---\n", "'reviewed' is missing"),
    ],
)
def test_front_matter_must_tell_language_revision_and_state(head: str, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        parse("# T?\n\nen\n", head=head)


@pytest.mark.parametrize(
    ("when", "known", "holds"),
    [
        (When(situations=("settled",)), {"situation": "settled"}, True),
        (When(situations=("settled",)), {}, False),
        (When(zones=("rural",)), {"zones": ("rural", "action-zone")}, True),
        (When(age_max=0), {"child_age": 0}, True),
        (When(age_max=0), {"child_age": 1}, False),
        (When(age_min=6), {"child_age": 5}, False),
        (When(age_min=6), {}, False),
        (When(situations=("settled",), age_min=1, age_max=5), {"situation": "settled", "child_age": 3}, True),
        (When(situations=("settled",), age_min=1, age_max=5), {"child_age": 3}, False),
    ],
)
def test_a_variant_holds_when_every_condition_is_known_to_hold(when: When, known: dict, holds: bool) -> None:
    assert when.holds(**{"situation": None, "zones": (), "child_age": None, "on": ON, **known}) is holds


@pytest.mark.parametrize(
    ("when", "on", "holds"),
    [
        (When(ends=date(2024, 8, 1)), date(2024, 7, 31), True),
        (When(ends=date(2024, 8, 1)), date(2024, 8, 1), False),
        (When(starts=date(2027, 1, 1)), date(2026, 12, 31), False),
        (When(starts=date(2027, 1, 1)), date(2027, 1, 1), True),
        (When(starts=date(2024, 1, 1), ends=date(2025, 1, 1)), date(2024, 6, 1), True),
    ],
)
def test_a_dated_variant_holds_from_its_first_day_until_before_its_last(when: When, on: date, holds: bool) -> None:
    assert when.holds(situation=None, zones=(), child_age=None, on=on) is holds
    assert when.is_dated


def test_a_head_reads_periods_of_acts_keywords_and_terms() -> None:
    head = read_head(
        parse_yaml(
            'id: a.b\naudience: both\nrevision: 1\nreview_by: "2027-01-01"\nsince: "2024-08-01"\n'
            'sources: [{source: old, section: "§ 2-8", until: "2024-08-01"}, {source: new, from: "2024-08-01"}]\n'
            "keywords: {nb: [norsk, morsmål]}\nterms: [tolk]\nlinks: [school-enrolment]\n",
            Path("article.yml"),
        ),
        "a.b",
    )
    assert head.since == date(2024, 8, 1)
    assert [(r.starts, r.ends) for r in head.sources] == [(None, date(2024, 8, 1)), (date(2024, 8, 1), None)]
    assert head.keywords == {"nb": ("norsk", "morsmål")}
    assert (head.terms, head.links) == (("tolk",), ("school-enrolment",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("id: other.topic", "the folder says 'a.b'"),
        ("asks: [income]", "cannot be asked"),
        ("variants: [{id: v, when: {}}]", "has no condition"),
        ("variants: [{id: v, when: {situation: [rich]}}]", "is not known"),
        ("variants: [{id: v, when: {zone: [city]}}]", "is not known"),
        ("variants: [{id: v, when: {zone: [rural]}}, {id: v, when: {zone: [rural]}}]", "stands twice"),
        ("colour: red", "is not known here"),
        ('variants: [{id: v, when: {from: "2025-01-01", until: "2024-01-01"}}]', "is not after"),
        ("variants: [{id: v, when: {from: soon}}]", "quoted day"),
    ],
)
def test_a_head_that_could_never_be_shown_is_refused(change: str, words: str) -> None:
    lines = {"id": "id: a.b", "audience": "audience: parent", "revision": "revision: 1"}
    lines |= {"review_by": 'review_by: "2027-01-01"', change.split(":")[0]: change}
    with pytest.raises(KnowledgeError, match=words):
        read_head(parse_yaml("\n".join(lines.values()), Path("article.yml")), "a.b")
