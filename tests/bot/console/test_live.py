"""What has changed since: told once to each who watches, read once for all."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sse_starlette import ServerSentEvent
from starlette.requests import Request

from bot.console import inbox, live
from bot.console.guard import Guarded, stranger
from bot.console.live import ANYTHING, AT_ONCE, OVERLAP, Live, Stirred
from bot.console.names import hidden
from bot.console.session import COOKIE
from storage.base import Look
from tests.bot.console.house import Browser, House

Stream = AsyncIterator[ServerSentEvent | bytes]


async def heard(watching: Live, seen: list[Stirred]) -> None:
    async for stirred in watching.watch(watching.place):
        if told := stirred - ANYTHING:
            seen.append(told)  # noqa: PERF401 - seen as it comes


async def test_everybody_hears_once(house: House) -> None:
    """A line stirs its chat for each watcher, once; the end sends all home."""
    watching, seen = house.parts.live, [list[Stirred]() for _ in range(3)]
    tasks = [asyncio.create_task(heard(watching, each)) for each in seen]
    await asyncio.sleep(0)
    await watching._tell(await watching._look(), 0)
    await house.hears("xin chào")
    await watching._tell(await watching._look(), 0)
    await watching._tell(await watching._look(), 0)
    async with house.store.unit(now=house.clock.now()) as unit:
        await unit.add_looks([Look("telegram:7", "an", 1, house.clock.now())])
    await watching._tell(await watching._look(), 0)
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


async def test_told_by_and_by(house: House) -> None:
    """A crowd of watchers is told in parts, each watcher once."""
    watching, seen = house.parts.live, [list[Stirred]() for _ in range(3 * AT_ONCE)]
    tasks = [asyncio.create_task(heard(watching, each)) for each in seen]
    await asyncio.sleep(0)
    telling = asyncio.create_task(watching._tell(frozenset({("telegram:7", False)}), 0.06))
    await asyncio.sleep(0.01)
    assert sum(map(len, seen)) == AT_ONCE
    await telling
    watching.close()
    await asyncio.gather(*tasks)
    assert [len(each) for each in seen] == [1] * len(seen)


async def stream(house: House, browser: Browser, query: str = "") -> Stream:
    """What this browser is sent from now on; without a place it is sent all at once, first."""
    headers = [(b"cookie", f"{COOKIE}={browser.cookie}".encode())]
    scope = {"type": "http", "path": "/live", "query_string": query.encode(), "headers": headers}
    route = next(route for route in inbox.ROUTES if route.path == "/live")
    visit = stranger(house.parts, Request(scope | {"method": "GET"}))
    events = inbox._events(await Guarded(house.parts, route)._known(visit))
    assert isinstance(await anext(events), ServerSentEvent)
    if "place=" not in query:
        assert isinstance(await anext(events), bytes)
    return events


async def next_of(house: House, *streams: Stream) -> list[ServerSentEvent | bytes]:
    """What each is sent when a citizen has written."""
    coming = [asyncio.ensure_future(anext(each)) for each in streams]
    await asyncio.sleep(0)
    await house.hears("xin chào")
    watching = house.parts.live
    await watching._tell(await watching._look(), 0)
    return await asyncio.gather(*coming)


async def test_rows_come_with_the_stream(house: House) -> None:
    """Who sees the same is sent the same, drawn once; who has signed out is sent home."""
    await house.hears("gặp cán bộ")
    an, binh = [await house.signed_in(name, "agent") for name in ("an.nguyen", "binh.tran")]
    same, too, other = [
        await stream(house, an),
        await stream(house, binh),
        await stream(house, an, "view=mine"),
    ]
    first, second, none = await next_of(house, same, too, other)
    assert first is second
    assert isinstance(first, bytes)
    assert first.startswith(b"event: rows")
    assert first.count(b"data-row") == 1
    assert isinstance(none, bytes)
    assert b"data-row" not in none
    await binh.posts("/sign-out")
    rows, over = await next_of(house, same, too)
    assert isinstance(rows, bytes)
    assert isinstance(over, ServerSentEvent)
    assert over.event == "bye"


# --- whoever comes back ------------------------------------------------------------------


async def told_at_once(house: House, place: str) -> bool:
    """Whether a page of this place is told of something before anything more happens."""
    watching = house.parts.live.watch(place)
    coming = asyncio.ensure_future(anext(watching))
    await asyncio.sleep(0.01)
    told = coming.done()
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)
    return told


async def test_what_was_missed(house: House) -> None:
    """A page is told that something stirred since it was drawn; after a pause it may have."""
    watching = house.parts.live
    others = asyncio.create_task(heard(watching, []))
    await asyncio.sleep(0)
    drawn = watching.place
    assert not await told_at_once(house, drawn)
    await house.hears("xin chào")
    await watching._tell(await watching._look(), 0)
    assert await told_at_once(house, drawn)
    assert not await told_at_once(house, watching.place)
    assert await told_at_once(house, Live(house.store, house.clock).place)
    watching.close()
    await others
    house.clock.pass_(OVERLAP / 4)
    assert not await told_at_once(house, watching.place)
    house.clock.pass_(OVERLAP)  # nobody watches, so nobody looks
    assert await told_at_once(house, watching.place)


async def test_a_conversation_comes_back(house: House) -> None:
    """The page of one conversation, too, is drawn anew when it may have missed something."""
    await house.hears("gặp cán bộ")
    an = await house.signed_in("an.nguyen", "agent")
    name = hidden(house.parts.key, "telegram:7")
    events = await stream(house, an, f"chat={name}&place=elsewhere.1")
    told = await anext(events)
    assert isinstance(told, ServerSentEvent)
    assert told.event == "stir"
    page = (await an.sees(f"/conversation/{name}")).text
    assert f"chat={name}&amp;place={house.parts.live.place}" in page
