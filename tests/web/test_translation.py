"""The machine that translates, over HTTP against a stand-in of its documented interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import read_settings
from bot.web.translation import LibreTranslate, TranslationAway, UnknownPair, make_translator
from tests.web.libretranslate import LibreTranslateStandIn


@pytest.fixture
def machine() -> Iterator[LibreTranslateStandIn]:
    started = LibreTranslateStandIn()
    yield started
    started.stop()


def test_a_text_is_translated_by_the_documented_calls(machine: LibreTranslateStandIn) -> None:
    translator = LibreTranslate(machine.url, "a key")
    assert translator.known() is None
    assert translator.translate("Hei <b>", source="nb", target="uk") == "[nb>uk] Hei <b>"
    assert machine.asked == [{"q": "Hei <b>", "source": "nb", "target": "uk", "format": "text", "api_key": "a key"}]
    known = translator.known()
    assert known is not None
    assert ("nb", "uk") in known
    assert ("nb", "nb") not in known


@pytest.mark.parametrize("language", ["kmr", "ti", "prs", "so"])
def test_a_language_that_the_machine_does_not_have_is_not_replaced_by_another(
    machine: LibreTranslateStandIn, language: str
) -> None:
    with pytest.raises(UnknownPair):
        LibreTranslate(machine.url).translate("Hei", source="nb", target=language)
    assert machine.asked == []


@pytest.mark.parametrize(("fault", "reason"), [("500", "http_500"), ("key", "http_403"), ("words", "unreadable")])
def test_a_fault_is_a_code_and_never_a_word(machine: LibreTranslateStandIn, fault: str, reason: str) -> None:
    machine.fault = fault
    with pytest.raises(TranslationAway) as caught:
        LibreTranslate(machine.url).translate("hemmelig", source="nb", target="uk")
    assert (caught.value.reason, str(caught.value)) == (reason, reason)


def test_a_machine_that_is_down_is_away(machine: LibreTranslateStandIn) -> None:
    machine.stop()
    with pytest.raises(TranslationAway):
        LibreTranslate(machine.url).pairs()


def test_without_an_address_there_is_no_machine() -> None:
    base = {"BROBYGGER_SECRET": "s" * 40}
    assert make_translator(read_settings(base)) is None
    assert make_translator(read_settings(base | {"BROBYGGER_TRANSLATE_URL": "http://127.0.0.1:5000"})) is not None
