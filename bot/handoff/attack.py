"""What somebody can work out about hidden cells who knows all sums and what the marks mean: by linear programming.

The hidden cells are unknowns, the sums equations, the marks bounds. Pure; cells are any hashable keys.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_TRIES: Final = 4
"""Looks in a row without news until what is left is taken for fixed."""
_DIFFERS: Final = 0.9
"""Real numbers that are nearer than this stand for the same whole number."""
_NOTHING: Final = 1e-7


@dataclass(frozen=True)
class Proof:
    """Why a cell cannot be larger, or smaller: the sums by number, and the cells whose marks it takes."""

    sums: tuple[int, ...]
    marks: tuple[Hashable, ...]


class Attack:
    """The hidden cells of one moment, with their true values, the bounds that the marks give, and the sums they are in.

    ``sums`` are coefficients by cell; those without a hidden cell are left out by themselves.
    """

    def __init__(self, bounds: Mapping[Hashable, tuple[int, int, int]], sums: Sequence[Mapping[Hashable, int]]) -> None:
        """``bounds`` are the hidden cells in a fixed order: least, true, most."""
        import numpy as np  # here: only leads need it
        from scipy.sparse import csc_matrix

        self._cells = list(bounds)
        self._place = {cell: number for number, cell in enumerate(self._cells)}
        # The unknowns are how far each cell is from what it is.
        self._down: Any = np.array([least - true for least, true, _ in bounds.values()], dtype=float)
        self._up: Any = np.array([most - true for _, true, most in bounds.values()], dtype=float)
        self._rows = [number for number, signs in enumerate(sums) if any(cell in bounds for cell in signs)]
        entries = [
            (row, self._place[cell], sign)
            for row, number in enumerate(self._rows)
            for cell, sign in sums[number].items()
            if cell in bounds
        ]
        at, column, sign = zip(*entries, strict=True) if entries else ((), (), ())
        self._matrix: Any = csc_matrix((sign, (at, column)), shape=(len(self._rows), len(self._cells)), dtype=float)

    def fixed(self, suspects: Collection[Hashable]) -> list[Hashable]:
        """Those of ``suspects`` that have a single value, in order.

        Ways to fill the cells in are looked for in which they differ. Each look moves those that have not been seen to
        differ, this way and that by chance; only the first step of each counts, so that many move a little and not few
        a lot. Where several looks in a row find nothing new, the rest is taken for fixed, which errs on the side of
        hiding.
        """
        import numpy as np

        left = {self._place[cell] for cell in suspects}
        random = np.random.default_rng(len(self._cells))
        idle = 0
        while left and idle < _TRIES:
            before = len(left)
            chosen = np.array(sorted(left))
            signs = random.choice((-1.0, 1.0), size=len(chosen)) if idle else np.ones(len(chosen))
            for direction in (signs, -signs):
                moved = self._moved(chosen, direction)
                left = {n for n in left if abs(moved[n]) <= _DIFFERS}
            idle = 0 if len(left) < before else idle + 1
        return [self._cells[number] for number in sorted(left)]

    def _moved(self, chosen: Any, signs: Any) -> Any:
        """How far each cell moves where the ``chosen`` ones move as many as can be one step in their directions."""
        import numpy as np
        from scipy.sparse import hstack

        low, high = self._down.copy(), self._up.copy()
        # The first step of a chosen cell is one unknown and rewarded, what it moves beyond is another and is not.
        low[chosen] = np.where(signs < 0, np.maximum(low[chosen], -1.0), low[chosen])
        high[chosen] = np.where(signs > 0, np.minimum(high[chosen], 1.0), high[chosen])
        weights = np.zeros(len(self._cells))
        weights[chosen] = -signs
        beyond_low, beyond_high = self._down[chosen] - low[chosen], self._up[chosen] - high[chosen]
        further = (beyond_low < 0) | (beyond_high > 0)
        matrix = hstack((self._matrix, self._matrix[:, chosen[further]]), format="csc")
        found = _solve(
            np.concatenate((weights, np.zeros(int(further.sum())))),
            matrix,
            np.concatenate((low, beyond_low[further])),
            np.concatenate((high, beyond_high[further])),
        )
        if found.x is None:
            return np.zeros(len(self._cells))
        moved = found.x[: len(self._cells)].copy()
        moved[chosen[further]] += found.x[len(self._cells) :]
        return moved

    def proofs(self, cell: Hashable) -> Iterator[Proof]:
        """Why a fixed cell cannot be larger, and why it cannot be smaller.

        By the duality of linear programming: hiding a cell of these sums, or saying less by one of these marks, is the
        only way to make the proof fail.
        """
        import numpy as np

        for sign in (-1, 1):
            weights = np.zeros(len(self._cells))
            weights[self._place[cell]] = sign
            solved = _solve(weights, self._matrix, self._down, self._up)
            if solved.x is None or not self._rows:
                continue
            sums = np.flatnonzero(np.abs(solved.eqlin.marginals) > _NOTHING)
            marks = np.flatnonzero(np.abs(solved.lower.marginals) + np.abs(solved.upper.marginals) > _NOTHING)
            yield Proof(tuple(self._rows[n] for n in sums), tuple(self._cells[n] for n in marks))


def _solve(weights: Any, matrix: Any, low: Any, high: Any) -> Any:
    """The way to fill in, as steps from the truth, that makes the weighted sum smallest."""
    import numpy as np
    from scipy.optimize import linprog

    across = {"A_eq": matrix, "b_eq": np.zeros(matrix.shape[0])} if matrix.shape[0] else {}
    return linprog(weights, bounds=np.column_stack((low, high)), method="highs", **across)
