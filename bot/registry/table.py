"""A CSV file cut into records, each with its place, so that one bad line stays one bad line.

Reads bytes, never more than a record at a time. Refuses (for that line alone) what is too long,
not UTF-8, holds NUL, or has an unclosed quotation mark; the record after it begins on the next
line of the file, whatever the csv module would have swallowed.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.registry.problem import BadFile

COLUMNS = (
    "bhxh_number",
    "national_id",
    "full_name",
    "birth_date",
    "phone",
    "email",
    "agency",
)
# Not every registry has these; a file without such a column changes nothing there.
MORE_COLUMNS = ("card_until", "card_hospital", "contributions")
LONGEST_LINE = 64 << 10  # bytes
MOST_LINES = 8  # of one record: a cell with line breaks in it

_UNCLOSED = "a quotation mark is never closed"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its first line, the byte after it, and its cells, or why it has none."""

    line: int
    end: int
    cells: list[str] | str


@dataclass(frozen=True, slots=True)
class Table:
    """A registry file whose header was understood."""

    path: Path
    delimiter: str
    header: tuple[str, ...]
    body: int  # the byte after the header

    @property
    def ignored(self) -> list[str]:
        """Columns that nobody here reads."""
        return [name for name in self.header if name not in (*COLUMNS, *MORE_COLUMNS)]

    def records(self) -> Iterator[Record]:
        """Every row that is not blank."""
        with self.path.open("rb") as file:
            file.seek(self.body)
            line = 2
            while raw := file.readline(LONGEST_LINE + 1):
                cells, lines = self._record(file, raw)
                if isinstance(cells, str) or any(cells):
                    yield Record(line, file.tell(), cells)
                line += lines

    def _record(self, file: BinaryIO, raw: bytes) -> tuple[list[str] | str, int]:
        if len(raw) > LONGEST_LINE:
            _skip_line(file, raw)
            return f"longer than {LONGEST_LINE} bytes", 1
        cells = self._cells(raw)
        if cells == _UNCLOSED:
            return self._joined(file, raw)
        if not isinstance(cells, str) and any(cells) and len(cells) != len(self.header):
            return f"{len(cells)} fields; the header has {len(self.header)}", 1
        return cells, 1

    def _joined(self, file: BinaryIO, raw: bytes) -> tuple[list[str] | str, int]:
        """Read on while a quoted cell is open; only a whole record with it is believed."""
        after_first = file.tell()
        for lines in range(2, MOST_LINES + 1):
            raw += file.readline(LONGEST_LINE)
            cells = self._cells(raw) if len(raw) <= LONGEST_LINE else ""
            if not isinstance(cells, str) and len(cells) == len(self.header):
                return cells, lines
            if cells != _UNCLOSED:
                break
        file.seek(after_first)
        return _UNCLOSED, 1

    def _cells(self, raw: bytes) -> list[str] | str:
        return cells_of(raw, self.delimiter)


def open_table(path: Path) -> Table:
    """Read the header: comma or semicolon, any order, more columns than needed."""
    try:
        with path.open("rb") as file:
            raw = file.readline(LONGEST_LINE)
            body = file.tell()
    except OSError as error:
        raise BadFile(f"{path}: cannot be read ({error.strerror})") from None
    raw = raw.removeprefix(_BOM)
    delimiter = ";" if raw.count(b";") > raw.count(b",") else ","
    cells = cells_of(raw, delimiter)
    if isinstance(cells, str):
        raise BadFile(f"{path}: line 1: {cells}; save the file as CSV in UTF-8")
    header = tuple(cell.strip().lower() for cell in cells)
    _check(path, header)
    return Table(path, delimiter, header, body)


def cells_of(raw: bytes, delimiter: str) -> list[str] | str:
    """The cells of one record, or what is wrong with it."""
    if b"\0" in raw:
        return "holds a NUL byte"
    try:
        # Of one record: `strict` makes an open quotation mark an error.
        return next(csv.reader([raw.decode()], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError:
        return "is not UTF-8"
    except csv.Error as error:
        if "unexpected end" in str(error):
            return _UNCLOSED
        return "quotation marks or line breaks stand where they cannot"


def _check(path: Path, header: tuple[str, ...]) -> None:
    if missing := [name for name in COLUMNS if name not in header]:
        raise BadFile(f"{path}: line 1: missing columns: {', '.join(missing)}")
    if twice := [
        name for name, n in Counter(header).items() if n > 1 and name in (*COLUMNS, *MORE_COLUMNS)
    ]:
        raise BadFile(f"{path}: line 1: columns that stand twice: {', '.join(twice)}")


def _skip_line(file: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE)
