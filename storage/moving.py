"""Moves all rows from one engine to another, as they are, and sees that they have arrived.

Seals are bound to table, row and column, whose names all engines share; so nothing is opened on
the way, and the same key file opens it there. Every table that a SQLite file has is moved, by the
names of its columns: a table or column that the other side lacks is an error and no loss.
"""

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from storage.errors import Corrupt
from storage.sqlite.schema import migrate

Result = TypeVar("Result")
Row = tuple[Any, ...]
Told = Callable[[str, int], None]  # table, rows of it moved so far

PAGE = 5000
_FEW = {"photos": 20}  # rows of a page where rows are long
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
_FAST = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")


class Side(Protocol):
    """An engine's tables, all as they were at one moment."""

    def pages(self, table: str, columns: Sequence[str]) -> AsyncIterator[list[Row]]:
        """All rows, a page at a time."""

    async def fill(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        """Put rows into an empty table."""


class SqliteFile:
    """A SQLite file; nobody else may use the connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """`db`: within a transaction, in autocommit mode of Python's."""
        self._db = db

    def columns(self) -> dict[str, list[str]]:
        """The columns of every table, a table that is referred to before those that refer."""
        names = [name for (name,) in self._db.execute(_TABLES)]
        about = "SELECT name FROM pragma_table_info(?)"
        return {name: [each for (each,) in self._db.execute(about, (name,))] for name in names}

    async def pages(self, table: str, columns: Sequence[str]) -> AsyncIterator[list[Row]]:
        text = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - names of the schema
        found = await _in_thread(partial(self._db.execute, text))
        while page := await _in_thread(partial(found.fetchmany, page_of(table))):
            yield page

    async def fill(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        await _in_thread(partial(_write_all, self._db, text, rows))


def page_of(table: str) -> int:
    """How many rows of a table are held at once."""
    return _FEW.get(table, PAGE)


async def move(
    columns: dict[str, list[str]], source: Side, target: Side, told: Told
) -> dict[str, int]:
    """Copy every table and read it back; how many rows of each.

    Raises Corrupt when what has arrived is not what left.
    """
    left: dict[str, _Sum] = {}
    for table, names in columns.items():
        left[table] = _Sum()
        async for page in source.pages(table, names):
            left[table].add(page)
            await target.fill(table, names, page)
            told(table, left[table].rows)
    for table, names in columns.items():
        arrived = _Sum()
        async for page in target.pages(table, names):
            arrived.add(page)
        if arrived != left[table]:
            raise Corrupt(
                f"{table}: {left[table].rows} rows left, {arrived.rows} arrived,"
                " or some of them changed; nothing was kept, try again"
            )
    return {table: sum_.rows for table, sum_ in left.items()}


async def write_file(target: Path, source: Side, told: Told) -> None:
    """Write all rows of `source` into an empty file that is there already."""
    with closing(sqlite3.connect(target, isolation_level=None, check_same_thread=False)) as db:
        for setting in _FAST:
            db.execute(f"PRAGMA {setting}").fetchall()
        migrate(db)
        db.execute("BEGIN")
        file = SqliteFile(db)
        await move(file.columns(), source, file, told)
        db.execute("COMMIT")
    await _in_thread(partial(_keep, target))


class _Sum:
    """How many rows, and a sum over their contents, whatever their order."""

    def __init__(self) -> None:
        self.rows = 0
        self.sum = 0

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        for row in rows:
            content = hashlib.blake2b(msgspec.msgpack.encode(tuple(row)), digest_size=16)
            self.sum += int.from_bytes(content.digest(), "big")
        self.rows += len(rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sum) and (self.rows, self.sum) == (other.rows, other.sum)

    __hash__ = None  # type: ignore[assignment]


def _keep(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _write_all(db: sqlite3.Connection, text: str, rows: Sequence[Sequence[object]]) -> None:
    # Closed here: a cursor let go by another thread would reset the statement under the next one.
    db.executemany(text, rows).close()


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Work beside the loop; a cancellation waits until it is done, then the file may be closed."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
