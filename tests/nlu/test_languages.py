from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.languages import LanguageIdentifier
from bot.nlu.measure import load_archive

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def identifier(trained_model: Path) -> LanguageIdentifier:
    return load_archive(trained_model).identifier


@pytest.mark.parametrize(
    ("text", "chosen", "language"),
    [
        ("дитячий садок скільки коштує", "nb", "uk"),
        ("كم سعر الروضة", "en", "ar"),
        ("መዋእለ ህጻናት ክንደይ ዋግኡ", "uk", "ti"),
        ("how much does kindergarten cost for two children", "uk", "en"),
    ],
)
def test_a_clear_other_language_switches(identifier: LanguageIdentifier, text: str, chosen: str, language: str) -> None:
    assert identifier.identify(text, chosen) == (language, True)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("barnehage", "uk"),
        ("SFO pris", "ar"),
        ("ok", "ti"),
        ("eg vil vite kva barnehage kostar", "nb"),
        ("jeg vil vite hva barnehagen koster i måneden", "nn"),
        ("skilky koshtuye dytyachyy sadok", "uk"),
        ("", "ar"),
        ("123 🙂", "ti"),
        ("你好吗朋友", "uk"),
    ],
)
def test_the_chosen_language_stays(identifier: LanguageIdentifier, text: str, chosen: str) -> None:
    assert identifier.identify(text, chosen) == (chosen, False)


def test_only_allowed_languages_are_answered_in(identifier: LanguageIdentifier) -> None:
    assert identifier.identify("дитячий садок скільки коштує", "nb", ["nb", "nn", "en"]) == ("nb", False)


def test_a_language_that_is_hidden_is_never_chosen(identifier: LanguageIdentifier) -> None:
    language, _ = identifier.identify("сколько стоит детский сад в месяц для двоих", "nb")
    assert language == "uk"
