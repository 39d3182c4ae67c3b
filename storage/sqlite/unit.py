"""One open transaction and its batch methods.

Writes are sealed at once but travel together with the next read or with the commit: a whole turn
costs one hop per read and one for everything it writes. A unit in which anything failed, or was
cut off by a cancellation, takes no further work and cannot be committed.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from storage import sealed
from storage.base import (
    Act,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Member,
    Outbound,
    Page,
    Password,
    Seen,
    SetAside,
    Tally,
    Unavailable,
)
from storage.sqlite import audit, post, registry
from storage.sqlite import statements as sql
from storage.sqlite.wire import Work
from storage.vault import Vault

Rows = list[tuple[Any, ...]]
Hop = Callable[[Work[Rows]], Awaitable[Rows]]


class SqliteUnit:
    """The batch methods of one open transaction."""

    def __init__(self, hop: Hop, vault: Vault, audit_key: bytes, now: float) -> None:
        self._hop = hop
        self._vault = vault
        self._audit_key = audit_key
        self._now = now
        self._waiting: list[Work[object]] = [partial(_do, "BEGIN IMMEDIATE")]
        self._over = False

    # --- reading ---------------------------------------------------------------------

    async def conversations(self, chats: Sequence[str]) -> dict[str, Conversation]:
        rows = await self._read(sql.CONVERSATIONS, chats)
        return {row[0]: sealed.read_conversation(self._vault, row) for row in rows}

    async def first_seen(self, marks: Sequence[Seen]) -> set[str]:
        rows = await self._read(sql.FIRST_SEEN, [(mark.key, mark.at) for mark in marks])
        return {key for (key,) in rows}

    async def challenges(
        self, keys: Sequence[tuple[str, int, str]]
    ) -> dict[tuple[str, int, str], Challenge]:
        rows = await self._read(sql.CHALLENGES, keys)
        return {row[:3]: sealed.read_challenge(row) for row in rows}

    async def members(self, identifiers: Sequence[str]) -> dict[str, Member]:
        accounts, nationals = sealed.asked(self._vault, identifiers)
        rows = await self._read(registry.NEAREST, _hex([*accounts]), _hex([*nationals]))
        # Every row is opened, also the neighbour of a key that nobody has (R27).
        near = [(row[0], row[1], sealed.read_member(self._vault, row[2:])) for row in rows]
        return {(accounts | nationals)[asked]: row for asked, key, row in near if asked == key}

    async def tallies(self, keys: Sequence[bytes]) -> list[Tally]:
        return [Tally(*row) for row in await self._read(sql.TALLIES, _hex(keys))]

    async def pages(self, token_hashes: Sequence[bytes]) -> dict[bytes, Page]:
        return {row[0]: Page(*row) for row in await self._read(sql.PAGES, _hex(token_hashes))}

    async def links(self, accounts: Sequence[bytes]) -> list[Link]:
        return [Link(*row) for row in await self._read(sql.LINKS, _hex(accounts))]

    # --- writing ---------------------------------------------------------------------

    async def save_conversations(self, rows: Sequence[Conversation]) -> None:
        self._write(sql.SAVE_CONVERSATION, [sealed.conversation(self._vault, row) for row in rows])

    async def save_challenges(self, rows: Sequence[Challenge]) -> None:
        self._write(sql.SAVE_CHALLENGE, [sealed.fields(row) for row in rows])

    async def void_challenges(self, accounts: Sequence[bytes], at: float) -> None:
        self._write(sql.VOID_CHALLENGES, [(at, account) for account in accounts])

    async def add_tallies(self, rows: Sequence[Tally]) -> None:
        self._write(sql.ADD_TALLY, [(*sealed.fields(row), self._now) for row in rows])

    async def clear_tallies(self, keys: Sequence[bytes]) -> None:
        self._write(sql.CLEAR_TALLY, [(key,) for key in keys])

    async def save_pages(self, rows: Sequence[Page]) -> None:
        self._write(sql.SAVE_PAGE, [sealed.fields(row) for row in rows])

    async def set_passwords(self, rows: Sequence[Password]) -> None:
        self._write(registry.SET_PASSWORD, [sealed.password(row) for row in rows])

    async def add_links(self, rows: Sequence[Link]) -> None:
        self._write(sql.ADD_LINK, [sealed.fields(row) for row in rows])

    async def add_consents(self, rows: Sequence[Consent]) -> None:
        self._write(sql.ADD_CONSENT, [sealed.fields(row) for row in rows])

    async def add_lines(self, rows: Sequence[Line]) -> None:
        self._write(sql.ADD_LINE, [sealed.line(self._vault, row) for row in rows])

    async def add_hand_overs(self, rows: Sequence[HandOverRequest]) -> None:
        self._write(sql.ADD_HAND_OVER, [sealed.fields(row) for row in rows])

    async def add_acts(self, rows: Sequence[Act]) -> None:
        if rows:
            self._waiting.append(partial(audit.append, key=self._audit_key, acts=rows))

    async def add_outbound(self, rows: Sequence[Outbound], at: float) -> None:
        self._write(post.ADD, [sealed.outbound(self._vault, row, at) for row in rows])

    async def set_aside(self, rows: Sequence[SetAside]) -> None:
        self._write(sql.SET_ASIDE, [sealed.aside(self._vault, row) for row in rows])

    # --- carrying --------------------------------------------------------------------

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


def _hex(values: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in values]
