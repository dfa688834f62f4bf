"""Nobody can work out a small number from what is shown: tried with linear programming, as an attacker would."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bot.handoff.suppression import FEWEST, Mark, Sum, suppress

Cells = dict[Hashable, int]


def table(rows: list[list[int]]) -> tuple[Cells, list[Sum]]:
    """Municipalities by codes, with all sums: of each row, of each column, of everything."""
    values: Cells = {(m, c): n for m, row in enumerate(rows) for c, n in enumerate(row)}
    width = len(rows[0])
    sums = [Sum((m, "all"), tuple((m, c) for c in range(width))) for m in range(len(rows))]
    sums += [Sum(("all", c), tuple((m, c) for m in range(len(rows)))) for c in [*range(width), "all"]]
    sums.append(Sum(("all", "all"), tuple(("all", c) for c in range(width))))
    for one in sums:
        values[one.total] = sum(values[part] for part in one.parts)
    return values, sums


def possible(values: Cells, sums: list[Sum], hidden: dict[Hashable, Mark], cell: Hashable) -> tuple[int, int]:
    """The least and the most that a hidden cell can be for somebody who knows all sums and what the marks mean."""
    unknown = {one: place for place, one in enumerate(hidden)}
    rows, right = [], []
    for one in sums:
        row, known = np.zeros(len(unknown)), 0
        for part, sign in ((one.total, -1), *((part, 1) for part in one.parts)):
            if part in unknown:
                row[unknown[part]] += sign
            else:
                known += sign * values[part]
        if row.any():
            rows.append(row)
            right.append(-known)
    limits = {"few": (1, FEWEST - 1), "protecting": (FEWEST, None)}
    bounds = [limits[mark] if mark == "few" or values[one] >= FEWEST else (1, None) for one, mark in hidden.items()]
    found = []
    for sign in (1, -1):
        wanted = np.zeros(len(unknown))
        wanted[unknown[cell]] = sign
        solved = linprog(
            wanted, A_eq=np.array(rows) if rows else None, b_eq=right or None, bounds=bounds, method="highs"
        )
        assert solved.status == 0, solved.message
        found.append(round(sign * solved.fun))
    return found[0], found[1]


numbers = st.one_of(st.integers(0, 6), st.integers(0, 40))
tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(tables)
@settings(max_examples=150, deadline=None)
def test_no_small_number_is_shown_or_can_be_worked_out(rows: list[list[int]]) -> None:
    values, sums = table(rows)
    hidden = suppress(values, sums)
    assert all(cell in hidden for cell, n in values.items() if 0 < n < FEWEST)
    assert all(values[cell] > 0 for cell in hidden)
    for cell, mark in hidden.items():
        if mark == "few":
            least, most = possible(values, sums, hidden, cell)
            assert least < most, f"{cell} must be {least}"


@given(tables)
@settings(max_examples=50, deadline=None)
def test_the_same_numbers_are_hidden_each_time(rows: list[list[int]]) -> None:
    assert suppress(*table(rows)) == suppress(*table(rows))


@given(st.lists(tables, min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_quarter_does_not_give_its_months_away_and_leaves_them_as_they_were(three: list[list[list[int]]]) -> None:
    height, width = min(len(rows) for rows in three), min(len(rows[0]) for rows in three)
    months = [table([row[:width] for row in rows[:height]]) for rows in three]
    whole, whole_sums = table(
        [[sum(values[m, c] for values, _ in months) for c in range(width)] for m in range(height)]
    )
    values: Cells = {(0, cell): n for cell, n in whole.items()}
    sums = [Sum((0, one.total), tuple((0, part) for part in one.parts)) for one in whole_sums]
    settled: dict[Hashable, Mark | None] = {}
    for number, (month, month_sums) in enumerate(months, start=1):
        before = suppress(month, month_sums)
        values |= {(number, cell): n for cell, n in month.items()}
        settled |= {(number, cell): before.get(cell) for cell in month}
        sums += [Sum((number, one.total), tuple((number, part) for part in one.parts)) for one in month_sums]
    sums += [Sum((0, cell), tuple((number, cell) for number in (1, 2, 3))) for cell in whole]
    hidden = suppress(values, sums, settled)
    assert {cell: hidden.get(cell) for cell in settled} == settled
    for cell, mark in hidden.items():
        if mark == "few":
            least, most = possible(values, sums, hidden, cell)
            assert least < most, f"{cell} must be {least}"


def test_one_small_number_takes_another_one_with_it_where_the_total_is_shown() -> None:
    values, sums = table([[3, 12, 30]])
    hidden = suppress(values, sums)
    assert {cell: mark for cell, mark in hidden.items() if cell[0] == 0} == {(0, 0): "few", (0, 1): "protecting"}  # type: ignore[index]


def test_two_fours_are_not_left_alone_with_their_sum() -> None:
    """Both are under five and come to eight: they would be four each."""
    values, sums = table([[4, 4, 50]])
    assert suppress(values, sums)[0, 2] == "protecting"


def test_four_of_one_each_are_not_told_by_their_sum_that_is_small_too() -> None:
    values, sums = table([[1, 1, 1, 1]])
    assert suppress(values, sums)[0, "all"] == "protecting"


def test_large_numbers_and_zeros_are_all_shown() -> None:
    assert suppress(*table([[0, 5, 12], [7, 0, 9]])) == {}


def test_a_sum_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        suppress({"all": 9, "a": 5, "b": 5}, [Sum("all", ("a", "b"))])


def quarter(width: int) -> tuple[Cells, list[Sum], dict[Hashable, Mark | None], Cells]:
    """Three sparse months of two municipalities, and their quarter beside them: cells, sums, what the months showed."""
    months = [table([[(place * number) % 9 for place in range(width)], [6] * width]) for number in (1, 2, 3)]
    whole, whole_sums = table([[sum(values[m, c] for values, _ in months) for c in range(width)] for m in range(2)])
    values: Cells = {(0, cell): n for cell, n in whole.items()}
    sums = [Sum((0, one.total), tuple((0, part) for part in one.parts)) for one in whole_sums]
    settled: dict[Hashable, Mark | None] = {}
    for number, (month, month_sums) in enumerate(months, start=1):
        before = suppress(month, month_sums)
        values |= {(number, cell): n for cell, n in month.items()}
        settled |= {(number, cell): before.get(cell) for cell in month}
        sums += [Sum((number, one.total), tuple((number, part) for part in one.parts)) for one in month_sums]
    sums += [Sum((0, cell), tuple((number, cell) for number in (1, 2, 3))) for cell in whole]
    return values, sums, settled, whole


def test_a_large_quarter_shows_only_sums_of_months_that_were_shown() -> None:
    """No closer look is taken then, and none is needed: what is shown could be added up before."""
    values, sums, settled, whole = quarter(260)
    assert sum(1 for mark in settled.values() if mark) > 600
    hidden = suppress(values, sums, settled)
    assert sum(1 for cell in whole if whole[cell] and (0, cell) not in hidden) > 10
    for cell in whole:
        if whole[cell] and (0, cell) not in hidden:
            assert not [number for number in (1, 2, 3) if (number, cell) in hidden]


def test_a_quarter_of_middling_size_shows_more_than_its_months_and_gives_none_of_them_away() -> None:
    values, sums, settled, whole = quarter(130)
    hidden = suppress(values, sums, settled)
    assert {cell: hidden.get(cell) for cell in settled} == settled
    fresh = [
        cell for cell in whole if (0, cell) not in hidden and any((number, cell) in hidden for number in (1, 2, 3))
    ]
    assert fresh
    small = [cell for cell, mark in hidden.items() if mark == "few"]
    assert len(small) > 100
    for cell in small[::3]:
        least, most = possible(values, sums, hidden, cell)
        assert least < most, f"{cell} must be {least}"
