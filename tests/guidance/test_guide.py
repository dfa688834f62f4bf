from __future__ import annotations

from datetime import date

import pytest

from bot.guidance.facts import Missing, Value
from bot.guidance.guide import Guide, UnknownTopic
from bot.guidance.reading import KnowledgeError
from bot.texts import text


def payloads(message) -> list[str]:
    return [choice.payload for choice in message.choices]


def test_topics_and_areas_are_those_with_an_article_for_the_audience(guide: Guide) -> None:
    assert guide.topics("parent") == ("barnehage.cost", "barnehage.apply")
    assert guide.topics("staff") == ("barnehage.cost", "staff.grants")
    assert (guide.areas("parent"), guide.areas("staff")) == (("barnehage",), ("barnehage", "staff"))


def test_a_topic_without_an_article_is_unknown(guide: Guide, reader) -> None:
    assert not guide.has_topic("barnehage.later")
    with pytest.raises(UnknownTopic):
        guide.answer("barnehage.later", reader())
    with pytest.raises(UnknownTopic):
        guide.title("no.such", "nb")


def test_a_parent_gets_no_answer_written_for_staff_alone(guide: Guide, reader) -> None:
    with pytest.raises(UnknownTopic):
        guide.answer("staff.grants", reader())


def test_staff_read_the_parents_text_where_there_is_none_of_their_own(guide: Guide, reader) -> None:
    assert guide.answer("barnehage.apply", reader(audience="staff")).topic == "barnehage.apply"


def test_an_article_without_a_norwegian_text_does_not_count(write, reader) -> None:
    guide = Guide.load(write({"articles/barnehage/apply/nb.md": None}))
    assert guide.topics("parent") == ("barnehage.cost",)


def test_an_answer_says_what_holds_on_the_day(guide: Guide, reader) -> None:
    now = guide.answer("barnehage.cost", reader(language="nb"))
    then = guide.answer("barnehage.cost", reader(language="nb", on=date(2027, 1, 1)))
    assert "200" in now.text
    assert "300" in then.text


def test_an_answer_carries_sources_with_law_and_day(guide: Guide, reader) -> None:
    sources = guide.answer("barnehage.cost", reader()).sources
    assert [(s.title, s.law, s.checked) for s in sources] == [
        ("Barnehageloven", "Barnehageloven § 20", "2026-11-01"),
        ("Priser", "", "2026-11-02"),
    ]


def test_a_question_and_its_buttons_stand_before_what_people_ask_next(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader())
    assert payloads(message) == ["situation:reception_centre", "situation:settled", "topic:barnehage.apply", "human"]
    assert message.text.endswith(text("answer.ask_situation", "nb").value) or message.language == "nb"


def test_the_next_question_comes_when_the_first_is_answered(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(situation="settled"))
    assert payloads(message)[:2] == ["age:0", "age:1"]


def test_nothing_is_asked_when_it_cannot_change_the_answer(guide: Guide, reader) -> None:
    in_zone = guide.answer("barnehage.cost", reader(municipality="vik"))
    at_centre = guide.answer("barnehage.cost", reader(situation="reception_centre"))
    assert (in_zone.text, payloads(in_zone)[0]) == ("Plassen er gratis.", "topic:barnehage.apply")
    assert payloads(at_centre)[0] == "topic:barnehage.apply"


def test_the_first_variant_that_holds_wins(guide: Guide, reader) -> None:
    assert guide.answer("barnehage.cost", reader(situation="reception_centre", child_age=0)).text == (
        "På mottak er plassen betalt."
    )
    baby = guide.answer("barnehage.cost", reader(situation="settled", child_age=0))
    assert baby.text.startswith("De minste")


def test_staff_are_asked_nothing(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(audience="staff"))
    assert payloads(message) == ["topic:barnehage.apply", "topic:staff.grants", "human"]


def test_what_else_may_have_been_meant_stands_before_the_related_topics_and_once(guide: Guide, reader) -> None:
    beside = ("staff.grants", "barnehage.apply", "barnehage.cost")
    for_staff = guide.answer("barnehage.cost", reader(audience="staff"), beside=beside)
    assert payloads(for_staff) == ["topic:staff.grants", "topic:barnehage.apply", "human"]
    parent = guide.answer("barnehage.cost", reader(municipality="vik"), beside=beside)
    assert payloads(parent) == ["topic:barnehage.apply", "human"]


def test_a_language_without_the_text_gets_another_as_such(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(language="uk"))
    assert (message.language, message.direction) == ("nb", "ltr")
    assert message.notices[0] == "fallback_language"
    assert "norwegian" not in payloads(message)


def test_a_translation_says_its_state_and_that_it_lags(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(language="ar"))
    assert (message.language, message.direction) == ("ar", "rtl")
    assert message.notices == ("machine_translation", "outdated_translation", "fact_missing")
    assert "norwegian" in payloads(message)
    assert "{" not in message.text


def test_a_translation_without_the_variant_is_not_used_for_it(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(language="ar", situation="settled", child_age=0))
    assert message.language == "nb"
    assert "fallback_language" in message.notices


def test_a_reviewed_text_has_no_notice_of_state(guide: Guide, reader) -> None:
    assert guide.answer("barnehage.apply", reader()).notices == ("unconfirmed",)


def test_the_municipality_stands_in_the_text_with_office_and_number(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(municipality="fjord"))
    assert "Spør Barnehagekontoret (55 00 00 01) i Fjord." in message.text
    assert [number.number for number in message.numbers] == ["55 00 00 01"]
    assert "example_municipality" not in message.notices


def test_without_a_municipality_the_general_words_stand(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader())
    assert f"{text('contact.barnehage-office', 'nb')} i {text('municipality.generic', 'nb')}" in message.text


def test_an_unknown_municipality_is_no_municipality(guide: Guide, reader) -> None:
    assert guide.answer("barnehage.cost", reader(municipality="atlantis")) == guide.answer("barnehage.cost", reader())


def test_an_invented_municipality_says_so_where_its_own_words_are_used(write, reader) -> None:
    example = "name: Vik\nexample: true\n"
    guide = Guide.load(write({"municipalities/vik.yml": example}))
    assert "example_municipality" in guide.answer("barnehage.cost", reader(municipality="vik")).notices
    assert "example_municipality" not in guide.answer("barnehage.apply", reader(municipality="vik")).notices


def test_a_municipality_overrides_what_it_decides(guide: Guide) -> None:
    on = date(2026, 11, 22)
    values = [guide.fact("barnehage.deadline", on, place) for place in (None, "fjord")]
    assert [value.value for value in values if isinstance(value, Value)] == ["03-01", "02-15"]
    assert guide.fact("no.such", on) == Missing("no.such")


def test_a_brief_is_given_in_the_readers_own_language_or_not_at_all(guide: Guide, reader) -> None:
    assert guide.brief("barnehage.cost", reader(language="ar")) == "هناك حد أعلى."
    assert guide.brief("barnehage.cost", reader(language="uk")) is None
    assert guide.brief("barnehage.apply", reader()) is None
    assert guide.brief("no.such", reader()) is None


def test_a_staff_answer_in_a_language_without_staff_text_is_norwegian(guide: Guide, reader) -> None:
    message = guide.answer("barnehage.cost", reader(audience="staff", language="en"))
    assert (message.language, message.notices[0]) == ("nb", "fallback_language")


def test_numbers_for_danger_leave_out_what_is_missing_or_invented(guide: Guide, reader) -> None:
    wanted = ("emergency.ambulance", "contact:legevakt", "emergency.gone")
    numbers = {place: guide.numbers(wanted, reader(municipality=place)) for place in (None, "fjord", "vik")}
    assert [n.number for n in numbers[None]] == ["113"]
    assert [n.number for n in numbers["fjord"]] == ["113", "55 00 00 02"]
    assert [n.number for n in numbers["vik"]] == ["113"]


def test_municipalities_are_listed_by_name(guide: Guide) -> None:
    assert [entry.name for entry in guide.municipalities()] == ["Fjord", "Vik"]


def test_a_condition_is_asked_once(guide: Guide, reader) -> None:
    asking = text("answer.ask_situation", "nb").value
    assert asking in guide.answer("barnehage.cost", reader()).text
    again = guide.answer("barnehage.cost", reader(asked=("situation",)))
    assert asking not in again.text
    assert text("answer.ask_child_age", "nb").value in again.text
    assert not any(
        choice.payload.startswith(("situation:", "age:"))
        for choice in guide.answer("barnehage.cost", reader(asked=("situation", "child_age"))).choices
    )


def test_a_page_of_the_municipality_stands_among_the_sources(write, reader) -> None:
    base = write({})
    head = (base / "articles/barnehage/cost/article.yml").read_text(encoding="utf-8")
    place = (base / "municipalities/fjord.yml").read_text(encoding="utf-8")
    guide = Guide.load(
        write(
            {
                "articles/barnehage/cost/article.yml": head + "links: [barnehage-application]\n",
                "municipalities/fjord.yml": place
                + 'links: {barnehage-application: "https://fjord.example/sok"}\n'
                + 'links_checked: "2026-11-01"\n',
            }
        )
    )
    first = guide.answer("barnehage.cost", reader(municipality="fjord")).sources[0]
    assert (first.title, first.url, first.checked) == (
        "Søk barnehageplass (Fjord)",
        "https://fjord.example/sok",
        "2026-11-01",
    )
    assert all("sok" not in source.url for source in guide.answer("barnehage.cost", reader()).sources)


def test_a_municipality_that_is_a_draft_cannot_be_chosen(write) -> None:
    guide = Guide.load(write({"municipalities/new.yml": "name: New\n"}))
    assert [place.slug for place in guide.municipalities()] == ["fjord", "vik"]


@pytest.mark.parametrize("hours", ["9-15", "09:00-15", "25:00-26:00", "mon 09:00-15:00, tue 10:00-12:00"])
def test_hours_that_cannot_be_read_are_refused(write, hours: str) -> None:
    place = f'name: X\ncontacts:\n  nav: {{name: {{nb: N}}, phone: "1", hours: "{hours}"}}\n'
    with pytest.raises(KnowledgeError, match="cannot be read"):
        Guide.load(write({"municipalities/x.yml": place}))
