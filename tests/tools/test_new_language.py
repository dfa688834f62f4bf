"""A language is added by a command and a folder of texts, and no code: an invented one goes the whole way.

Its words are Bokmål with other letters, so that it is a complete language nobody has ever spoken.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.languages import read_languages
from tools.__main__ import ROOT, main
from tools.new_language import CannotAddError, Wish, registry_line

CODE = "qaa"  # BCP 47: for private use
PLACES = re.compile(r"%?\{[^{}]*\}|%%")
LETTERS = str.maketrans("aeiouyæøåbdfgklmnprstvAEIOUYÆØÅBDFGKLMNPRSTV", "oiueayåæøgbvkdrnlmtspfOIUEAYÅÆØGBVKDRNLMTSPF")


def invented(words: str) -> str:
    """The words in the invented language; what stands in braces stays."""
    parts = PLACES.split(words)
    places = [*PLACES.findall(words), ""]
    return "".join(part.translate(LETTERS) + place for part, place in zip(parts, places, strict=True))


def call(root: Path, *arguments: str) -> int:
    return main(["--root", str(root), "add-language", *arguments])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository as far as a language goes."""
    for name in ("bot", "tools", "knowledge", "tests/conversations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "config.yml", tmp_path / "config.yml")
    return tmp_path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the copy, which reads the copy's registry."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=240, check=False)


def translate_words(value: object) -> object:
    return {k: translate_words(v) for k, v in value.items()} if isinstance(value, dict) else invented(str(value))


def translate_all(root: Path) -> None:
    """Do what translators do: every text, every meaning, every sentence."""
    skeleton = yaml.load((root / f"bot/locales/{CODE}.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    norwegian = yaml.load((root / "bot/locales/nb.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["nb"]

    def fill(wanted: dict, given: dict) -> dict:
        return {k: fill(v, given[k]) if isinstance(v, dict) else invented(given[k]) for k, v in wanted.items()}

    filled = {CODE: fill(skeleton[CODE], norwegian)}
    (root / f"bot/locales/{CODE}.yml").write_text(
        yaml.safe_dump(filled, allow_unicode=True, default_style='"', width=10**9), encoding="utf-8"
    )
    for path in (root / "knowledge/articles").glob("*/*/nb.md"):
        head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
        lines = [line if line.startswith("## ") else invented(line) for line in body.split("\n")]
        head = head.replace("language: nb", f"language: {CODE}").replace("status: draft", "status: machine")
        (path.parent / f"{CODE}.md").write_text(f"{head}\n---\n" + "\n".join(lines), encoding="utf-8")
    glossary = root / "knowledge/glossary.yml"
    words = yaml.safe_load(glossary.read_text(encoding="utf-8"))
    for meanings in words.values():
        meanings[CODE] = invented(meanings["nb"])
    glossary.write_text(yaml.safe_dump(words, allow_unicode=True, sort_keys=False, width=10**9), encoding="utf-8")
    for folder in ("bot/data/nlu", "tests/conversations"):
        (root / folder / CODE).mkdir()
        for path in (root / folder / "nb").glob("*.yml"):
            raw = path.read_text(encoding="utf-8")
            written = translate_training(raw) if folder.startswith("bot") else translate_tests(raw)
            (root / folder / CODE / path.name).write_text(written, encoding="utf-8")


def translate_training(raw: str) -> str:
    lines = [f"    - {invented(line[6:])}" if line.startswith("    - ") else line for line in raw.split("\n")]
    return "\n".join(lines).replace("language: nb", f"language: {CODE}")


def translate_tests(raw: str) -> str:
    data = yaml.safe_load(raw)
    data["language"] = CODE
    for block in data.get("tests", ()):
        block["messages"] = [invented(message) for message in block["messages"]]
    for conversation in data.get("conversations", ()):
        for turn in conversation["turns"]:
            if "user" in turn:
                turn["user"] = invented(turn["user"])
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10**9)


UNDERSTANDS = """
from datetime import date
from pathlib import Path
from bot.guidance.guide import Guide
from bot.guidance.model import Context
from bot.guidance.replies import Replies
from bot.languages import languages
from bot.nlu.data import training_examples
from bot.nlu.measure import options_from_config
from bot.nlu.model import Model

topics = {"ask/barnehage.cost", "ask/fastlege.choose-or-change", "ask/school.start", "danger/medical", "own_case"}
chosen = [e for e in training_examples() if e.language in ("nb", "qaa") and e.label in topics]
model = Model.train(chosen, options_from_config())
understood = model.read(MESSAGE, "nb", allowed=list(languages())).understanding
print(understood.language, understood.switched, understood.topics[0][0])
guide = Guide.load(Path("knowledge"))
context = Context("qaa", date(2026, 11, 27))
answer = guide.answer("barnehage.cost", context)
print(answer.language, answer.direction, *answer.notices)
print(answer.text)
print(Replies(guide).crisis("medical", context).text)
"""


def test_an_invented_language_is_added_translated_checked_and_answered_in(copy: Path) -> None:
    added = run(copy, "-m", "tools", "add-language", CODE, "Fjordisk", "--english", "Fjordish", "--script", "Latn")
    assert added.returncode == 0, added.stdout + added.stderr
    before = run(copy, "-m", "tools", "validate", "--language", CODE)
    assert before.returncode == 1
    for lacking in ("is the English one", "the text is missing", "training sentences", "test messages"):
        assert lacking in before.stdout
    translate_all(copy)
    checked = run(copy, "-m", "tools", "validate", "--language", CODE)
    assert checked.returncode == 0, checked.stdout[:3000]
    message = invented("hva koster barnehage i måneden for to barn")
    shown = run(copy, "-c", f"MESSAGE = {message!r}\n{UNDERSTANDS}")
    assert shown.returncode == 0, shown.stderr[-2000:]
    lines = shown.stdout.split("\n")
    assert lines[:2] == [f"{CODE} True barnehage.cost", f"{CODE} ltr machine_translation"]
    assert invented("Neste steg: Spør") in shown.stdout
    assert "1200" in shown.stdout.replace("\u202f", "").replace("\u00a0", "").replace(",", "").replace(" ", "")


def test_the_registry_line_takes_from_cldr_what_is_not_said() -> None:
    line = registry_line(Wish("vi", "Tiếng Việt"))
    assert line.startswith("vi: {name: Tiếng Việt, english: Vietnamese, direction: ltr, script: Latn,")
    assert "formats: vi, stage: hidden}" in line
    assert "direction: rtl, script: Arab" in registry_line(Wish("ur", "اردو"))


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("no", "Norsk"), "is no code"),
        (Wish("x", "X"), "is no code"),
        (Wish("vi", "  "), "without signs"),
        (Wish("vi", "a: {b}"), "without signs"),
        (Wish("qaa", "Fjordisk"), "English name"),
        (Wish("qaa", "Fjordisk", "Fjordish"), "script is not known"),
        (Wish("hi", "हिन्दी"), "script is Deva"),
        (Wish("vi", "Tiếng Việt", formats="zz_ZZ"), "Babel knows no such"),
        (Wish("vi", "Tiếng Việt", aliases=("a b",)), "no tag"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(wish: Wish, why: str) -> None:
    with pytest.raises(CannotAddError, match=why):
        registry_line(wish)


@pytest.fixture
def small(broken: Callable) -> Path:
    root = broken({}).root
    shutil.copy(ROOT / "bot/languages.yml", root / "bot/languages.yml")
    return root


def test_a_language_that_is_there_or_an_alias_that_is_taken_changes_nothing(small: Path, capsys) -> None:
    before = (small / "bot/languages.yml").read_bytes()
    assert call(small, "uk", "Українська") == 1
    assert call(small, "vi", "Tiếng Việt", "--aliases", "vie, ukr") == 1
    assert (small / "bot/languages.yml").read_bytes() == before
    assert not (small / "bot/locales/vi.yml").exists()
    assert "registered already" in capsys.readouterr().out


def test_a_new_language_is_hidden_and_its_words_wait_in_english_with_what_they_are_for(small: Path) -> None:
    assert call(small, "vi", "Tiếng Việt", "--aliases", "vie,vi-VN") == 0
    registry = read_languages(small / "bot/languages.yml")
    assert (registry["vi"].stage, registry.resolve("vi-VN")) == ("hidden", "vi")
    assert list(registry)[-1] == "vi"
    locale = (small / "bot/locales/vi.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(locale)["vi"]["a"]["hello"] == "Hello %{name}"
    assert "# " in locale
