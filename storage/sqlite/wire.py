"""One connection to an SQLite file: opened with the settings durability needs, or not at all.

A hop to aiosqlite's thread costs more than most statements, so work travels as whole functions:
`hop` runs one of them over there. Hops run strictly in the order they were sent, also when the
one who sent them no longer waits; everything about cancellation rests on that.

This is the home of aiosqlite, and the place where SQLite's errors become the contract's.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.base import Corrupt, Unavailable

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

MEMORY = ":memory:"
PAGE = 4096
BUSY_MS = 5000  # how long another process is waited for
_NAP_MS = 20
WAL_LIMIT = 32 << 20  # bytes after which a commit folds the log back by itself

_SETTINGS: tuple[tuple[str, str, object], ...] = (
    # name, what is asked for, what must be read back
    ("busy_timeout", str(BUSY_MS), BUSY_MS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("temp_store", "MEMORY", 2),
    ("cache_size", "-16384", -16384),
    ("wal_autocheckpoint", str(WAL_LIMIT // PAGE), WAL_LIMIT // PAGE),
    ("journal_size_limit", str(WAL_LIMIT), WAL_LIMIT),
)
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Broken(Unavailable):
    """The disk failed under this connection: what it believes is written may not be."""


class Wire(aiosqlite.Connection):
    """A connection that carries whole functions to its thread."""

    async def hop(self, work: Work[Result]) -> Result:
        def run() -> Result:
            # A closure, since aiosqlite logs what it runs: this one's repr shows no rows.
            return work(self._conn)

        with contract_errors():
            done: Result = await self._execute(run)  # type: ignore[no-untyped-call]
        return done

    async def close(self) -> None:
        with contract_errors():
            await super().close()


async def connect(path: str) -> Wire:
    """Open the file, make it 0600 if it is new, and insist on every setting."""
    if path != MEMORY:
        _make_private(Path(path))
    opener = partial(sqlite3.connect, path, isolation_level=None, cached_statements=256)
    with contract_errors():
        wire = Wire(opener, iter_chunk_size=64)
        await wire
    try:
        await wire.hop(partial(_settle_in, in_memory=path == MEMORY))
    except BaseException:
        await to_the_end(wire.close())
        raise
    return wire


def written(work: Work[Result], db: sqlite3.Connection) -> Result:
    """Run `work` as one transaction of its own; to be sent as one hop."""
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        roll_back(db)
        raise
    return result


def roll_back(db: sqlite3.Connection) -> None:
    """Leave no transaction open. SQLite may have rolled back by itself already."""
    if db.in_transaction:
        db.execute("ROLLBACK")


def fold(db: sqlite3.Connection) -> None:
    """Fold the write-ahead log back."""
    # PASSIVE waits for nobody; the log starts anew once everything is folded back.
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` even if the caller is cancelled meanwhile; the cancellation comes after."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as request:
            cancelled = request
    if cancelled is not None:
        raise cancelled


@contextmanager
def contract_errors() -> Iterator[None]:
    """Turn what SQLite reports into the contract's errors; mistakes of ours stay as they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # The low byte is the kind of error, the rest its variety.
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind in _BUSY:
            raise Unavailable("the database is locked by another process; try again") from error
        if kind == sqlite3.SQLITE_IOERR:
            raise Broken(
                "the disk failed; the database is opened anew before its next use"
            ) from error
        if kind in _NO_ROOM:
            raise Unavailable(f"the database cannot be used ({error}); check the disk") from error
        if kind in _DAMAGED:
            raise Corrupt("the database file is damaged; restore a backup") from error
        raise


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the main file.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise Unavailable(f"the database file cannot be opened: {error.strerror}") from error


def _set(db: sqlite3.Connection, text: str) -> None:
    # The change to WAL does not wait for others by itself, as all else does.
    for _ in range(BUSY_MS // _NAP_MS):
        try:
            db.execute(text).fetchall()
        except sqlite3.OperationalError:
            time.sleep(_NAP_MS / 1000)
        else:
            return
    db.execute(text).fetchall()


def _settle_in(db: sqlite3.Connection, *, in_memory: bool) -> None:
    db.create_function("unhex", 1, bytes.fromhex, deterministic=True)
    for name, value, expected in _SETTINGS:
        _set(db, f"PRAGMA {name} = {value}")
        (found,) = db.execute(f"PRAGMA {name}").fetchone()
        if found != ("memory" if in_memory and name == "journal_mode" else expected):
            raise Unavailable(f"this SQLite does not accept {name} = {value} (it has {found})")
