"""Switches, messages and the audit log: what a unit changes, and what is looked up beside it."""

from collections.abc import Sequence

from msgspec.structs import astuple

from storage import sealed_operations as shared
from storage.operations import Record, Search, Sending, Switch
from storage.postgres.held import Held
from storage.postgres.inbox import InboxLooks
from storage.postgres.statements import arrays
from storage.postgres.wire import LOOK, Row
from storage.postgres.writes import Write

_TEXT, _TIME = "text", "double precision"
_SAVE = f"""
INSERT INTO switches ({shared.SWITCH})
SELECT * FROM {arrays(_TEXT, _TEXT, _TEXT, _TEXT, _TIME, _TEXT, _TIME)}
ON CONFLICT (name) DO UPDATE SET value = excluded.value, vi = excluded.vi, en = excluded.en,
    until = excluded.until, who = excluded.who, at = excluded.at
"""  # noqa: S608 - made of constants
_DROP = "DELETE FROM switches WHERE name = ANY ($1::text[])"
_AGAIN = """
UPDATE outbound SET status = 'waiting', due = $2, tries = 0, leased_until = 0, ended_at = NULL
WHERE id = ANY ($1::bigint[]) AND status = 'dead' AND keep = 1
    AND letter IS NOT NULL AND dies_at > $2
RETURNING id
"""
_TYPES = {1: "bigint", 2: "bigint", 3: "bigint", 4: "text", 5: "text"}


class OperationsUnit(Held):
    """What a unit can do about operations."""

    async def save_switches(self, rows: Sequence[Switch]) -> None:
        self._write(_SAVE, [astuple(row) for row in rows], key=1)

    async def drop_switches(self, names: Sequence[str]) -> None:
        if names:
            self._waiting.append(Write(_DROP, (list(names),)))

    async def send_again(self, messages: Sequence[int], now: float) -> list[int]:
        rows = await self._read(_AGAIN, list(messages), now) if messages else []
        self.queued = self.queued or bool(rows)
        return sorted(number for (number,) in rows)


class OperationsLooks(InboxLooks):
    """What the store tells of operations."""

    async def switches(self) -> list[Switch]:
        return [shared.read_switch(tuple(row)) for row in await self._look(shared.SWITCHES)]

    async def records(self, picked: Search) -> list[Record]:
        rows = await self._page(shared.HEAD, _typed(shared.RECORDS), picked)
        return [shared.read_record(tuple(row)) for row in rows]

    async def sendings(self, picked: Search) -> list[Sending]:
        rows = await self._page(shared.LAST, _typed(shared.sendings(picked.kind)), picked)
        return [shared.read_sending(self._vault, tuple(row)) for row in rows]

    async def _page(self, newest: str, text: str, picked: Search) -> list[Row]:
        async with self._pool.begun(LOOK) as wire:
            ((last,),) = await wire.fetch(newest)
            return await wire.fetch(text, *shared.asked(picked, last))


def _typed(text: str) -> str:
    for number, kind in _TYPES.items():
        text = text.replace(f"${number}", f"${number}::{kind}")
    return text
