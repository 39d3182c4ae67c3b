"""Switches, messages and the audit log: what a unit changes, and what is looked up beside it."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from msgspec.structs import astuple

from storage import sealed_operations as shared
from storage.operations import Record, Search, Sending, Switch
from storage.sqlite.carried import Carried, Rows
from storage.sqlite.inbox import InboxLooks
from storage.sqlite.staff import fetch

_SAVE = f"INSERT OR REPLACE INTO switches ({shared.SWITCH}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_DROP = "DELETE FROM switches WHERE name = ?"
_AGAIN = """
UPDATE outbound SET status = 'waiting', due = ?2, tries = 0, leased_until = 0, ended_at = NULL
WHERE id IN (SELECT value FROM json_each(?1)) AND status = 'dead' AND keep = 1
    AND letter IS NOT NULL AND dies_at > ?2
RETURNING id
"""


class OperationsUnit(Carried):
    """What a unit can do about operations."""

    async def save_switches(self, rows: Sequence[Switch]) -> None:
        self._write(_SAVE, [astuple(row) for row in rows])

    async def drop_switches(self, names: Sequence[str]) -> None:
        self._write(_DROP, [(name,) for name in names])

    async def send_again(self, messages: Sequence[int], now: float) -> list[int]:
        asked = f"[{','.join(str(int(number)) for number in messages)}]"
        rows = await self._carry(partial(fetch, _AGAIN, (asked, now))) if messages else []
        return sorted(number for (number,) in rows)


class OperationsLooks(InboxLooks):
    """What the store tells of operations."""

    async def switches(self) -> list[Switch]:
        rows = await self._look(partial(fetch, shared.SWITCHES, ()))
        return [shared.read_switch(row) for row in rows]

    async def records(self, picked: Search) -> list[Record]:
        rows = await self._look(partial(_page, shared.HEAD, shared.RECORDS, picked))
        return [shared.read_record(row) for row in rows]

    async def sendings(self, picked: Search) -> list[Sending]:
        rows = await self._look(partial(_page, shared.LAST, shared.sendings(picked.kind), picked))
        return [shared.read_sending(self._vault, row) for row in rows]


def _page(newest: str, text: str, picked: Search, db: sqlite3.Connection) -> Rows:
    last = int(db.execute(newest).fetchone()[0])
    return db.execute(text.replace("$", "?"), shared.asked(picked, last)).fetchall()
