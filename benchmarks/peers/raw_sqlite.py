"""The limit in SQLite: what plain sqlite3 does if it only writes the bot's rows.

Same file, tables, indexes, settings and rows as in a real run (`raw_shape.py`), the same keys
read, one thread, one commit per batch. All parameters are ready before the clock starts.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.dialogue import Citizen
from benchmarks.peers.raw_rows import Load, Loads
from benchmarks.peers.raw_shape import READ_BY, Row, Shape, database, load, observe
from benchmarks.system import Setting

_FOLD_FROM = 4 << 20  # bytes of the write-ahead log
_BLIND = 16  # bytes of a blind index
# As the bot has them.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
    "wal_autocheckpoint=8192",
)


class Rows:
    """The limit as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Let the bot make its database and show what it writes."""
        await observe(setting)

    async def open(self, setting: Setting) -> None:
        """Connect to the bot's own file."""
        self.shape, path = load(setting.folder), database(setting.folder)
        self.log = Path(f"{path}-wal")
        self.db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        for word in _PRAGMAS:
            self.db.execute(f"PRAGMA {word}").fetchall()
        self.loads = Loads(self.shape, accounts(self.db), last_numbers(self.db, self.shape))

    def foresee(self, batch: Sequence[bytes]) -> None:
        """Make the parameters."""
        ready = self.loads.make(batch)
        self.reads, self.writes = list(_reads(ready)), list(_writes(ready, self.shape))

    async def take(self, batch: Sequence[bytes]) -> None:  # noqa: ARG002 - made ready before
        self.db.execute("BEGIN IMMEDIATE")
        for text, keys in self.reads:
            self.db.execute(text, keys).fetchall()
        for text, rows in self.writes:
            self.db.executemany(text, rows)
        self.db.execute("COMMIT")

    async def deliver(self) -> None:
        """Leave the messages as delivery would; fold the log back when it has grown."""
        self.db.execute(self.shape.sent)
        if self.log.stat().st_size >= _FOLD_FROM:
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def code_for(self, citizen: Citizen) -> str:  # noqa: ARG002 - any will do
        return "000000"

    def finished(self) -> int:
        return self.loads.finished

    async def close(self) -> None:
        self.db.close()


def accounts(db: sqlite3.Connection) -> list[bytes]:
    """The members' blind indexes."""
    return [account for (account,) in db.execute("SELECT account FROM members ORDER BY id")]


def last_numbers(db: sqlite3.Connection, shape: Shape) -> dict[str, int]:
    """The highest number given in each table that has them."""
    numbered = {n: t.key[0] for n, t in shape.tables.items() if t.key in {("id",), ("seq",)}}
    return {
        name: db.execute(f"SELECT coalesce(max({key}), 0) FROM {name}").fetchone()[0]  # noqa: S608
        for name, key in numbered.items()
    }


def _reads(ready: Load) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """One statement a table; blind indexes travel in one blob, of which pieces are cut."""
    for table, keys in ready.reads.items():
        names, listed = READ_BY[table], list(keys)
        if isinstance(listed[0][0], bytes):
            cuts = list(range(1, len(listed) * _BLIND, _BLIND))
            given: Row = (json.dumps(cuts), b"".join(key for (key,) in listed))
            match = f"{table}.{names[0]} = substr(?2, asked.value, {_BLIND})"
        else:
            given = (json.dumps(listed),)
            places = enumerate(names)
            match = " AND ".join(f"{table}.{name} = asked.value ->> {at}" for at, name in places)
        found = f"json_each(?1) AS asked CROSS JOIN {table} ON {match}"
        yield f"SELECT {table}.* FROM {found}", given  # noqa: S608 - made of column names


def _writes(ready: Load, shape: Shape) -> Iterator[tuple[str, list[Row]]]:
    for table, rows in ready.inserts.items():
        marks = ", ".join("?" * len(shape.tables[table].columns))
        yield f"INSERT INTO {table} VALUES ({marks})", list(rows.values())  # noqa: S608
    for table, rows in ready.updates.items():
        new = ", ".join(f"{name} = ?" for name in shape.changed(table))
        found = " AND ".join(f"{name} = ?" for name in shape.tables[table].key)
        yield f"UPDATE {table} SET {new} WHERE {found}", list(rows.values())  # noqa: S608
