"""``python -m tools validate``: every check over the repository, errors first."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from bot.languages import languages
from tools.checks import COSTLIEST, run
from tools.problems import Problem
from tools.tree import Tree


def whole_tree(root: Path, on: date, language: str | None = None) -> Tree:
    """All offered languages; what the project writes itself must be complete, translations may follow. Or just one."""
    if language:
        return Tree(root, on, (language,))
    offered = languages().offered()
    return Tree(
        root, on, tuple(entry.code for entry in offered), tuple(entry.code for entry in offered if not entry.staff)
    )


MANY = 1_000_000
"""Bytes of training data from which a process of its own is worth its start."""


def find(root: Path, on: date, language: str | None = None) -> list[Problem]:
    """Every problem of the repository; with much training data on two cores."""
    tree = whole_tree(root, on, language)
    if sum(path.stat().st_size for path in (root / "bot/data/nlu").glob("*/*.yml")) < MANY:
        return run(tree)
    with ProcessPoolExecutor(1, get_context("spawn"), gc.disable) as beside, _nothing_collected():
        costliest = beside.submit(_costliest, tree)
        found = run(tree, without=COSTLIEST)
        return found + costliest.result()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no cycles meanwhile: the checks make some million objects and drop few of them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _costliest(tree: Tree) -> list[Problem]:
    return list(COSTLIEST(tree))


def validate(root: Path, on: date, language: str | None) -> int:
    """Print every problem; returns 1 when one of them is an error."""
    problems = sorted(find(root, on, language), key=lambda problem: (str(problem.path), problem.line))
    errors = [problem for problem in problems if not problem.is_warning]
    warnings = [problem for problem in problems if problem.is_warning]
    for heading, found in (("Errors", errors), ("Warnings", warnings)):
        if found:
            print(f"{heading}\n")
            for problem in found:
                print(problem.shown(root), end="\n\n")
    print(f"{len(errors)} errors, {len(warnings)} warnings.")
    return 1 if errors else 0
