"""The Store contract on one SQLite file: whose turn it is, and how long a transaction lasts.

One connection. A lock is held from the first statement of a unit to its commit; all else is one
function, run as one transaction in one hop. Other processes are kept apart by `BEGIN IMMEDIATE`.
Whatever ends a unit, a cancellation too, is followed by a rollback before anybody else's work.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

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
from storage.sealed import read_aside, read_line, read_member
from storage.sealed_requests import read_change, read_dossier
from storage.sqlite import audit, post, purge, registry, requests, reseal
from storage.sqlite.copy import check, copy, lay_to_rest, make_room, remove, size
from storage.sqlite.figures import FigureLooks
from storage.sqlite.operations import OperationsLooks
from storage.sqlite.rights import RightsLooks
from storage.sqlite.schema import check_keys, migrate
from storage.sqlite.statements import STORED_HIGH_WATER, asides, queue, transcript
from storage.sqlite.unit import SqliteUnit
from storage.sqlite.wire import (
    MEMORY,
    connect,
    fold,
    to_the_end,
    written,
)
from storage.vault import Vault

Result = TypeVar("Result")

_TIDY_FROM, _PAGE = 4 << 20, 1000  # bytes of log worth folding back; rows read at a time


class SqliteStore(RightsLooks, OperationsLooks, FigureLooks):
    """All rows of the bot in one file (a path or `sqlite:///path`) or in `:memory:`."""

    def __init__(self, where: str, vault: Vault, audit_key: bytes) -> None:
        super().__init__(where.removeprefix("sqlite:///"))
        self._vault = vault
        self._audit_key = audit_key
        self._high_water = 0.0

    # --- life ------------------------------------------------------------------------

    async def open(self, *, now: float) -> None:
        wire = await connect(self._path)
        try:
            await wire.hop(migrate)
            await wire.hop(partial(written, partial(check_keys, vault=self._vault, now=now)))
        except BaseException:
            await to_the_end(wire.close())
            raise
        self._wire = wire

    async def close(self) -> None:
        async with self._lock:
            wire, self._wire = self._wire, None
            if wire is not None:
                await to_the_end(wire.close())

    def index(self, kind: str, value: str) -> bytes:
        return self._vault.index(kind, value)

    # --- units -----------------------------------------------------------------------

    @asynccontextmanager
    async def unit(self, *, now: float) -> AsyncIterator[SqliteUnit]:
        async with self._held():
            unit = SqliteUnit(self._hop, self._vault, self._audit_key, now)
            # Once a second is enough: the mark need not be younger than what it guards.
            if advances := now >= self._high_water + 1:
                unit.mark_time()
            try:
                yield unit
                await unit.commit()
            except BaseException:
                unit.close()
                await to_the_end(self._roll_back())
                raise
            if advances:
                self._high_water = now

    async def high_water(self) -> float:
        rows = await self._look(lambda db: db.execute(STORED_HIGH_WATER).fetchall())
        return float(rows[0][0]) if rows else 0.0

    # --- messages --------------------------------------------------------------------

    def on_outbound(self, told: Callable[[], None]) -> None:
        """Nobody rings: the notifier of this process is woken by its own batches."""

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
        if not settled and not await self._look(partial(post.anything, claim=claim)):
            return []
        return await self._alone(partial(post.lease, vault=self._vault, claim=claim))

    async def settle(self, rows: Sequence[Settlement]) -> None:
        if rows:
            await self._alone(partial(post.settle, rows=rows))

    async def backlog(self, *, now: float) -> Backlog:
        return await self._look(partial(post.backlog, now=now))

    # --- registry --------------------------------------------------------------------

    async def add_members(self, people: Iterable[Person]) -> int:
        named = list(people)
        return await self._alone(partial(registry.add, vault=self._vault, people=named))

    async def all_members(self) -> AsyncIterator[Member]:
        after = 0
        while rows := await self._look(partial(registry.page, after=after, limit=_PAGE)):
            for row in rows:
                yield read_member(self._vault, row[1:])
            after = rows[-1][0]

    # --- requests --------------------------------------------------------------------

    async def due_changes(self, *, now: float, limit: int) -> list[Change]:
        rows = await self._look(partial(requests.due_changes, now=now, limit=limit))
        return [read_change(self._vault, row) for row in rows]

    async def list_dossiers(
        self, *, states: Sequence[str], limit: int, kinds: Sequence[str] = (), after: str = ""
    ) -> list[Dossier]:
        asked = partial(requests.list_dossiers, states=states, kinds=kinds)
        look = partial(asked, after=after, limit=limit)
        return [read_dossier(self._vault, row) for row in await self._look(look)]

    # --- audit -----------------------------------------------------------------------

    async def verify_audit(self) -> int:
        last, done = EMPTY, False
        while not done:
            page = partial(audit.verify_page, key=self._audit_key, last=last, limit=_PAGE)
            last, done = await self._look(page)
        return last[0]

    async def audit_head(self) -> tuple[int, bytes]:
        return await self._look(partial(audit.head, key=self._audit_key))

    async def audit_macs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        return await self._look(partial(audit.macs, numbers=numbers)) if numbers else {}

    # --- upkeep ----------------------------------------------------------------------

    async def queue(self, *, limit: int) -> list[HandOverRequest]:
        return [HandOverRequest(*row) for row in await self._look(partial(queue, limit=limit))]

    async def transcript(self, chat: str, *, limit: int) -> list[Line]:
        rows = await self._look(partial(transcript, chat=chat, limit=limit))
        return [read_line(self._vault, row) for row in reversed(rows)]

    async def asides(self, *, limit: int) -> list[SetAside]:
        rows = await self._look(partial(asides, limit=limit))
        return [read_aside(self._vault, row) for row in rows]

    async def purge(self, keep: Retention, *, now: float) -> int:
        gone = 0
        await self._alone(partial(purge.erase_letters, now=now))
        for rule in purge.RULES:
            deleted = rule.chunk
            while deleted == rule.chunk:
                deleted = await self._alone(partial(rule.apply, keep=keep, now=now))
                gone += deleted
        for after in range(0, await self._look(purge.newest_conversation), purge.CHUNK):
            before = now - keep.abandoned
            await self._alone(partial(purge.abandon, after=after, before=before))
        return gone

    async def reseal(self, *, batch: int = 500, told: Callable[[int], None] | None = None) -> int:
        total = 0
        for sealed in reseal.EVERYTHING:
            after: reseal.Place | None = ()
            while after is not None:
                limit = min(batch, sealed.most)
                page = partial(sealed.page, vault=self._vault, after=after, limit=limit)
                last, changed = await self._alone(page)
                total += changed
                if told is not None:
                    told(total)
                after = last or None
        await self._alone(partial(reseal.forget_older_keys, vault=self._vault))
        return total

    async def tidy(self) -> None:
        """Fold the write-ahead log back: the bulk beside the units, the rest between two."""
        if size(Path(self._path + "-wal")) < _TIDY_FROM:
            return
        await self._beside(fold)
        await self._look(fold)

    async def backup(self, target: str) -> None:
        path = Path(target)
        make_room(path)
        try:
            await self._copy_to(path)
        except BaseException:
            remove(path)
            raise

    async def check_copy(self, source: str) -> int:
        return await asyncio.to_thread(check, Path(source), self._audit_key)

    async def lay_to_rest(self, *, now: float) -> int:
        return await self._alone(partial(lay_to_rest, now=now))

    async def _copy_to(self, path: Path) -> None:
        work = partial(copy, target=path)
        await (self._look(work) if self._path == MEMORY else self._beside(work))
