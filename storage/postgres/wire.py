"""Connections to a PostgreSQL server, and transactions on them.

Nothing is kept in a session: no settings, no session locks, no temporary tables; so a connection
may pass through PgBouncer in transaction mode. Such a pooler does not know prepared statements
(before 1.21, or with max_prepared_statements = 0): put `?statement_cache_size=0` behind the URL.

This is the home of asyncpg; `errors.py` makes its errors the contract's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from storage.errors import Unavailable
from storage.postgres.errors import CLIENT, contract_errors

Row = tuple[Any, ...]

_CACHED = 200  # prepared statements of a connection; all of ours fit
_PATIENCE = 10.0  # seconds to connect, or until another unit gives its connection back
_LONGEST = 60.0  # seconds that a single statement of a short transaction may take

# Every statement names its rows by key, so there is one right plan, whatever the statistics say:
# tables grow from nothing, and the plan of a prepared statement stays.
_BY_KEY = "; SET LOCAL plan_cache_mode = force_generic_plan" + "".join(
    f"; SET LOCAL {name} = off"
    for name in (
        *("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"),
        "jit",
    )
)
_WAITING = "; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '5s'"
SHORT = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" + _WAITING + _BY_KEY
LOOK = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY" + _BY_KEY
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
LONG = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"


class Wire:
    """One connection with an open transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self._connection = connection

    async def fetch(self, text: str, *values: object, wait: float = _LONGEST) -> list[Row]:
        with contract_errors():
            found: list[Row] = await self._connection.fetch(text, *values, timeout=wait)
        return found

    async def execute(self, text: str, *values: object, wait: float = _LONGEST) -> int:
        """Run one statement (without values: several); how many rows it changed."""
        with contract_errors():
            tag: str = await self._connection.execute(text, *values, timeout=wait)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def pages(self, text: str, size: int) -> AsyncIterator[list[Row]]:
        """Read a long answer, `size` rows at a time, without having it all anywhere."""
        with contract_errors():
            cursor = await self._connection.cursor(text)
            while rows := await cursor.fetch(size, timeout=_LONGEST):
                yield rows

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Copy rows into a table, faster than any statement."""
        with contract_errors():
            await self._connection.copy_records_to_table(table, records=rows, columns=columns)


class Pool:
    """Connections to one database, made when they are needed and again after it was away."""

    def __init__(self, url: str, most: int) -> None:
        """`most`: connections at the same time."""
        self.address, self.cached = address(url)
        self._most = most
        self._pool: Any = None

    async def open(self) -> None:
        with contract_errors():
            self._pool = await asyncpg.create_pool(
                self.address,
                min_size=0,
                max_size=self._most,
                timeout=_PATIENCE,
                statement_cache_size=self.cached,
                max_cached_statement_lifetime=0,
                reset=_nothing_to_reset,
            )

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await to_the_end(_close(pool))

    @asynccontextmanager
    async def begun(self, begin: str = SHORT) -> AsyncIterator[Wire]:
        """One transaction: committed when the block is left, rolled back when that fails."""
        if self._pool is None:
            raise Unavailable("the store is not open")
        with contract_errors():
            connection = await self._pool.acquire(timeout=_PATIENCE)
        try:
            wire = Wire(connection)
            await wire.execute(begin)
            yield wire
            await _commit(connection)
        except BaseException:
            await to_the_end(_roll_back(connection))
            raise
        finally:
            await _give_back(self._pool, connection)

    async def notify(self, channel: str, word: str) -> None:
        """Tell whoever listens; a transaction of its own, so that no unit waits for others."""
        if self._pool is None:
            return
        with contract_errors():
            await self._pool.execute(f"NOTIFY {channel}, '{word}'", timeout=_PATIENCE)


async def listen(url: str, channel: str, told: Callable[[str], None]) -> "asyncio.Future[None]":
    """Hear what is notified on a connection of its own; the future ends with the connection."""
    with contract_errors():
        connection = await asyncpg.connect(address(url)[0], timeout=_PATIENCE)
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        connection.add_termination_listener(lambda _: _end(ended))
        await connection.add_listener(channel, lambda *heard: told(heard[-1]))
    ended.add_done_callback(lambda _: connection.terminate())
    return ended


def address(url: str) -> tuple[str, int]:
    """Split off what is meant for us: the URL for asyncpg, and how many statements to prepare."""
    parts = urlsplit(url)
    words = dict(parse_qsl(parts.query))
    cached = words.pop("statement_cache_size", str(_CACHED))
    if not cached.isdigit():
        raise Unavailable("database.url: statement_cache_size is a number; 0 behind a pooler")
    return urlunsplit(parts._replace(query=urlencode(words))), int(cached)


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


def _end(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def _commit(connection: Any) -> None:  # noqa: ANN401
    with contract_errors():
        # A transaction in which something failed answers ROLLBACK, and no error.
        if await connection.execute("COMMIT", timeout=_LONGEST) != "COMMIT":
            raise Unavailable("this unit of work has failed; begin another one")


async def _roll_back(connection: Any) -> None:  # noqa: ANN401
    with _over_anyway(connection):
        # Also when none seems to be open: a BEGIN may have been cut off on its way.
        if not connection.is_closed():
            await connection.execute("ROLLBACK", timeout=_PATIENCE)


async def _give_back(pool: Any, connection: Any) -> None:  # noqa: ANN401
    with _over_anyway(connection):
        await pool.release(connection)


@contextmanager
def _over_anyway(connection: Any) -> Iterator[None]:  # noqa: ANN401
    """When it cannot be ended in good order: closing it ends its transaction too."""
    try:
        yield
    except CLIENT:
        with suppress(asyncpg.InterfaceError):  # the pool has taken it back already
            connection.terminate()


async def _close(pool: Any) -> None:  # noqa: ANN401
    try:
        await asyncio.wait_for(pool.close(), _PATIENCE)
    except CLIENT:
        pool.terminate()


async def _nothing_to_reset(connection: Any) -> None:  # noqa: ANN401
    """Nothing is kept in a session, so there is nothing to ask the server for."""
