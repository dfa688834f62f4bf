"""A municipality that can be chosen has told everything that its families may need."""

from __future__ import annotations

from collections.abc import Iterator

from tools.municipality.completeness import gaps
from tools.problems import Problem
from tools.tree import Tree


def check(tree: Tree) -> Iterator[Problem]:
    """Yield what is missing; in a draft it is only told."""
    for municipality in tree.knowledge.municipalities.values():
        missing = list(gaps(tree.knowledge, municipality))
        if missing:
            names = ", ".join(gap.key for gap in missing[:6])
            yield Problem(
                municipality.path,
                1,
                f"{len(missing)} local values are missing ({names}{' …' if len(missing) > 6 else ''}). "
                "A family would be sent to a general phrase instead of an office.",
                f"Run `python -m tools municipality check {municipality.slug}`; what does not exist goes into none:.",
                is_warning=municipality.stage == "draft",
            )
