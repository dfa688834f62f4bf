"""Texts of the interface have the same values in every language, and a per cent sign is doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.problems import Problem
from tools.tree import Tree

_VALUE = re.compile(r"%\{([a-z_]+)\}")
_REST = re.compile(r"%%|%\{[a-z_]+\}")


def check(tree: Tree) -> Iterator[Problem]:
    """Yield texts whose values differ from the English text, and signs that the library cannot read."""
    source = tree.locales.get("en")
    for code, file in tree.locales.items():
        if code == "qqq":
            continue
        for key, text in file.texts.items():
            if "%" in _REST.sub("", text.value):
                yield Problem(
                    file.path,
                    text.line,
                    f"{key} holds a single per cent sign. The text could not be shown.",
                    "Write %% or %{name}.",
                )
            original = source.texts.get(key) if source else None
            if original and set(_VALUE.findall(original.value)) != set(_VALUE.findall(text.value)):
                wanted = ", ".join(sorted(set(_VALUE.findall(original.value)))) or "none"
                yield Problem(
                    file.path,
                    text.line,
                    f"{key} does not have the same values as in English ({wanted}). Something would be missing.",
                    f"English: {original.value!r}",
                )
