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
    assert identifier.identify(text, chosen) == (language, True, None)


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
    assert identifier.identify(text, chosen)[:2] == (chosen, False)


def test_only_allowed_languages_are_answered_in(identifier: LanguageIdentifier) -> None:
    """A language that is known and not to be answered in counts as one that we do not speak."""
    found = identifier.identify("дитячий садок скільки коштує", "nb", ["nb", "nn", "en"])
    assert found == ("nb", False, "uk")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("сколько стоит детский сад в месяц для двоих", "ru"),
        ("скільки коштує садок на місяць для двох", "uk"),
        ("برای طفلم جای در کودکستان چطور پیدا کنم", "prs"),
        ("زما د ماشوم لپاره وړکتون څنګه پیدا کړم", "ps"),
        ("كيف أجد مكان لطفلي في الروضة", "ar"),
        ("immisa ayay ku kacdaa xannaanada bishii laba carruur", "so"),
        ("chekechea ni bei gani kwa mwezi kwa watoto wawili", "sw"),
        ("iki çocuk için kreş ayda ne kadar tutuyor", "tr"),
        ("ji bo du zarokan kreş mehê bi çi qasî ye", "kmr"),
        ("ile kosztuje przedszkole na miesiąc dla dwójki dzieci", "pl"),
        ("ክልተ ቆልዑ ንወርሒ መዋእለ ህጻናት ክንደይ ይኽፈል", "ti"),
        ("kva kostar barnehagen i månaden for to barn hjå dykk", "nn"),
    ],
)
def test_near_languages_are_told_apart_without_a_choice(
    identifier: LanguageIdentifier, text: str, language: str
) -> None:
    assert identifier.identify(text, None).language == language
