"""The transaction under a unit: what waits travels with the next read or with the commit.

A unit in which anything failed, or was cut off by a cancellation, takes no further work and
cannot be committed.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from storage.base import Unavailable
from storage.sqlite import statements as sql
from storage.sqlite.wire import Work
from storage.vault import Vault

Rows = list[tuple[Any, ...]]
Hop = Callable[[Work[Rows]], Awaitable[Rows]]


class Carried:
    """One open transaction and the work that waits for it."""

    def __init__(self, hop: Hop, vault: Vault, audit_key: bytes, now: float) -> None:
        self._hop = hop
        self._vault = vault
        self._audit_key = audit_key
        self._now = now
        self._waiting: list[Work[object]] = [partial(_do, "BEGIN IMMEDIATE")]
        self._over = False
        self._halves: dict[str, bytes] = {}  # by chat, as looked up or made here

    def mark_time(self) -> None:
        """Carry the high-water mark of time forward with this unit."""
        self._write(sql.HIGH_WATER, [(self._now,)])

    async def commit(self) -> None:
        """Send what waits and commit; the unit is over, whatever happens."""
        try:
            await self._carry(partial(_do, "COMMIT"))
        finally:
            self._over = True

    def close(self) -> None:
        """Take no further work; what waits is forgotten."""
        self._over = True

    async def _read(self, text: str, *lists: Sequence[object]) -> Rows:
        if not any(lists):
            return []
        asked = [msgspec.json.encode(values).decode() for values in lists]
        return await self._carry(partial(_fetch, text, asked))

    def _write(self, text: str, rows: Rows) -> None:
        if rows:
            self._waiting.append(partial(_each, text, rows))

    async def _carry(self, last: Work[Rows]) -> Rows:
        if self._over:
            raise Unavailable("this unit of work has failed or ended; begin another one")
        waiting, self._waiting = self._waiting, []
        try:
            return await self._hop(partial(_in_order, waiting, last))
        except BaseException:
            # Also when cancelled: nobody would see an error of what is still under way.
            self._over = True
            raise


def hexes(values: Sequence[bytes]) -> list[str]:
    """Blobs as the statements take them in lists."""
    return [value.hex() for value in values]


def _in_order(waiting: list[Work[object]], last: Work[Rows], db: sqlite3.Connection) -> Rows:
    for work in waiting:
        work(db)
    return last(db)


def _fetch(text: str, asked: list[str], db: sqlite3.Connection) -> Rows:
    return db.execute(text, asked).fetchall()


def _each(text: str, rows: Rows, db: sqlite3.Connection) -> None:
    db.executemany(text, rows)


def _do(text: str, db: sqlite3.Connection) -> Rows:
    return db.execute(text).fetchall()
