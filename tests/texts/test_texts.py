from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import i18n
import pytest

from bot.languages import languages
from bot.texts import TextError, Texts, is_right_to_left, isolate, preload, text

NB = 'nb:\n  a:\n    hello: "Hei %{name}"\n    only: "Bare norsk"\n    yes: "Ja"\n'
EN = 'en:\n  a:\n    hello: "Hello %{name}"\n    deep: {er: "100 %%"}\n    broken: "100 % sure"\n'
AR = 'ar:\n  a:\n    hello: "مرحبا %{name}"\n'


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    for code, content in (("nb", NB), ("en", EN), ("ar", AR)):
        (tmp_path / f"{code}.yml").write_text(content, encoding="utf-8")
    return Texts(tmp_path, languages())


def test_a_text_is_given_in_its_language(texts: Texts) -> None:
    found = texts.text("a.hello", "nb", name="Amina")
    assert (found.value, found.language, found.direction, found.is_fallback) == ("Hei Amina", "nb", "ltr", False)
    assert str(found) == "Hei Amina"


def test_a_missing_text_comes_from_the_first_fallback_that_has_it_and_says_so(texts: Texts) -> None:
    hello, only = texts.text("a.hello", "uk", name="A"), texts.text("a.only", "ar")
    assert (hello.language, hello.is_fallback) == ("en", True)
    assert (only.language, only.direction, only.is_fallback) == ("nb", "ltr", True)


@pytest.mark.parametrize(
    ("key", "language", "words"),
    [
        ("a.gone", "nb", "no such text"),
        ("a", "nb", "no such text"),
        ("hello", "nb", "no such text"),
        ("a.hello", "xx", "not in the registry"),
        ("a.hello", "nb", "no value for the placeholder 'name'"),
        ("a.broken", "en", "bare per cent sign"),
    ],
)
def test_what_cannot_be_said_raises(texts: Texts, key: str, language: str, words: str) -> None:
    with pytest.raises(TextError, match=words):
        texts.text(key, language)


@pytest.mark.parametrize("name", ["count", "default", "locale"])
def test_names_that_the_library_keeps_for_itself_are_refused(texts: Texts, name: str) -> None:
    with pytest.raises(TextError, match="cannot be named"):
        texts.text("a.hello", "nb", **{name: 1})


def test_a_doubled_per_cent_sign_is_shown_once(texts: Texts) -> None:
    assert texts.text("a.deep.er", "en").value == "100 %"


def test_a_key_that_yaml_would_read_as_true_is_a_text(texts: Texts) -> None:
    assert texts.text("a.yes", "nb").value == "Ja"


def test_left_to_right_values_are_isolated_in_right_to_left_texts_only(texts: Texts) -> None:
    assert texts.text("a.hello", "ar", name="K-204").value == "مرحبا \u2068K-204\u2069"
    assert texts.text("a.hello", "ar", name=113).value == "مرحبا \u2068113\u2069"
    assert texts.text("a.hello", "ar", name="أمينة").value == "مرحبا أمينة"
    assert texts.text("a.hello", "nb", name="K-204").value == "Hei K-204"


def test_a_text_can_hold_what_looks_like_a_placeholder_in_a_value(texts: Texts) -> None:
    assert texts.text("a.hello", "nb", name="%{x} %").value == "Hei %{x} %"


def test_two_folders_do_not_see_each_other(texts: Texts, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "nb.yml").write_text('nb: {a: {hello: "Hallo"}}', encoding="utf-8")
    assert Texts(other, languages()).text("a.hello", "nb").value == "Hallo"
    assert texts.text("a.hello", "nb", name="A").value == "Hei A"


@pytest.mark.parametrize("content", ["uk:\n  a: {b: c}\n", "nb: x\n", "- a\n", ""])
def test_a_file_whose_root_is_not_its_name_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "nb.yml").write_text(content, encoding="utf-8")
    with pytest.raises(TextError, match="one mapping named nb"):
        Texts(tmp_path, languages())


def test_several_texts_are_put_together_in_the_first_language_that_has_them_all(texts: Texts) -> None:
    assert texts.first_language(("a.hello",), "ar") == "ar"
    assert texts.first_language(("a.hello", "a.only"), "ar") == "nb"
    assert texts.first_language(("a.gone",), "ar") == "ar"


def test_threads_with_different_languages_do_not_mix(texts: Texts) -> None:
    def say(number: int) -> bool:
        code = ("nb", "en", "ar")[number % 3]
        return texts.text("a.hello", code, name="A").language == code

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(say, range(600)))


def test_no_locale_is_kept_for_the_process(texts: Texts) -> None:
    before = i18n.get("locale")
    texts.text("a.hello", "ar", name="A")
    assert i18n.get("locale") == before


def test_no_file_is_read_after_preloading(tmp_path: Path) -> None:
    (tmp_path / "nb.yml").write_text(NB, encoding="utf-8")
    texts = Texts(tmp_path, languages())
    (tmp_path / "nb.yml").unlink()
    assert texts.text("a.only", "nb").value == "Bare norsk"
    with pytest.raises(TextError):
        texts.text("a.gone", "nb")


def test_the_texts_of_the_product_can_be_read() -> None:
    preload()
    assert text("choice.yes", "en").value


@pytest.mark.parametrize(
    ("value", "is_rtl"),
    [("abc", False), ("سلام", True), ("123 سلام", True), ("123", False), ("", False), ("\u2068abc\u2069 سلام", True)],
)
def test_the_first_letter_outside_isolates_gives_the_direction(value: str, is_rtl: bool) -> None:
    assert is_right_to_left(value) is is_rtl


def test_an_empty_value_is_not_isolated() -> None:
    assert isolate("", "rtl") == ""
