"""The Store contract on a PostgreSQL database that any number of processes share.

A unit is one transaction on a connection of the pool; all else is one short transaction too.
Nothing that matters is held in the process: what it remembers may be forgotten at any time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from storage.base import (
    Backlog,
    Change,
    Dossier,
    HandOverRequest,
    Line,
    Member,
    Parcel,
    Person,
    Retention,
    SetAside,
    Settlement,
)
from storage.chain import EMPTY
from storage.moving import Told
from storage.postgres import audit, months, post, registry, reseal
from storage.postgres import request_statements as requests
from storage.postgres import statements as sql
from storage.postgres.bell import Bell
from storage.postgres.copy import read_in, write_out
from storage.postgres.figures import FigureLooks
from storage.postgres.operations import OperationsLooks
from storage.postgres.purge import purge
from storage.postgres.rights import RightsLooks
from storage.postgres.schema import check_keys, check_server, migrate
from storage.postgres.unit import PostgresUnit
from storage.postgres.wire import LOOK, SNAPSHOT, Pool
from storage.sealed import read_aside, read_line, read_member
from storage.sealed_requests import read_change, read_dossier
from storage.sqlite.copy import check
from storage.vault import Vault

_PAGE = 1000  # rows read at a time
_SHARDS = 16  # rows that one slice of a limit may have

# Each statement's first parameter is the time of the end.
_ENDS = (
    "UPDATE challenges SET void_at = $1 WHERE used_at IS NULL AND void_at IS NULL",
    "UPDATE pages SET used_at = $1 WHERE used_at IS NULL",
    "UPDATE outbound SET status = 'dead', letter = NULL, ended_at = $1 WHERE status = 'waiting'",
    """
    UPDATE changes SET ended_at = $1, ended_as = 'refused'
    WHERE applied_at IS NULL AND ended_at IS NULL
    """,
    "UPDATE outbound SET letter = NULL WHERE status = 'dead' AND letter IS NOT NULL AND due <= $1",
    "DELETE FROM sessions WHERE begun_at <= $1",
    "UPDATE staff SET invite = '', invite_until = $1 WHERE invite <> ''::bytea",
)


class PostgresStore(RightsLooks, OperationsLooks, FigureLooks):
    """All rows of the bot in the database of a URL, postgresql://user@host/name."""

    def __init__(
        self, url: str, vault: Vault, audit_key: bytes, *, direct: str = "", connections: int = 8
    ) -> None:
        """direct: the database's own URL, when `url` is that of a pooler."""
        self._vault = vault
        self._audit_key = audit_key
        self._pool = Pool(url, connections)
        self._bell = Bell(self._pool, direct or (url if self._pool.cached else ""))
        self._shard = 0
        self._high_water = 0.0

    # --- life ------------------------------------------------------------------------

    async def open(self, *, now: float) -> None:
        await self._pool.open()
        try:
            async with self._pool.begun(LOOK) as wire:
                await check_server(wire)
            await migrate(self._pool)
            async with self._pool.begun() as wire:
                await check_keys(wire, self._vault, now)
                ((number,),) = await wire.fetch("SELECT nextval('store_numbers')")
            await months.make_ahead(self._pool, now)
        except BaseException:
            await self._pool.close()
            raise
        self._shard = number % _SHARDS
        self._bell.named(str(number))

    async def close(self) -> None:
        await self._bell.close()
        await self._pool.close()

    def index(self, kind: str, value: str) -> bytes:
        return self._vault.index(kind, value)

    # --- units -----------------------------------------------------------------------

    @asynccontextmanager
    async def unit(self, *, now: float) -> AsyncIterator[PostgresUnit]:
        # Once a second is enough: the mark need not be younger than what it guards.
        advances = now >= self._high_water + 1
        async with self._pool.begun() as wire:
            unit = PostgresUnit(wire, self._vault, self._audit_key, now, self._shard)
            try:
                yield unit
                await unit.finish(mark_time=advances)
            finally:
                unit.close()
        if advances:
            self._high_water = max(now, self._high_water)
        if unit.queued:
            self._bell.ring()

    async def high_water(self) -> float:
        rows = await self._look(sql.STORED_HIGH_WATER)
        return float(rows[0][0]) if rows else 0.0

    # --- messages --------------------------------------------------------------------

    def on_outbound(self, told: Callable[[], None]) -> None:
        self._bell.on_ring(told)

    async def claim(
        self,
        owner: str,
        channels: Sequence[str],
        *,
        now: float,
        lease: float,
        limit: int,
        settled: Sequence[Settlement] = (),
    ) -> list[Parcel]:
        claim = post.Claim(owner, channels, now, lease, limit, settled)
        async with self._pool.begun() as wire:
            return await post.lease(wire, self._vault, claim)

    async def settle(self, rows: Sequence[Settlement]) -> None:
        if rows:
            async with self._pool.begun() as wire:
                await post.settle(wire, rows)

    async def backlog(self, *, now: float) -> Backlog:
        async with self._pool.begun(LOOK) as wire:
            return await post.backlog(wire, now)

    # --- registry --------------------------------------------------------------------

    async def add_members(self, people: Iterable[Person]) -> int:
        named = list(people)
        async with self._pool.begun() as wire:
            return await registry.add(wire, self._vault, named)

    async def all_members(self) -> AsyncIterator[Member]:
        after = 0
        while rows := await self._look(registry.PAGE, after, _PAGE):
            for row in rows:
                yield read_member(self._vault, row[1:])
            after = rows[-1][0]

    # --- requests --------------------------------------------------------------------

    async def due_changes(self, *, now: float, limit: int) -> list[Change]:
        rows = await self._look(requests.DUE_CHANGES, now, limit)
        return [read_change(self._vault, row) for row in rows]

    async def list_dossiers(
        self, *, states: Sequence[str], limit: int, kinds: Sequence[str] = (), after: str = ""
    ) -> list[Dossier]:
        rows = await self._look(requests.LIST_DOSSIERS, states, kinds, after, limit)
        return [read_dossier(self._vault, row) for row in rows]

    # --- audit -----------------------------------------------------------------------

    async def verify_audit(self) -> int:
        last, done = EMPTY, False
        while not done:
            # A snapshot: the last page and the head must be of one moment.
            async with self._pool.begun(SNAPSHOT) as wire:
                last, done = await audit.verify_page(wire, self._audit_key, last, _PAGE)
        return last[0]

    async def audit_head(self) -> tuple[int, bytes]:
        async with self._pool.begun(LOOK) as wire:
            return await audit.head(wire, self._audit_key)

    async def audit_macs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        async with self._pool.begun(LOOK) as wire:
            return await audit.macs(wire, numbers)

    # --- upkeep ----------------------------------------------------------------------

    async def queue(self, *, limit: int) -> list[HandOverRequest]:
        return [HandOverRequest(*row) for row in await self._look(sql.QUEUE, limit)]

    async def transcript(self, chat: str, *, limit: int) -> list[Line]:
        rows = await self._look(sql.TRANSCRIPT, chat, limit)
        return [read_line(self._vault, row) for row in reversed(rows)]

    async def asides(self, *, limit: int) -> list[SetAside]:
        return [read_aside(self._vault, row) for row in await self._look(sql.ASIDES, limit)]

    async def purge(self, keep: Retention, *, now: float) -> int:
        return await purge(self._pool, keep, now)

    async def reseal(self, *, batch: int = 500, told: Callable[[int], None] | None = None) -> int:
        total = 0
        for sealed in reseal.EVERYTHING:
            after: reseal.Place | None = ()
            while after is not None:
                limit = min(batch, sealed.most)
                async with self._pool.begun() as wire:
                    last, changed = await sealed.page(wire, self._vault, after, limit)
                total += changed
                if told is not None:
                    told(total)
                after = last or None
        async with self._pool.begun() as wire:
            await reseal.forget_older_keys(wire, self._vault)
        return total

    async def tidy(self) -> None:
        """Make room for the months to come."""
        if mark := await self.high_water():
            await months.make_ahead(self._pool, mark)

    async def backup(self, target: str) -> None:
        await write_out(self._pool, Path(target))

    async def check_copy(self, source: str) -> int:
        return await asyncio.to_thread(check, Path(source), self._audit_key)

    async def move_in(self, source: str, *, now: float, told: Told) -> dict[str, int]:
        """Fill this database, still empty, with all rows of a SQLite file that nobody uses.

        All or nothing, read back and compared before it is kept; rows of each table.
        `told` hears of which table how many rows are there. `Conflict` when it is not empty.
        """
        return await read_in(self._pool, Path(source), self._vault, self._audit_key, now, told)

    async def lay_to_rest(self, *, now: float) -> int:
        async with self._pool.begun() as wire:
            return sum([await wire.execute(end, now) for end in _ENDS])
