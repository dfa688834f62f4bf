"""The documents say what is so: settings, links, commands, examples, figures and dates in them hold."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote

import pytest

from bot.handoff.notify_webhook import signature
from bot.languages import languages, read_languages
from bot.settings import read_settings
from tests.conftest import ROOT
from tools.__main__ import _parser
from tools.checks import run
from tools.tree import Tree

PAGES = sorted(
    page
    for page in (ROOT / "README.md", ROOT / "knowledge/README.md", *(ROOT / "docs").rglob("*.md"))
    if page.is_file()
)
HOW_TO = [page for page in PAGES if page.parent.name == "how-to"]
DECISIONS = [page for page in PAGES if page.parent.name == "decisions"]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code(page: Path) -> str:
    """What stands as code in a page: fenced blocks and code spans."""
    text = page.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return "\n".join([*(block["body"] for block in FENCE.finditer(text)), *spans])


def links(page: Path, *, pictures: bool) -> Iterator[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for mark, target in LINK.findall(text):
        if bool(mark) == pictures and "://" not in target:
            yield unquote(target)


def anchors(page: Path) -> set[str]:
    """The anchors that headings get: small letters, blanks as hyphens, other signs left out."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page, pictures=False):
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(goal), f"{target}: there is no such heading"


@pytest.mark.parametrize("page", [page for page in PAGES if any(links(page, pictures=True))], ids=named)
def test_every_picture_exists(page: Path) -> None:
    assert not [target for target in links(page, pictures=True) if not (page.parent / target).is_file()]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named_targets = set(re.findall(r"(?:^|&& |=\S+ )make ([a-z-]+)", code(page), re.MULTILINE))
    assert named_targets <= targets


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_python_command_that_a_page_names_exists(page: Path) -> None:
    for module in re.findall(r"python -m ((?:bot|tools|tests)[a-z_.]*)", code(page)):
        place = ROOT / module.rstrip(".").replace(".", "/")
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), module


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_tool_is_named_with_arguments_it_takes(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = set(languages()) | set(re.findall(r"^ *(\w+): \{name: ", text, re.MULTILINE))  # one that the page adds
    for command in re.findall(r"python -m tools ([a-z][^`\n]*)", code(page)):
        words = shlex.split(command)
        if "--language" in words:
            place = words.index("--language") + 1
            assert words[place] in known
            words[place] = "nb"
        if words == ["preview"]:
            words.append("2027-08-01")
        _parser().parse_args(words)


@pytest.mark.parametrize("page", DECISIONS, ids=named)
def test_a_decision_tells_its_number_day_context_decision_and_consequences(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {page.name[:4]}\. \S", text)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [heading for heading in headings if heading in ("Context", "Decision", "Consequences")] == [
        "Context",
        "Decision",
        "Consequences",
    ]
    if not page.name.startswith("0000"):
        assert re.search(r"^20\d\d-\d\d-\d\d · (proposed|accepted|superseded by \d{4})", text, re.MULTILINE)


class Asked(dict[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(key)
        return default


def settings_table() -> dict[str, str]:
    """Name and default of each setting as docs/operations.md tells them."""
    return dict(re.findall(r"^\| `(BROBYGGER_[A-Z0-9_]+)` \| ([^|]+) \| [^|]+ \|$", OPERATIONS, re.MULTILINE))


def test_every_setting_is_documented_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.settings.ROOT", tmp_path)
    asked = Asked()
    read_settings(asked)
    assert set(settings_table()) == asked.names


@pytest.mark.parametrize("name", sorted(settings_table()))
def test_the_default_that_is_documented_is_the_one_that_holds(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.settings.ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    default = settings_table()[name].strip()
    unset = read_settings({})
    field = name.removeprefix("BROBYGGER_").lower()
    if default == "none":
        assert getattr(unset, field) is None
    elif default.startswith("`"):
        told = default.strip("`").replace("<VAR>", str(unset.var)).replace("<WEB_PORT>", str(unset.web_port))
        assert read_settings({name: told}) == unset
    else:
        assert (name, default) == ("BROBYGGER_SECRET", "made once, kept in `<VAR>/secret`")


def test_the_setting_that_is_named_in_the_other_pages_exists() -> None:
    for page in PAGES:
        names = set(re.findall(r"BROBYGGER_(?!TEST_)[A-Z0-9_]*[A-Z]", page.read_text(encoding="utf-8")))
        assert names <= set(settings_table()), named(page)


def test_the_receivers_check_in_the_manual_accepts_our_signature_and_nothing_else() -> None:
    block = next(block for block in FENCE.finditer(OPERATIONS) if block["info"] == "python")
    scope: dict[str, object] = {}
    exec(block["body"], scope)
    is_ours = scope["is_ours"]
    assert callable(is_ours)
    secret, body = "s" * 32, json.dumps({"event": "queued"}).encode()
    signed = signature(secret, "1000", body)
    assert is_ours(secret, "1000", signed, body, now=1010)
    assert not is_ours(secret, "1000", signed, body + b" ", now=1010)
    assert not is_ours("t" * 32, "1000", signed, body, now=1010)
    assert not is_ours(secret, "1001", signed, body, now=1010)
    assert not is_ours(secret, "1000", signed, body, now=2000)


def test_the_pages_of_the_settings_name_the_days_that_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.settings.ROOT", tmp_path)
    now = read_settings({})
    privacy = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    days = {int(number) for number in re.findall(r"(\d+) days", privacy)}
    assert days == {now.conversation_days, now.case_days}


def test_the_accessibility_statement_is_not_overdue() -> None:
    text = (ROOT / "docs/accessibility-statement.md").read_text(encoding="utf-8")
    dated, due = (
        date.fromisoformat(re.search(rf"^{name}: (\S+)$", text, re.MULTILINE)[1])  # type: ignore[index]
        for name in ("Dated", "Next review")
    )
    today = datetime.now(UTC).date()
    assert dated < due
    assert today <= due, "review docs/accessibility-statement.md and set both dates anew"


def test_the_readme_counts_topics_and_languages_right() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    knowledge = Tree(ROOT, date(2026, 11, 22), ("nb",)).knowledge
    offered = languages().offered()
    assert f"{len(knowledge.articles)} of {len(knowledge.topics)} have answers" in text
    assert f"{len(offered)} of {len(languages())} are offered: " in text
    reviewed = [path for path in (ROOT / "knowledge/articles").rglob("*.md") if "status: reviewed" in path.read_text()]
    assert not reviewed, "a text is reviewed now: say so in README.md, State of things"


# --- the examples of the how-to pages, carried out on a copy of the data


@dataclass(frozen=True)
class Example:
    """A fenced block of a how-to page; ``info`` says what a reader does with it."""

    page: Path
    info: str
    body: str

    @property
    def told(self) -> dict[str, str]:
        return dict(word.split("=", 1) for word in self.info.split()[1:])

    def __str__(self) -> str:
        return f"{self.page.stem}: {self.info}"


def examples(page: Path) -> list[Example]:
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Example(page, block["info"].strip(), dedent(block["body"])) for block in found]


def carry_out(example: Example, root: Path) -> Path:
    """Do with the example what the page says; returns the file it stands in now."""
    told = dict(example.told)
    after = told.pop("after", None)
    ((what, place),) = told.items()
    path = root / place
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if what == "file":
        path.parent.mkdir(parents=True, exist_ok=True)
        new = example.body
    elif what == "append":
        new = old.rstrip("\n") + "\n" + example.body
    elif what == "insert":
        assert old.count(f"\n{after}\n") == 1
        lines = "".join(f"  {line.strip()}\n" for line in example.body.splitlines())
        new = old.replace(f"\n{after}\n", f"\n{after}\n{lines}")
    else:
        assert what == "head"
        new = f"---\n{example.body}---\n" + old.split("---\n", 2)[2]
    assert new != old
    path.write_text(new, encoding="utf-8")
    return path


@pytest.mark.parametrize("page", HOW_TO, ids=named)
def test_every_example_says_where_it_belongs(page: Path) -> None:
    for example in examples(page):
        if example.info.split()[:1] in (["yaml"], ["markdown"]):
            assert example.told.keys() & {"file", "append", "insert", "head"}, str(example)


@pytest.mark.parametrize("page", [page for page in HOW_TO if examples(page)], ids=named)
def test_the_examples_of_a_page_pass_every_check(page: Path, tmp_path: Path) -> None:
    for folder in ("knowledge", "bot/locales", "bot/data", "tests/conversations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "bot/languages.yml", tmp_path / "bot/languages.yml")
    written = {carry_out(example, tmp_path) for example in examples(page)}
    tree = Tree(tmp_path, datetime.now(UTC).date(), tuple(language.code for language in languages().offered()))
    faults = [problem for problem in run(tree) if problem.path in written and not problem.is_warning]
    assert not faults, "\n".join(problem.shown(tmp_path) for problem in faults)
    added = read_languages(tmp_path / "bot/languages.yml")
    assert (set(added) != set(languages())) == (page.stem == "add-a-language")


def test_an_example_with_a_fault_would_be_found(tmp_path: Path) -> None:
    page = ROOT / "docs/how-to/change-a-fact.md"
    (example,) = examples(page)
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    broken = replace(example, body=example.body.replace("source: foreldrebetaling", "source: hearsay"))
    path = carry_out(broken, tmp_path)
    assert [problem for problem in run(Tree(tmp_path, date(2026, 11, 22), ("nb",))) if problem.path == path]
