"""A table of figures: how its cells are shown, and how it is written for a spreadsheet.

A spreadsheet must never run a cell: what could begin a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None
BOM = "\ufeff"  # or spreadsheets take Vietnamese for something else
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\0")
NONE = "\u2013"  # there is nothing to count


@dataclass(frozen=True, slots=True)
class Table:
    """name: of its texts; columns: (name, kind), kind one of text, count, share, seconds.

    bar: the column that is drawn, too; keys: of rows that lead somewhere, beside `rows`.
    """

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]
    bar: str = ""
    keys: Sequence[str] = ()

    def bars(self) -> list[int]:
        """How long each row's bar is, in hundredths of the longest; of shares, of all."""
        if not self.bar:
            return [0] * len(self.rows)
        at = [name for name, _ in self.columns].index(self.bar)
        values = [row[at] if isinstance(row[at], int | float) else 0 for row in self.rows]
        numbers = [float(value or 0) for value in values]
        most = 1.0 if self.columns[at][1] == "share" else max(numbers, default=0.0)
        return [round(100 * number / most) if most else 0 for number in numbers]


def cell(value: Cell, kind: str) -> str:
    """One value as people read it."""
    if value is None:
        return NONE
    if kind == "share":
        return f"{100 * float(value):.1f}"
    return f"{float(value):.2f}" if kind == "seconds" else str(value)


def sheet(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A CSV file, UTF-8, every cell a text or a plain number."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([[safe(value) for value in row] for row in (heads, *rows)])
    return (BOM + out.getvalue()).encode()


def safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    begins = value.lstrip(" \u00a0\u3000\u200b\ufeff")
    return f"'{value}" if begins.startswith(FORMULA) else value
