from __future__ import annotations

from datetime import date

import pytest

from bot.guidance.articles import Placeholder
from bot.guidance.facts import Missing, Value
from bot.guidance.municipalities import Contact
from bot.guidance.rendering import contact_phrase, format_value, formats, render
from bot.languages import languages
from bot.texts import text


def value(shown, unit: str) -> Value:
    return Value("a.b", shown, unit, date(2026, 1, 1), "s", "", date(2026, 1, 1), ())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("shown", "unit"),
    [
        (1200, "nok"),
        (6.5, "percent"),
        (3, "number"),
        ("2026-08-01", "date"),
        ("08-31", "month_day"),
        ("116 117", "phone"),
    ],
)
def test_every_language_writes_every_unit_with_western_digits(language: str, shown, unit: str) -> None:
    written = format_value(value(shown, unit), language)
    digits = {character for character in written if character.isdigit()}
    assert digits
    assert digits <= set("0123456789")


def test_a_month_and_day_has_no_year() -> None:
    assert format_value(value("08-31", "month_day"), "en") == "31 August"
    assert "2028" not in format_value(value("02-29", "month_day"), "uk")


def test_a_telephone_number_is_written_as_it_is_dialled() -> None:
    assert format_value(value("116 117", "phone"), "ar") == "116 117"


def test_a_text_by_language_falls_back_along_the_registry() -> None:
    words = value({"nb": "mandag", "en": "Monday"}, "text")
    assert [format_value(words, code) for code in ("nb", "uk", "nn")] == ["mandag", "Monday", "mandag"]


def test_a_language_without_formats_takes_those_of_its_fallback() -> None:
    for code in languages():
        assert formats(code).language


def test_a_missing_fact_is_said_to_be_missing() -> None:
    done = render(("Pris: ", Placeholder("fact", "a.b")), "en", Missing, None)
    assert done.text == f"Pris: {text('answer.missing_fact', 'en').value}"
    assert done.notices == ["fact_missing"]


def test_left_to_right_values_are_isolated_in_right_to_left_text() -> None:
    done = render(("رقم ", Placeholder("fact", "a.b")), "ar", lambda _: value("116 117", "phone"), None)
    assert done.text == "رقم \u2068116 117\u2069"


def test_nothing_is_isolated_in_left_to_right_text() -> None:
    done = render((Placeholder("fact", "a.b"),), "nb", lambda _: value("116 117", "phone"), None)
    assert done.text == "116 117"


def test_an_office_without_a_municipality_is_the_general_phrase() -> None:
    assert contact_phrase("sfo", None, "en") == text("contact.sfo", "en").value


def test_an_office_keeps_its_norwegian_name_beside_the_phrase_of_another_language() -> None:
    contact = Contact("sfo", {"nb": "SFO Vik"}, "55 00 00 01", "", "")
    assert contact_phrase("sfo", contact, "nb") == "SFO Vik (55 00 00 01)"
    phrase = contact_phrase("sfo", contact, "uk")
    assert phrase == f"{text('contact.sfo', 'uk').value} (SFO Vik, 55 00 00 01)"
