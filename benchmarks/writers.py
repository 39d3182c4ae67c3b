"""The batch write of one turn as plain SQL; `writers_core.py` has it in SQLAlchemy Core.

dedupe mark, conversation, transcript line, outbound message, challenge: one statement per
table, whatever the length of the batch, in one transaction with one commit.
"""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

import aiosqlite

SCHEMA = """
CREATE TABLE seen (key TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE conversation (chat TEXT PRIMARY KEY, turn INTEGER NOT NULL, state TEXT NOT NULL,
    memo BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE line (id INTEGER PRIMARY KEY, chat TEXT NOT NULL, at REAL NOT NULL,
    body BLOB NOT NULL);
CREATE TABLE outbound (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, lane TEXT NOT NULL,
    due REAL NOT NULL, body BLOB NOT NULL);
CREATE TABLE challenge (chat TEXT PRIMARY KEY, counter INTEGER NOT NULL,
    tries INTEGER NOT NULL, destination BLOB NOT NULL) WITHOUT ROWID;
"""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


@dataclass(frozen=True, slots=True)
class Row:
    """Everything one event writes."""

    key: str
    at: float
    chat: str
    turn: int
    state: str
    memo: bytes
    body: bytes
    destination: bytes


class Writer(Protocol):
    """One notation. `spoil` raises before the commit, as a bad event would."""

    name: str

    async def open(self, path: Path) -> None:
        """Connect and create the tables."""

    async def write(self, rows: Sequence[Row], *, spoil: bool = False) -> set[str]:
        """Write the batch and commit; the keys that were new."""

    async def close(self) -> None:
        """Let go."""


class Spoilt(Exception):
    """The event that makes a batch roll back."""


_SEEN = """INSERT INTO seen (key, at) SELECT value ->> 0, value ->> 1 FROM json_each(?1)
    WHERE true ON CONFLICT DO NOTHING RETURNING key"""
_KEEP_TALK = """ON CONFLICT (chat) DO UPDATE SET turn = excluded.turn, state = excluded.state,
    memo = excluded.memo"""
_KEEP_CODE = """ON CONFLICT (chat) DO UPDATE SET counter = excluded.counter,
    tries = max(tries, excluded.tries), destination = excluded.destination"""
# Table, columns, attributes of Row in that order, conflict clause.
_WRITES = (
    ("conversation", "chat, turn, state, memo", attrgetter("chat", "turn", "state", "memo"),
     _KEEP_TALK),
    ("line", "chat, at, body", attrgetter("chat", "at", "body"), ""),
    ("outbound", "ref, lane, due, body", attrgetter("key", "chat", "at", "body"), ""),
    ("challenge", "chat, counter, tries, destination",
     attrgetter("chat", "turn", "turn", "destination"), _KEEP_CODE),
)  # fmt: skip


class Plain:
    """Plain SQL through aiosqlite; `executemany` for what returns nothing."""

    name = "plain SQL, executemany"

    async def open(self, path: Path) -> None:
        """Autocommit mode, so that BEGIN IMMEDIATE is ours."""
        self.db = await aiosqlite.connect(path, isolation_level=None)
        for word in PRAGMAS:
            await self.db.execute(f"PRAGMA {word}")
        await self.db.executescript(SCHEMA)

    async def write(self, rows: Sequence[Row], *, spoil: bool = False) -> set[str]:
        async with self._transaction():
            marks = json.dumps([(row.key, row.at) for row in rows])
            new = await self.db.execute_fetchall(_SEEN, (marks,))
            await self.fill(rows)
            if spoil:
                raise Spoilt
        return {key for (key,) in new}

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        await self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            await self.db.execute("ROLLBACK")
            raise
        await self.db.execute("COMMIT")

    async def fill(self, rows: Sequence[Row]) -> None:
        """The four tables behind the dedupe mark."""
        for table, columns, values, conflict in _WRITES:
            marks = ", ".join("?" * (columns.count(",") + 1))
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608
            await self.db.executemany(sql, map(values, rows))

    async def close(self) -> None:
        await self.db.close()


class Listed(Plain):
    """Plain SQL; a whole batch is one parameter, read by `json_each`.

    JSON holds no bytes: the last column of each table is sent in one blob and cut out.
    """

    name = "plain SQL, json_each"

    async def fill(self, rows: Sequence[Row]) -> None:
        for table, columns, values, conflict in _WRITES:
            last = columns.count(",")
            picks = [f"value ->> {place}" for place in range(last)]
            picks.append(f"substr(?2, value ->> {last}, value ->> {last + 1})")
            source = f"SELECT {', '.join(picks)} FROM json_each(?1) WHERE true"  # noqa: S608
            sql = f"INSERT INTO {table} ({columns}) {source} {conflict}"
            await self.db.execute(sql, _cut(map(values, rows)))


def _cut(rows: Iterable[tuple[Any, ...]]) -> tuple[str, bytes]:
    """Rows without their last column, but with its place in the blob that follows."""
    texts, blob = [], bytearray()
    for *plain, last in rows:
        texts.append((*plain, len(blob) + 1, len(last)))
        blob += last
    return json.dumps(texts), bytes(blob)
