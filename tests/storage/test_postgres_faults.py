"""Away, restarted, killed, cut off, refused: nothing is half-written, and it works again after."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from storage.base import Conflict, Corrupt, Outbound, Person, StorageError, Unavailable
from storage.postgres import PostgresStore
from storage.postgres.errors import contract_errors
from storage.postgres.schema import LATEST
from storage.postgres.wire import address, to_the_end
from tests.storage import rows
from tests.storage.cancelling import cancelled_at
from tests.storage.postgres_server import (
    Server,
    ask,
    end_connections,
    kill_backend,
    opened,
    running,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresStore]:
    store = await opened(url)
    yield store
    await store.close()


async def _turn(store: PostgresStore, name: str) -> None:
    async with store.unit(now=1) as unit:
        await rows.turn(unit, name)


async def _is_there(store: PostgresStore, name: str) -> bool:
    async with store.unit(now=1) as unit:
        return bool(await unit.conversations([name]))


async def _works_again(store: PostgresStore) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                return await _turn(store, "after")
            except Unavailable:
                await asyncio.sleep(0.05)


async def test_nobody_there() -> None:
    """Without a server the store is unavailable, says what to check, and keeps the password."""
    store = PostgresStore("postgresql://bot:hunter2@127.0.0.1:1/x", rows.vault(), rows.AUDIT_KEY)
    with pytest.raises(Unavailable, match=r"database\.url") as refused:
        await store.open(now=0)
    assert "hunter2" not in str(refused.value) + repr(refused.value.__cause__)
    with pytest.raises(Unavailable, match="not open"):
        await store.audit_head()


async def test_no_such_database(url: str) -> None:
    """A database that does not exist is named as the cause."""
    with pytest.raises(Unavailable, match="does not exist"):
        await opened(url.replace("/town_", "/village_"))


async def test_server_restarts_in_the_middle_of_a_unit(
    store: PostgresStore, server: Server
) -> None:
    """A unit under way is lost as a whole, what was committed stays, and the store heals."""
    await _turn(store, "before")

    async def cut_off() -> None:
        async with store.unit(now=1) as unit:
            await rows.turn(unit, "x")
            await asyncio.to_thread(server.halt)
            await unit.conversations(["x"])

    with pytest.raises(Unavailable):
        await cut_off()
    with pytest.raises(Unavailable):
        await _turn(store, "x")
    await asyncio.to_thread(server.start)
    await _works_again(store)
    assert await _is_there(store, "before")
    assert not await _is_there(store, "x")
    assert await store.verify_audit() == 2


async def test_killed_backend(store: PostgresStore, url: str) -> None:
    """After kill -9 of the process that serves a unit nothing of it is there."""

    async def cut_off() -> None:
        async with store.unit(now=1) as unit:
            await rows.turn(unit, "x")
            await unit.pages([b"any"])
            await kill_backend(url)

    with pytest.raises(Unavailable):
        await cut_off()
    await _works_again(store)
    assert not await _is_there(store, "x")


async def test_ended_by_an_administrator(store: PostgresStore, url: str) -> None:
    """Connections that were ended while they were idle are replaced."""
    await _turn(store, "before")
    await end_connections(url)
    await _works_again(store)
    assert await _is_there(store, "before")


@pytest.mark.parametrize(
    ("error", "meant", "remedy"),
    [
        (asyncpg.DiskFullError, Unavailable, "full"),
        (asyncpg.TooManyConnectionsError, Unavailable, "max_connections"),
        (asyncpg.OutOfMemoryError, Unavailable, "memory"),
        (asyncpg.ReadOnlySQLTransactionError, Unavailable, "read-only"),
        (asyncpg.AdminShutdownError, Unavailable, "shutting down"),
        (asyncpg.CannotConnectNowError, Unavailable, "starting up"),
        (asyncpg.InvalidPasswordError, Unavailable, "password"),
        (asyncpg.DeadlockDetectedError, Unavailable, "try again"),
        (asyncpg.SerializationError, Unavailable, "try again"),
        (asyncpg.PostgresIOError, Unavailable, "log"),
        (asyncpg.IdleInTransactionSessionTimeoutError, Unavailable, "too long"),
        (asyncpg.ConnectionDoesNotExistError, Unavailable, "cannot be reached"),
        (asyncpg.DataCorruptedError, Corrupt, "backup"),
        (asyncpg.UndefinedTableError, asyncpg.UndefinedTableError, "failed"),
        (TimeoutError, Unavailable, "cannot be reached"),
        (ConnectionRefusedError, Unavailable, "cannot be reached"),
    ],
)
def test_errors_become_the_contracts(
    error: type[Exception], meant: type[Exception], remedy: str
) -> None:
    """Each kind of error is the contract's with a remedy; a mistake of ours stays what it is."""
    with pytest.raises(meant, match=remedy), contract_errors():
        raise error("it failed")


def test_mistakes_stay_mistakes() -> None:
    """A closed connection is the database's fault; a value of the wrong type is ours."""
    with pytest.raises(Unavailable), contract_errors():
        raise asyncpg.InterfaceError("connection is closed")
    with pytest.raises(asyncpg.InterfaceError), contract_errors():
        raise asyncpg.InterfaceError("another operation is in progress")


def test_address() -> None:
    """What is meant for us is taken out of the URL; the rest stays."""
    pooled = "postgresql://u@h/d?sslmode=require&statement_cache_size=0"
    assert address(pooled) == ("postgresql://u@h/d?sslmode=require", 0)
    assert address("postgresql://u@h/d")[1] > 0
    with pytest.raises(Unavailable, match="statement_cache_size"):
        address("postgresql://u@h/d?statement_cache_size=few")


async def test_conflict_names_no_number(store: PostgresStore) -> None:
    """A conflict of the registry shows nothing personal, nor does its cause."""
    await store.add_members([rows.PERSON])
    with pytest.raises(Conflict) as refused:
        await store.add_members([Person("7" * 10, rows.PERSON.national_id)])
    said = str(refused.value) + repr(refused.value.__cause__) + str(refused.value.__cause__)
    assert rows.PERSON.national_id not in said


async def test_claim_cut_off(store: PostgresStore) -> None:
    """Cancelled at any await, a claim leaves no open transaction and the connection clean."""
    async with store.unit(now=1) as unit:
        await unit.add_outbound([Outbound("r", "l", "chat", "c", b"", 1.0, 9.0)], 1.0)

    async def claim(now: float) -> None:
        assert await store.claim("me", ["chat"], now=now, lease=1, limit=1)

    for step in range(1, 40):
        finished = await cancelled_at(claim(10.0 * step), step)
        await _turn(store, f"after {step}")
        if finished:
            break
    assert finished


async def test_rollback_outlives_a_second_cancellation(store: PostgresStore) -> None:
    """Cancelled while it rolls back, a unit still rolls back, and the cancellation is kept."""

    async def work() -> None:
        async with store.unit(now=1) as unit:
            await rows.turn(unit, "x")
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            raise LookupError

    task = asyncio.ensure_future(work())
    await asyncio.wait([task])
    assert task.cancelled()
    assert not await _is_there(store, "x")


async def test_to_the_end_hands_errors_on() -> None:
    """What is run to its end may fail like anything else."""

    async def failing() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await to_the_end(failing())


async def test_closed_store(store: PostgresStore) -> None:
    """A closed store is unavailable, and closing it again is no error."""
    await store.close()
    await store.close()
    with pytest.raises(Unavailable, match="not open"):
        await store.audit_head()


async def test_first_start_of_several(url: str) -> None:
    """Processes that start at once on a new database all come up, on one schema."""
    stores = await asyncio.gather(*(opened(url) for _ in range(4)))
    assert await ask(url, "SELECT version FROM schema_version") == [(LATEST,)]
    for store in stores:
        await store.close()


async def test_schema_from_the_future(url: str) -> None:
    """A database of a newer program is refused with the remedy, and left as it is."""
    await (await opened(url)).close()
    await ask(url, "UPDATE schema_version SET version = 99")
    with pytest.raises(Corrupt, match="start the newer program"):
        await opened(url)
    assert await ask(url, "SELECT version FROM schema_version") == [(99,)]


@pytest.mark.parametrize(
    ("first", "then", "says"),
    [((1, 2), (1, 3), f"key id {rows.key(2).id} missing"), ((1,), (2, 1), "first key")],
)
async def test_keys(url: str, first: tuple[int, ...], then: tuple[int, ...], says: str) -> None:
    """A ring without a key that is in use, or with another first one, is refused."""
    await (await opened(url, rows.vault(*first))).close()
    with pytest.raises(Corrupt, match=says):
        await opened(url, rows.vault(*then))


async def test_server_that_may_forget(url: str) -> None:
    """A server that acknowledges before it has written is refused."""
    ((name,),) = await ask(url, "SELECT current_database()")
    await ask(url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(StorageError, match="synchronous_commit"):
        await opened(url)
