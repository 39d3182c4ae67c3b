"""What has changed since: told once to each who watches, read once for all."""

import asyncio

import pytest

from bot.console import live
from bot.console.live import Live, Stirred
from storage.base import Look
from tests.bot.console.house import House


async def heard(watching: Live, seen: list[Stirred]) -> None:
    seen.extend([stirred async for stirred in watching.watch()])


async def test_everybody_hears_once(house: House) -> None:
    """A line stirs its chat for each watcher, once; the end sends all home."""
    watching, seen = house.parts.live, [list[Stirred]() for _ in range(3)]
    tasks = [asyncio.create_task(heard(watching, each)) for each in seen]
    await asyncio.sleep(0)
    await watching._look()
    await house.hears("xin chào")
    await watching._look()
    await watching._look()
    async with house.store.unit(now=house.clock.now()) as unit:
        await unit.add_looks([Look("telegram:7", "an", 1, house.clock.now())])
    await watching._look()
    await asyncio.sleep(0.01)
    watching.close()
    await asyncio.gather(*tasks)
    told = [{("telegram:7", False)}, {("telegram:7", True)}]
    for each in seen:
        assert frozenset().union(*each) == told[0] | told[1]
        assert sum(map(len, each)) == 2
    assert not watching._watchers


async def test_nobody_watches_nothing_is_looked_at(house: House) -> None:
    """The database is asked only while somebody watches."""
    running = asyncio.create_task(house.parts.live.run())
    await house.hears("xin chào")
    await asyncio.sleep(0.05)
    assert house.parts.live.number == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_read_once_for_all(house: House) -> None:
    """What many ask for at once is read once, until something stirs or a beat has passed."""
    reads = 0

    async def read() -> int:
        nonlocal reads
        reads += 1
        await asyncio.sleep(0.01)
        return reads

    watching = house.parts.live
    assert await asyncio.gather(*(watching.shared("a", read) for _ in range(50))) == [1] * 50
    assert await watching.shared("b", read) == 2
    watching.number += 1
    assert await watching.shared("a", read) == 3
    house.clock.pass_(live.BEAT)
    assert await watching.shared("a", read) == 4


async def test_a_read_that_fails_fails_for_all(house: House) -> None:
    """Nobody waits for ever, and the next stir reads anew."""

    async def read() -> int:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await house.parts.live.shared("a", read)
