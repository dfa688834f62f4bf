from __future__ import annotations

from pathlib import Path

import pytest

from bot.languages import languages, read_languages

ENTRY = "{name: X, english: X, direction: ltr, script: Latn, fallbacks: [], formats: nb, stage: hidden}"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("no", "nb"),
        ("nb-NO", "nb"),
        ("NN_no", "nn"),
        ("fa", "prs"),
        ("fa-AF", "prs"),
        ("uk-UA", "uk"),
        ("ti-ER", "ti"),
        ("ar-SY", "ar"),
        ("ku", "kmr"),
        ("xx", None),
        ("", None),
    ],
)
def test_what_browsers_send_finds_our_code(tag: str, code: str | None) -> None:
    assert languages().resolve(tag) == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        ("en;q=0.5,ar;q=0.9", "ar"),
        ("xx,ti;q=0.1", "ti"),
        ("en;q=0,nn", "nn"),
        ("en;q=much,nn", "nn"),
        ("", "nb"),
        ("*", "nb"),
        (";;;,,,", "nb"),
    ],
)
def test_the_wish_with_the_highest_quality_wins(header: str, code: str) -> None:
    assert languages().negotiate(header) == code


def test_a_hidden_language_is_never_negotiated() -> None:
    hidden = [entry.code for entry in languages().values() if not entry.is_offered]
    assert all(languages().negotiate(f"{code},en;q=0.1") == "en" for code in hidden)


def test_the_six_languages_are_offered_and_staff_have_three() -> None:
    assert {"nb", "nn", "en", "uk", "ar", "ti"} <= {entry.code for entry in languages().offered()}
    assert [entry.code for entry in languages().staff()] == ["nb", "nn", "en"]


def test_arabic_script_and_no_other_runs_from_right_to_left() -> None:
    for entry in languages().values():
        assert (entry.direction == "rtl") == (entry.script == "Arab"), entry.code


def test_every_language_ends_in_norwegian() -> None:
    for entry in languages().values():
        assert entry.code == "nb" or "nb" in entry.fallbacks


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no: " + ENTRY, "quote the code"),
        ("xx: {name: X}", "has no field"),
        ("xx: " + ENTRY.replace("ltr", "up"), "direction is ltr or rtl"),
        ("xx: " + ENTRY.replace("hidden", "soon"), "stage is one of"),
        ("xx: " + ENTRY.replace("[]", "[yy]"), "unknown fallback 'yy'"),
    ],
)
def test_a_registry_that_cannot_be_used_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "languages.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_languages(path)
