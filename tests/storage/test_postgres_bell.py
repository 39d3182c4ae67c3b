"""A notifier in another process hears at once that something was queued."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from storage.postgres import PostgresStore
from storage.postgres.bell import Bell
from storage.postgres.wire import Pool
from tests.storage import rows
from tests.storage.postgres_server import Server, end_connections, opened, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


class Notifier:
    """Listens on a store and counts."""

    def __init__(self, store: PostgresStore) -> None:
        """Begin to listen."""
        self.heard = asyncio.Semaphore(0)
        store.on_outbound(self.heard.release)

    async def hears(self, seconds: float = 5.0) -> bool:
        """Wait for the next ring."""
        try:
            async with asyncio.timeout(seconds):
                return await self.heard.acquire()
        except TimeoutError:
            return False


async def _queue(store: PostgresStore, ref: str) -> None:
    async with store.unit(now=1) as unit:
        await unit.add_outbound([rows.outbound(ref)], 1.0)


async def test_other_process(url: str) -> None:
    """What one process queues another one hears of; its own it knows anyway."""
    writer, sender = await opened(url), await opened(url)
    there, here = Notifier(sender), Notifier(writer)
    assert await there.hears()  # what was rung before it listened
    assert await here.hears()
    for number in range(3):
        await _queue(writer, f"r{number}")
        assert await there.hears()
    async with writer.unit(now=2) as unit:
        await unit.conversations(["silent"])
    assert not await there.hears(0.1)
    assert not await here.hears(0.1)
    await writer.close()
    await sender.close()


async def test_lost_connection(url: str) -> None:
    """A listener whose connection ends listens again, and looks what it has missed."""
    pool = Pool(url, 1)
    await pool.open()
    heard, ringing = asyncio.Semaphore(0), Bell(pool, "")
    listening = Bell(pool, url, again=0.01)
    ringing.named("7")
    listening.on_ring(heard.release)
    async with asyncio.timeout(5):
        await heard.acquire()
        await end_connections(url)
        await heard.acquire()  # it listens again
        ringing.ring()
        await heard.acquire()
    for bell in (ringing, listening):
        await bell.close()
    await pool.close()


async def test_many_rings(url: str) -> None:
    """Rings that come close together are one, the first of them at once."""
    said: list[str] = []

    class Counted(Pool):
        async def notify(self, channel: str, word: str) -> None:
            said.append(channel + word)

    rung = Bell(Counted(url, 1), "")
    rung.named("7")
    for _ in range(50):
        rung.ring()
        await asyncio.sleep(0)
    assert said == ["outbound7"]
    await asyncio.sleep(0.05)
    assert said == ["outbound7"] * 2
    await rung.close()


async def test_without_a_direct_connection(url: str) -> None:
    """Behind a pooler nobody listens; looking now and then has to do."""
    store = await opened(url + "&statement_cache_size=0")
    there = Notifier(store)
    await _queue(store, "r")
    assert not await there.hears(0.1)
    await store.close()
