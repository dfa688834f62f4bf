"""The tables of the statistics as files: a plot (SVG) and a table for spreadsheets (CSV), of published figures only."""

from __future__ import annotations

import csv
import io
import threading
from functools import lru_cache
from typing import Final

from bot.handoff.publishing import Figure
from bot.web.console.statistics_tables import Table, written

MOST_BARS: Final = 15
"""Rows in a plot; the table beside it has all."""
_PLOTTING = threading.Lock()
"""matplotlib's settings belong to the whole process."""
_DARK, _LIGHT, _INK = "#0b4f4a", "#c9d6d4", "#101d24"


def to_csv(table: Table, language: str) -> bytes:
    """The table for a spreadsheet: UTF-8 with a mark, semicolons (what Norwegian Excel expects), one line a row.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(cell) for cell in (table.title, "", *table.columns)])
    for row in table.lines:
        cells = [written(figure, language) for figure in row.figures]
        writer.writerow([_plain(cell) for cell in (row.title, row.code, *cells)])
    return file.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r", "|", "%")) else cell


def to_svg(table: Table, language: str) -> bytes:
    """The table as bars, the same bytes for the same table. Told apart by light and dark and by hatching, not by hue.

    A hidden figure has no bar but its words, so that its length tells nothing.
    """
    rows = table.rows[:MOST_BARS]
    bars = tuple((_short(row.title), tuple(_bar(figure, language) for figure in row.figures)) for row in rows)
    with _PLOTTING:
        return _drawn(bars, table.columns)


def _short(title: str) -> str:
    return title if len(title) <= 42 else title[:41].rstrip() + "…"


def _bar(figure: Figure, language: str) -> tuple[int, str]:
    return (figure.n or 0, written(figure, language))


@lru_cache(maxsize=128)
def _drawn(bars: tuple[tuple[str, tuple[tuple[int, str], ...]], ...], columns: tuple[str, ...]) -> bytes:
    import matplotlib  # here: heavy, and needed by leads only
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Drawing

    number = len(columns)
    height = 0.8 / number
    with matplotlib.rc_context({"svg.hashsalt": "brobygger", "svg.fonttype": "path", "font.family": "DejaVu Sans"}):
        drawing = Drawing(figsize=(7.0, 1.0 + len(bars) * max(0.42, 0.21 * number)), layout="constrained")
        FigureCanvasSVG(drawing)
        axes = drawing.add_subplot()
        for column, name in enumerate(columns):
            places = [row + (column - (number - 1) / 2) * height for row in range(len(bars))]
            fill = {"color": _DARK} if column < (number + 1) // 2 else {"color": _LIGHT}
            hatch = "//" if number > 2 and column % 2 else ""
            drawn = axes.barh(
                places, [cells[column][0] for _, cells in bars], height * 0.9, label=name, edgecolor=_INK, **fill
            )
            for bar in drawn:
                bar.set_hatch(hatch)
                bar.set_linewidth(0.6)
                if hatch and column < number / 2:
                    bar.set_edgecolor("white")
            axes.bar_label(drawn, [cells[column][1] for _, cells in bars], padding=3, fontsize=8, color=_INK)
        axes.set_yticks(range(len(bars)), [title for title, _ in bars], fontsize=9, color=_INK)
        axes.invert_yaxis()
        axes.set_xlim(0, max([n for _, cells in bars for n, _ in cells] + [1]) * 1.18)
        axes.xaxis.set_visible(False)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        drawing.legend(loc="outside lower center", ncols=min(number, 2), fontsize=8, frameon=False)
        file = io.BytesIO()
        drawing.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
