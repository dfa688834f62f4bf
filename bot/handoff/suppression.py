"""Which numbers of a statistic may be shown, so that no small one can be worked out from the others.

The method, in four steps, over all tables of one period at once:

1. **Few.** A cell of one to four is hidden and marked ``few``. A zero is shown: it is about nobody.
2. **Sums.** The tables add up: a total is the sum of its parts, an area of its topics, the whole of its municipalities.
   A hidden cell that is alone in such a sum is its total less the rest. So in every sum that has a hidden cell, more
   cells are hidden, marked ``protecting``, until each hidden one can be anything that its mark allows: what the others
   in the sum can take up is counted, with what their marks tell (``few`` is one to four; ``protecting`` is taken for
   five or more). Where all of a sum is hidden and its marks alone tell too much (four cells under five, and their sum
   under five), the largest is marked ``protecting`` too, which then says nothing about its size.
3. **Together.** Sums that are safe one by one may still give a cell away when they are put together. That is tried as
   an attacker would (``bot.handoff.attack``). A small cell with a single value is proved to have it by some sums and
   marks; one more cell of those sums is hidden, or less is said by a mark, until no such proof is left.
4. **Earlier periods.** What was shown before is ``settled``: it is part of the system and never changes. A quarter is
   published after its months, so cells of the quarter give way, not those of the months. Where that does not end soon,
   the quarter shows only what its months have shown already: sums of shown cells.

What it promises: for no hidden small cell does what is shown leave a single value, whatever is added and subtracted
and whatever the marks tell. Everything that people get to see, percentages and plots too, must be made of what this
lets through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from bot.handoff.attack import Attack

Cell = TypeVar("Cell", bound=Hashable)
Mark = Literal["few", "protecting"]

FEWEST: Final = 5
"""The smallest number that is shown, besides zero."""
_ROOMY: Final = FEWEST + FEWEST - 2
"""A protecting cell of this size leaves any cell of one to four its whole range."""
_PATIENCE: Final = 6
"""Rounds of one more hidden cell for each proof, before all beside a cell that is given away are hidden."""
_LARGE: Final = 600
"""Hidden cells of a quarter and its months above which the quarter repeats its months without a closer look."""
_FAR: Final = 1_000_000
"""Stands for no bound."""


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
        self._open: set[Hashable] = set()  # small cells that are known to have more than one value
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
        if self._settled and len(self.hidden) > _LARGE:
            self._repeat_settled()
            return self.hidden
        rounds = 0
        while given_away := self._given_away():
            if self._settled and rounds == _PATIENCE:  # or it would take minutes
                self._repeat_settled()
                break
            if not self._company(given_away, thorough=rounds >= _PATIENCE):
                break  # everything that could be hidden is
            rounds += 1
        return self.hidden

    def _repeat_settled(self) -> None:
        """Give up on telling more than earlier periods did: a sum of settled cells is shown where all of them were.

        What is then shown can be added up from what was shown before, so nothing needs to be looked at again.
        """
        repeated = set()
        for signs in self._sums:
            fresh = [cell for cell in signs if cell not in self._settled]
            if len(fresh) == 1 and len(signs) > 1 and not signs.keys() & self.hidden.keys() - set(fresh):
                repeated.add(fresh[0])
        for cell, value in self._values.items():
            if value and cell not in self._settled and cell not in repeated and cell not in self.hidden:
                self._hide(cell)

    def _hide(self, cell: Hashable) -> None:
        self.hidden[cell] = "few" if self._values[cell] < FEWEST else "protecting"

    def _protect_sums(self, first: Iterable[int]) -> None:
        """Step 2, from these sums on, until nothing changes."""
        waiting = list(dict.fromkeys(first))
        while waiting:
            number = waiting.pop(0)
            while self._is_weak(number):
                changed = self._one_more(self._sums[number])
                if not changed:
                    break
                (company,) = changed
                waiting += [other for other in self._of[company] if other != number and other not in waiting]

    def _candidate(self, cells: Iterable[Hashable]) -> Hashable | None:
        """The cell to hide next: the smallest that leaves room, else the smallest of all."""
        free = [cell for cell in cells if cell not in self.hidden and cell not in self._settled and self._values[cell]]
        key = lambda cell: (self._values[cell] < _ROOMY, self._values[cell], self._order[cell])  # noqa: E731
        return min(free, key=key, default=None)

    def _unsay(self, cells: Iterable[Hashable]) -> Hashable | None:
        """Where all is hidden and the marks alone give it away (four small ones with a small sum): one to say less of.

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
        return FEWEST - 1 - self._values[cell] if self.hidden[cell] == "few" else _FAR

    def _fall(self, cell: Hashable) -> int:
        """By how much it may be less. A small one that is marked ``protecting`` may be anything above zero."""
        is_small = self._values[cell] < FEWEST
        return self._values[cell] - (1 if is_small else FEWEST)

    def _given_away(self) -> list[Hashable]:
        """Step 3: small cells that all sums and all marks together leave a single value.

        What once had two values keeps them: hiding more, or saying less, only adds ways to fill the cells in. So only
        the others are looked at again.
        """
        order = sorted(self.hidden, key=self._order.__getitem__)
        bounds = {
            cell: (self._values[cell] - self._fall(cell), self._values[cell], self._values[cell] + self._rise(cell))
            for cell in order
        }
        suspects = [cell for cell in order if self._values[cell] < FEWEST and cell not in self._open]
        self._attack = Attack(bounds, self._sums)
        given_away = self._attack.fixed(suspects) if suspects else []
        self._open.update(set(suspects) - set(given_away))
        return given_away

    def _company(self, given_away: list[Hashable], *, thorough: bool) -> bool:
        """Make a proof fail for each cell given away: hide, or say less of, one cell; False when none is left.

        ``thorough`` hides all beside them: in large sparse tables one at a time would take minutes.
        """
        changed: dict[Hashable, None] = {}
        if thorough:
            for given in given_away:
                for cell in [cell for number in self._of[given] for cell in self._sums[number]]:
                    if self._candidate([cell]) is not None:
                        self._hide(cell)
                        changed[cell] = None
        covered = {cell for hidden in changed for number in self._of[hidden] for cell in self._sums[number]}
        for given in given_away:
            if given in covered:
                continue
            for proof in self._attack.proofs(given):
                beside = list(dict.fromkeys(cell for number in proof.sums for cell in self._sums[number]))
                more = [] if changed.keys() & set(beside) else self._one_more(beside, proof.marks)
                changed |= dict.fromkeys(more)
                if changed.keys() & set(beside):
                    covered.update(beside)  # whatever else this proof holds up may be open now
                    break
        if not changed:
            anywhere = [cell for signs in self._sums if signs.keys() & self.hidden.keys() for cell in signs]
            changed |= dict.fromkeys(self._one_more(anywhere))
        self._protect_sums(number for cell in changed for number in self._of[cell])
        return bool(changed)

    def _one_more(self, cells: Iterable[Hashable], marks: Iterable[Hashable] = ()) -> list[Hashable]:
        """Hide one of these cells; where all are hidden, say less by one of their marks, at best one of ``marks``."""
        cells = list(dict.fromkeys(cells))
        found = self._candidate(cells)
        if found is not None:
            self._hide(found)
            return [found]
        found = self._unsay(marks) or self._unsay(cells)
        if found is not None:
            self.hidden[found] = "protecting"
            return [found]
        return []
