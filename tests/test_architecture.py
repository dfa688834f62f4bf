"""The direction of imports (docs/architecture.md): each layer may use what stands below it, never what stands above."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = {"settings", "languages", "quiet", "weekly"}
PURE = {"guidance", "handoff", "privacy"}
MAY_IMPORT = {
    "settings": {"weekly"},
    "weekly": set(),
    "languages": set(),
    "quiet": set(),
    "texts": BASE,
    "guidance": BASE | {"texts"},
    "handoff": BASE | {"texts", "privacy"},
    "privacy": BASE | {"texts", "handoff"},
    "nlu": BASE | PURE | {"texts", "nlu"},
    "dialogue": BASE | PURE | {"texts", "nlu"},
    "actions": BASE | PURE | {"texts", "nlu", "dialogue"},
    "web": BASE | PURE | {"texts"},
    "start": BASE | PURE | {"texts"},
}
MAY_IMPORT_RASA = {"nlu", "dialogue", "actions"}


def _modules() -> list[Path]:
    return sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "tools").rglob("*.py")])


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; say the whole name"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _layer(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "tools" if parts[0] == "tools" else (parts[1] if len(parts) > 1 else "bot")


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_stands_below_it(path: Path) -> None:
    layer = _layer(path)
    imports = _imports(path)
    if layer not in MAY_IMPORT_RASA:
        assert not {name for name in imports if name.split(".")[0] in ("rasa", "rasa_sdk")}, (
            "only nlu, dialogue, actions import Rasa"
        )
    used = {name.split(".")[1] for name in imports if name.startswith("bot.")} - {layer}
    allowed = (BASE | PURE | {"texts"}) if layer == "tools" else MAY_IMPORT.get(layer, set())
    assert used <= allowed, f"{layer} may not import {sorted(used - allowed)}"


def test_only_texts_imports_python_i18n() -> None:
    users = {
        str(path.relative_to(ROOT)) for path in _modules() if any(n.split(".")[0] == "i18n" for n in _imports(path))
    }
    assert users == {"bot/texts.py"}


def test_no_file_is_called_utils_or_helpers() -> None:
    assert not [path for path in _modules() if path.stem in ("utils", "helpers", "util", "helper", "common")]
