"""Which numbers of a statistic may be shown, so that no small one can be worked out from the others.

The method, in four steps, over all tables of one period at once:

1. **Few.** A cell of one to four is hidden and marked ``few``. A zero is shown: it is about nobody.
2. **Sums.** The tables add up: a total is the sum of its parts, an area of its topics, the whole of its municipalities.
   A hidden cell that is alone in such a sum is its total less the rest. So in every sum that has a hidden cell, more
   cells are hidden, marked ``protecting``, until each hidden one can be anything that its mark allows: what the others
   in the sum can take up is counted, with what their marks tell (``few`` is one to four; ``protecting`` is taken for
   five or more). Where all of a sum is hidden and its marks alone tell too much (four cells under five, and their sum
   under five), the largest is marked ``protecting`` too, which then says nothing about its size.
3. **Together.** Sums that are safe one by one may still give a cell away when they are put together. The hidden cells
   are the unknowns of a system of linear equations; one that the system determines gets more company until none is.
4. **Earlier periods.** What was shown before is ``settled``: it is part of the system and never changes. A quarter is
   published after its months, so cells of the quarter give way, not those of the months.

What it promises: no hidden small cell follows from what is shown, by adding and subtracting shown cells in whatever
way. Everything that people get to see, percentages and plots too, must be made from what this lets through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

Cell = TypeVar("Cell", bound=Hashable)
Mark = Literal["few", "protecting"]

FEWEST: Final = 5
"""The smallest number that is shown, besides zero."""
_ROOMY: Final = FEWEST + FEWEST - 2
"""A protecting cell of this size leaves any cell of one to four its whole range."""
_PRIME: Final = 2_147_483_647
"""The equations are solved modulo this: exact, and a coincidence is as good as impossible."""


@dataclass(frozen=True)
class Sum:
    """``total`` is the sum of ``parts``; keys of cells."""

    total: Hashable
    parts: tuple[Hashable, ...]


def suppress(
    values: Mapping[Cell, int], sums: Sequence[Sum], settled: Mapping[Cell, Mark | None] | None = None
) -> dict[Cell, Mark]:
    """The cells that must not be shown, with the reason; deterministic, pure.

    ``values`` holds every cell that a reader may see, ``sums`` every way in which they add up; ``settled`` the cells
    whose fate was decided before (None = was shown). Raises ValueError for a sum that does not add up.
    """
    plain: dict[Hashable, int] = {cell: value for cell, value in values.items()}  # noqa: C416 - widens the type
    for one in sums:
        if plain[one.total] != sum(plain[part] for part in one.parts):
            raise ValueError(f"{one.total} is not the sum of its parts")
    before: dict[Hashable, Mark | None] = {cell: mark for cell, mark in (settled or {}).items()}  # noqa: C416
    marks = _Suppression(plain, sums, before).run()
    return {cell: marks[cell] for cell in values if cell in marks}


class _Suppression:
    """One run; ``hidden`` only grows, so it ends."""

    def __init__(self, values: dict[Hashable, int], sums: Sequence[Sum], settled: dict[Hashable, Mark | None]) -> None:
        self._values = values
        self._order = {cell: place for place, cell in enumerate(values)}
        self._settled: frozenset[Hashable] = frozenset(settled)
        self.hidden: dict[Hashable, Mark] = {cell: mark for cell, mark in settled.items() if mark is not None}
        for cell, value in values.items():
            if 0 < value < FEWEST and cell not in settled:
                self.hidden[cell] = "few"
        # Zeros take no part: they are known. The sign tells on which side of the sum a cell stands.
        self._sums: list[dict[Hashable, int]] = []
        self._of: dict[Hashable, list[int]] = defaultdict(list)
        for one in sums:
            signs = {part: 1 for part in one.parts if values[part]} | ({one.total: -1} if values[one.total] else {})
            for cell in signs:
                self._of[cell].append(len(self._sums))
            self._sums.append(signs)

    def run(self) -> dict[Hashable, Mark]:
        """Hide until nothing is given away."""
        self._protect_sums(range(len(self._sums)))
        while given_away := self._given_away():
            company = self._company(given_away)
            if company is None:
                break  # everything that could be hidden is
            self._hide(company)
            self._protect_sums(self._of[company])
        return self.hidden

    def _hide(self, cell: Hashable) -> None:
        self.hidden[cell] = "few" if self._values[cell] < FEWEST else "protecting"

    def _protect_sums(self, first: Iterable[int]) -> None:
        """Step 2, from these sums on, until nothing changes."""
        waiting = list(dict.fromkeys(first))
        while waiting:
            number = waiting.pop(0)
            while self._is_weak(number):
                company = self._candidate(self._sums[number])
                if company is None:
                    company = self._unsay(self._sums[number])
                    if company is None:
                        break
                    self.hidden[company] = "protecting"
                else:
                    self._hide(company)
                waiting += [other for other in self._of[company] if other != number and other not in waiting]

    def _candidate(self, cells: Iterable[Hashable]) -> Hashable | None:
        """The cell to hide next: the smallest that leaves room, else the smallest of all."""
        free = [cell for cell in cells if cell not in self.hidden and cell not in self._settled and self._values[cell]]
        key = lambda cell: (self._values[cell] < _ROOMY, self._values[cell], self._order[cell])  # noqa: E731
        return min(free, key=key, default=None)

    def _unsay(self, cells: Iterable[Hashable]) -> Hashable | None:
        """Where all is hidden and the marks alone give it away (four under five, and their sum too): one to say less of.

        The largest that is marked ``few``, which is the total where that is one.
        """
        free = [cell for cell in cells if self.hidden.get(cell) == "few" and cell not in self._settled]
        return max(free, key=lambda cell: (self._values[cell], self._order[cell])) if len(free) > 1 else None

    def _is_weak(self, number: int) -> bool:
        """A hidden cell of this sum cannot be everything that its mark allows (a protecting one: three up and down)."""
        signs = self._sums[number]
        unknown = [cell for cell in signs if cell in self.hidden]
        if not unknown:
            return False
        rise = {cell: self._rise(cell) for cell in unknown}
        fall = {cell: self._fall(cell) for cell in unknown}
        # What the sum of all signed cells can go up and down by, with every cell within its mark.
        up = sum(rise[cell] if signs[cell] > 0 else fall[cell] for cell in unknown)
        down = sum(fall[cell] if signs[cell] > 0 else rise[cell] for cell in unknown)
        for cell in unknown:
            plus = signs[cell] > 0
            others_up = up - (rise[cell] if plus else fall[cell])
            others_down = down - (fall[cell] if plus else rise[cell])
            against_rise, against_fall = (others_down, others_up) if plus else (others_up, others_down)
            if self.hidden[cell] == "protecting":
                weak = against_rise + against_fall < FEWEST - 2
            else:
                weak = against_rise < rise[cell] or against_fall < fall[cell]
            if weak:
                return True
        return False

    def _rise(self, cell: Hashable) -> int:
        return FEWEST - 1 - self._values[cell] if self.hidden[cell] == "few" else _PRIME

    def _fall(self, cell: Hashable) -> int:
        """By how much it may be less. A small one that is marked ``protecting`` may be anything above zero."""
        is_small = self._values[cell] < FEWEST
        return self._values[cell] - (1 if is_small else FEWEST)

    def _given_away(self) -> list[Hashable]:
        """Step 3: small cells that all sums together determine."""
        rows = ({cell: sign for cell, sign in signs.items() if cell in self.hidden} for signs in self._sums)
        known = determined(row for row in rows if row)
        return [cell for cell in self._order if cell in known and self.hidden[cell] == "few"]

    def _company(self, given_away: list[Hashable]) -> Hashable | None:
        """A shown cell whose hiding may help: in a sum with a cell given away, else in any with a hidden one."""
        near = [number for cell in given_away for number in self._of[cell]]
        far = [number for number, signs in enumerate(self._sums) if any(cell in self.hidden for cell in signs)]
        for numbers in (near, far, range(len(self._sums))):
            found = self._candidate(dict.fromkeys(cell for number in numbers for cell in self._sums[number]))
            if found is not None:
                return found
        return None


def determined(rows: Iterable[Mapping[Cell, int]]) -> set[Cell]:
    """The unknowns that linear equations determine; ``rows`` are coefficients, the right sides do not matter."""
    solved: dict[Cell, dict[Cell, int]] = {}  # by the unknown that a row is solved for
    uses: dict[Cell, set[Cell]] = defaultdict(set)  # in the rows of which solved unknowns a free one stands
    for given in rows:
        row = dict(given)
        for cell in [cell for cell in row if cell in solved]:
            _subtract(row, solved[cell], row[cell])
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, _PRIME)
        row = {cell: factor * inverse % _PRIME for cell, factor in row.items()}
        for other in list(uses.pop(pivot, ())):
            before = set(solved[other])
            _subtract(solved[other], row, solved[other][pivot])
            for cell in before - set(solved[other]):
                uses[cell].discard(other)
            for cell in set(solved[other]) - before:
                uses[cell].add(other)
        solved[pivot] = row
        for cell in row:
            if cell != pivot:
                uses[cell].add(pivot)
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def _subtract(row: dict[Cell, int], other: Mapping[Cell, int], factor: int) -> None:
    """``row`` less ``factor`` times ``other``, in place, without zeros."""
    for cell, value in other.items():
        left = (row.get(cell, 0) - factor * value) % _PRIME
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)
