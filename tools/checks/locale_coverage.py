"""Every text of the interface exists in every offered language and is explained to translators."""

from __future__ import annotations

from collections.abc import Iterator

from bot.languages import languages
from tools.problems import Problem
from tools.tree import STAFF_ONLY, Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield texts that are missing, unknown or left as they are in English."""
    source = tree.locales.get("en")
    if source is None:
        yield Problem(tree.root / "bot/locales/en.yml", 1, "the file is missing. Keys are listed there.", "Write it.")
        return
    for code in (*tree.codes, "qqq"):
        path = tree.root / f"bot/locales/{code}.yml"
        file = tree.locales.get(code)
        if file is None:
            yield Problem(
                path, 1, "the file is missing. Readers get another language.", "Write it with the keys of en.yml."
            )
            continue
        staff = code == "qqq" or languages()[code].staff
        for key in source.texts:
            if key not in file.texts and (staff or not key.startswith(STAFF_ONLY)):
                why = "Translators do not know what it means." if code == "qqq" else "Readers get another language."
                yield Problem(path, 1, f"the text {key} is missing. {why}", f"English: {source.texts[key].value!r}")
        for key, text in file.texts.items():
            if key not in source.texts:
                yield Problem(
                    path,
                    text.line,
                    f"the text {key} is not in en.yml. Nothing shows it.",
                    "Remove it or correct the key.",
                )
            elif code not in ("en", "qqq") and text.value == source.texts[key].value and text.value.count(" ") > 2:
                yield Problem(path, text.line, f"the text {key} is the English one.", "Translate it.")
