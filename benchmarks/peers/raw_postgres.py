"""The limit in PostgreSQL: what asyncpg does if it only writes the bot's rows.

Tables and indexes are those of the bot's SQLite file in PostgreSQL's types, rows and keys those
of a real run (`raw_shape.py`). One connection; per batch one transaction, in it one statement
for each table that is read and one for everything that is written, all with arrays that hold the
whole batch. All parameters are ready before the clock starts.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import asyncpg

from benchmarks.dialogue import Citizen
from benchmarks.peers.raw_rows import Load, Loads
from benchmarks.peers.raw_shape import READ_BY, Shape, database, load, observe
from benchmarks.peers.raw_sqlite import accounts, last_numbers
from benchmarks.peers.servers import Postgres
from benchmarks.system import Setting

_TYPES = {
    "INTEGER": "bigint",
    "REAL": "double precision",
    "TEXT": "text",
    "BLOB": "bytea",
    "ANY": "double precision",
}
_WORDS = re.compile(r"\b(INTEGER|REAL|TEXT|BLOB|ANY)\b|--.*$", re.MULTILINE)
_MARK = re.compile(r"\$(\d+)")
_ENDING = re.compile(r"\)[^)]*$")  # STRICT, WITHOUT ROWID
# A proof that the key file fits is not a number, and is not written in a turn.
_LEFT_OUT = "seal_keys", "meta"
# Tables grow from nothing during a run; a plan made when they were small must not stay.
_SETTINGS = {"enable_seqscan": "off"}

Statement = tuple[str, tuple[list[Any], ...]]


class Rows:
    """The limit as a system, with a server of its own."""

    async def prepare(self, setting: Setting) -> None:
        """Let the bot make its database and show what it writes; copy the tables."""
        await observe(setting)
        server = Postgres(setting.folder / "server")
        try:
            connection = await asyncpg.connect(server.url)
            with sqlite3.connect(database(setting.folder)) as db:
                await _copy(db, connection, load(setting.folder))
            await connection.close()
        finally:
            server.stop()

    async def open(self, setting: Setting) -> None:
        """Start the server and connect."""
        self.shape, self.server = load(setting.folder), Postgres(setting.folder / "server")
        self.db = await asyncpg.connect(self.server.url, server_settings=_SETTINGS)
        with sqlite3.connect(database(setting.folder)) as db:
            self.loads = Loads(self.shape, accounts(db), last_numbers(db, self.shape))

    def foresee(self, batch: Sequence[bytes]) -> None:
        """Make the parameters."""
        ready = self.loads.make(batch)
        self.reads = list(_reads(ready, self.shape))
        writes = [*_inserts(ready, self.shape), *_updates(ready, self.shape)]
        self.write, self.arrays = _together(writes)

    async def take(self, batch: Sequence[bytes]) -> None:  # noqa: ARG002 - made ready before
        async with self.db.transaction():
            for text, arrays in self.reads:
                await self.db.fetch(text, *arrays)
            await self.db.execute(self.write, *self.arrays)

    async def deliver(self) -> None:
        """Leave the messages as delivery would."""
        await self.db.execute(self.shape.sent)

    def code_for(self, citizen: Citizen) -> str:  # noqa: ARG002 - any will do
        return "000000"

    def finished(self) -> int:
        return self.loads.finished

    async def close(self) -> None:
        await self.db.close()
        self.server.stop()


async def _copy(db: sqlite3.Connection, connection: Any, shape: Shape) -> None:  # noqa: ANN401 - untyped
    """Make the same tables with the same rows and indexes."""
    made = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    for (text,) in sorted(made, key=lambda row: "INDEX" in row[0]):
        await connection.execute(_translated(text))
    for name, table in shape.tables.items():
        if name not in _LEFT_OUT:
            rows = db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - a table's name
            await connection.copy_records_to_table(name, records=rows, columns=table.columns)
    await connection.execute("VACUUM ANALYZE")


def _translated(text: str) -> str:
    if "INDEX" in text:
        return text
    return _ENDING.sub(")", _WORDS.sub(lambda found: _TYPES.get(found[0], ""), text))


def _reads(ready: Load, shape: Shape) -> Iterator[Statement]:
    for table, keys in ready.reads.items():
        names = READ_BY[table]
        match = _matching(shape, table, names, first=1)
        found = f"{table}, {_unnested(shape, table, names)} WHERE {match}"
        yield f"SELECT {table}.* FROM {found}", _arrays(keys)  # noqa: S608 - of column names


def _inserts(ready: Load, shape: Shape) -> Iterator[Statement]:
    for table, rows in ready.inserts.items():
        source = _unnested(shape, table, shape.tables[table].columns)
        yield f"INSERT INTO {table} SELECT * FROM {source}", _arrays(rows.values())  # noqa: S608


def _updates(ready: Load, shape: Shape) -> Iterator[Statement]:
    for table, rows in ready.updates.items():
        names, key = shape.changed(table), shape.tables[table].key
        new = ", ".join(f"{name} = asked.{name}" for name in names)
        match = _matching(shape, table, key, first=len(names) + 1)
        source = _unnested(shape, table, (*names, *key))
        text = f"UPDATE {table} SET {new} FROM {source} WHERE {match}"  # noqa: S608 - likewise
        yield text, _arrays(rows.values())


def _together(statements: Iterable[Statement]) -> Statement:
    """One statement that does what all of them do."""
    texts: list[str] = []
    given: list[list[Any]] = []
    for text, arrays in statements:
        shifted = partial(_shift, by=len(given))
        texts.append(f"part{len(texts)} AS ({_MARK.sub(shifted, text)})")
        given += arrays
    return f"WITH {', '.join(texts)} SELECT 1", tuple(given)


def _shift(found: re.Match[str], by: int) -> str:
    return f"${int(found[1]) + by}"


def _matching(shape: Shape, table: str, names: Sequence[str], first: int) -> str:
    """Equal keys. The array beside the join makes the planner use the index for each of them."""
    array = f"${first}::{_type(shape, table, names[0])}[]"
    equal = (f"{table}.{name} = asked.{name}" for name in names)
    return " AND ".join((f"{table}.{names[0]} = ANY({array})", *equal))


def _unnested(shape: Shape, table: str, names: Sequence[str]) -> str:
    """Arrays as rows of these columns."""
    types = (_type(shape, table, name) for name in names)
    marks = (f"${place}::{kind}[]" for place, kind in enumerate(types, 1))
    return f"unnest({', '.join(marks)}) AS asked ({', '.join(names)})"


def _type(shape: Shape, table: str, name: str) -> str:
    columns, kinds = shape.tables[table].columns, shape.tables[table].kinds
    return _TYPES[kinds[columns.index(name)]]


def _arrays(rows: Any) -> tuple[list[Any], ...]:  # noqa: ANN401 - tuples of anything
    return tuple(map(list, zip(*rows, strict=True)))
