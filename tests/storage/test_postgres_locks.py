"""Two processes on the same chats, accounts and limits: exact, in order, never in a circle."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

import pytest
from msgspec.structs import replace

from storage.base import Act, Contact, Link, Person, Seen, Tally, Unavailable, Unit
from storage.postgres import PostgresStore
from tests.storage import rows
from tests.storage.postgres_server import Server, ask, opened, running
from tests.storage.rows import challenge, change, claim, conversation, outbound

NUMBER = rows.PERSON.bhxh_number


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


@pytest.fixture
async def pair(url: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    one, two = await opened(url), await opened(url)
    yield one, two
    await one.close()
    await two.close()


async def _batch(store: PostgresStore, chats: Sequence[str], people: Sequence[str]) -> None:
    """What a turn does, on many chats: count bubbles, hits of the chat, hits of everybody."""
    async with store.unit(now=1) as unit:
        found = await unit.conversations(chats)
        await unit.first_seen([Seen(f"{chat} {random.random()}", 1.0) for chat in chats])
        await unit.challenges([(chat, 2, "proof") for chat in chats])
        await unit.members(people)
        await unit.tallies([b"system"])
        talks = [found.get(chat) or conversation(chat, turn=0) for chat in chats]
        await unit.save_conversations([replace(talk, turn=talk.turn + 1) for talk in talks])
        await unit.save_challenges(
            [challenge(chat, tries=talk.turn) for chat, talk in found.items()]
        )
        await unit.add_tallies(
            [Tally(b"system", 7, len(chats)), *(Tally(c.encode(), 7, 1) for c in chats)]
        )
        await unit.add_acts([Act(1.0, "batch", "me")])
        await unit.add_outbound([outbound(f"{random.random()}", lane=chat) for chat in chats], 1.0)


async def test_overlapping_batches(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """Fifty batches a process over the same new chats, named in any order: no circle."""
    chance = random.Random(7)
    names = [f"telegram:{number}" for number in range(30)]
    people = [f"{number:010}" for number in range(20)] + [f"{number:012}" for number in range(5)]
    asked: list[str] = []
    batches = []
    for turn in range(50):
        for store in pair:
            chats = chance.sample(names, 12)
            asked += chats
            chats.sort(reverse=bool(turn % 2))
            batches.append(_batch(store, chats, chance.sample(people, 8)))
    await asyncio.gather(*batches)
    async with pair[0].unit(now=1) as unit:
        talks = await unit.conversations(names)
        assert {chat: talk.turn for chat, talk in talks.items()} == {
            c: asked.count(c) for c in names
        }
        assert await unit.tallies([b"system"]) == [Tally(b"system", 7, len(asked))]
    assert await pair[1].verify_audit() == 100


async def test_account_in_two_chats(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """A limit on an account lets through exactly its number, whichever chats and processes ask."""
    await pair[0].add_members([rows.PERSON])

    async def ask_for_code(store: PostgresStore, number: int) -> bool:
        async with store.unit(now=1) as unit:
            await unit.conversations([f"telegram:{number}"])
            await unit.members([NUMBER if number % 3 else rows.PERSON.national_id])
            hits = sum(tally.n for tally in await unit.tallies([b"of the account"]))
            if hits < 5:
                await unit.add_tallies([Tally(b"of the account", 7, 1)])
            return hits < 5

    asked = [ask_for_code(store, number) for number in range(15) for store in pair]
    assert sum(await asyncio.gather(*asked)) == 5


async def test_account_nobody_has(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """An account that is not on file is locked like any other one."""
    async with pair[0].unit(now=1) as unit:
        assert await unit.members([NUMBER]) == {}
        async with asyncio.timeout(5):
            waiting = asyncio.ensure_future(_looks_up(pair[1], NUMBER))
            await _looks_up(pair[1], "1" * 10)
            assert not waiting.done()
    await waiting


async def _looks_up(store: PostgresStore, number: str) -> None:
    async with store.unit(now=1) as unit:
        await unit.members([number])


LOOKS: list[Callable[[Unit, bytes], Awaitable[object]]] = [
    lambda unit, account: unit.members_of([account]),
    lambda unit, account: unit.links([account]),
    lambda unit, account: unit.changes_of([account], 0.0),
    lambda unit, account: unit.dossiers_of([account]),
    lambda unit, _: unit.changes(["change-1"]),
    lambda unit, _: unit.changes_marked([change().undo_mark]),
    lambda unit, _: unit.dossiers(["dossier-1"]),
    lambda unit, _: unit.dossiers_from(["telegram:1"]),
]


@pytest.mark.parametrize("look", LOOKS)
async def test_account_behind_a_row(
    pair: tuple[PostgresStore, PostgresStore], look: Callable[[Unit, bytes], Awaitable[object]]
) -> None:
    """Whatever a unit looks up locks the account it belongs to, and no other one."""
    account = pair[0].index("bhxh", NUMBER)
    await _write_requests(pair[0], account)
    async with pair[0].unit(now=1) as unit:
        assert await look(unit, account)
        assert await look(unit, account)
        async with asyncio.timeout(5):
            waiting = asyncio.ensure_future(_looks_up(pair[1], NUMBER))
            await _looks_up(pair[1], "1" * 10)
            assert not waiting.done()
    await waiting


async def _write_requests(store: PostgresStore, account: bytes) -> None:
    await store.add_members([rows.PERSON])
    async with store.unit(now=1) as unit:
        await rows.requests(unit, account)
        await unit.add_links([Link(account, "telegram:1", 1.0)])


@pytest.mark.parametrize("look", LOOKS)
async def test_code_voided_before_a_look(
    pair: tuple[PostgresStore, PostgresStore], look: Callable[[Unit, bytes], Awaitable[object]]
) -> None:
    """A code that was looked up before its account was locked is looked up again."""
    account = pair[0].index("bhxh", NUMBER)
    await _write_requests(pair[0], account)
    async with pair[0].unit(now=1) as unit:
        await unit.save_challenges([challenge("a", account=account)])

    async def check() -> None:
        async with pair[0].unit(now=2) as unit:
            await unit.challenges([("a", 2, "proof")])
            async with pair[1].unit(now=2) as other:
                await other.void_challenges([account], 2.0)
            await look(unit, account)

    with pytest.raises(Unavailable, match="same account"):
        await check()
    await check()


async def test_contacts_during_an_import(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """An import and new contacts at once: the one reads what the other has left."""
    await pair[0].add_members([rows.PERSON])
    account = pair[0].index("bhxh", NUMBER)
    async with pair[0].unit(now=1) as unit:
        await unit.set_contacts([Contact(account, "phone", rows.NEW)])
        await unit.pages([b"any"])  # sends what waits
        moving = asyncio.ensure_future(pair[1].add_members([Person(NUMBER, full_name="Other")]))
        await _looks_up(pair[1], "1" * 10)
        assert not moving.done()
    await moving
    (member,) = [member async for member in pair[0].all_members()]
    assert member.person == replace(rows.PERSON, phone=rows.NEW, full_name="Other")


async def test_code_voided_meanwhile(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """A code that another process voids between look-up and lock is not taken for a good one."""
    account = pair[0].index("bhxh", NUMBER)
    async with pair[0].unit(now=1) as unit:
        await unit.save_challenges([challenge("a", account=account)])

    async def check() -> None:
        async with pair[0].unit(now=2) as unit:
            await unit.conversations(["a"])
            await unit.challenges([("a", 2, "proof")])
            async with pair[1].unit(now=2) as other:
                await other.members([NUMBER])
                await other.void_challenges([account], 2.0)
            await unit.members([NUMBER])

    with pytest.raises(Unavailable, match="same account"):
        await check()
    await check()


async def test_limits_of_the_whole_system(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """Counting on one key, two processes do not wait for each other."""
    async with pair[0].unit(now=1) as unit:
        await unit.add_tallies([Tally(b"system", 7, 1)])
        assert len(await unit.tallies([b"system"])) == 1  # sent, not committed
        async with pair[1].unit(now=1) as other:
            await other.add_tallies([Tally(b"system", 7, 1)])
    async with pair[1].unit(now=1) as unit:
        assert await unit.tallies([b"system"]) == [Tally(b"system", 7, 2)]


async def test_circle(url: str) -> None:
    """Units that lock against the order, one way and the other: one is told to try again."""
    ((name,),) = await ask(url, "SELECT current_database()")
    await ask(url, f"ALTER DATABASE {name} SET deadlock_timeout = '20ms'")
    stores = await opened(url), await opened(url)
    first = asyncio.Barrier(2)

    async def lock(store: PostgresStore, *chats: str) -> None:
        async with store.unit(now=1) as unit:
            await unit.conversations([chats[0]])
            await first.wait()
            await unit.conversations([chats[1]])

    ended = await asyncio.gather(
        lock(stores[0], "a", "b"), lock(stores[1], "b", "a"), return_exceptions=True
    )
    assert [type(end) for end in ended if end] == [Unavailable]
    for store in stores:
        await store.close()


async def test_looked_at_but_silent(pair: tuple[PostgresStore, PostgresStore], url: str) -> None:
    """A chat that was only looked at is absent for everybody, though its row is there to lock."""
    for store in pair:
        async with store.unit(now=1) as unit:
            assert await unit.conversations(["a"]) == {}
    assert await ask(url, "SELECT chat, turn FROM conversations") == [("a", -1)]


async def test_late_older_message(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """A message of a lane that shows up late waits for the one that is under way."""
    async with pair[0].unit(now=1) as unit:
        await unit.add_outbound([outbound("first", lane="l")], 1.0)
        await unit.pages([b"any"])  # sends what waits
        async with pair[1].unit(now=1) as other:
            await other.add_outbound([outbound("second", lane="l")], 1.0)
        (parcel,) = await claim(pair[1], now=10.0)
    assert parcel.message.ref == "second"
    assert await claim(pair[0], now=10.0) == []
    await pair[1].settle([rows.end(parcel, "sent")])
    assert [late.message.ref for late in await claim(pair[0], now=10.0)] == ["first"]


async def test_lanes_under_many_claimers(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """However many claim at once, no lane is ever sent out of order or twice."""
    async with pair[0].unit(now=1) as unit:
        queued = [outbound(f"{n:03}", lane=f"l{n % 7}") for n in range(84)]
        await unit.add_outbound(queued, 1.0)
    sent: list[str] = []

    async def work(store: PostgresStore) -> None:
        while len(sent) < len(queued):
            for parcel in await claim(store, now=10.0, limit=3):
                sent.append(parcel.message.ref)
                await store.settle([rows.end(parcel, "sent")])

    await asyncio.gather(*(work(store) for _ in range(3) for store in pair))
    assert len(sent) == len(queued)
    for lane in range(7):
        of_lane = [ref for ref in sent if int(ref) % 7 == lane]
        assert of_lane == sorted(of_lane)
