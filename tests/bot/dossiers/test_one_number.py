"""One new number for two accounts, in two processes at the very same moment, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import Engine
from flows.model import TEXT, Event
from storage.base import Conflict, Contact, Person, Store
from tests.bot.dossiers.office import STAFFED, acts, changes, member
from tests.bot.procedures.engines import PostgresTown
from tests.bot.procedures.walks import NEW, NEWER, asks_for_both, where
from tests.bot.town import HUNG, LAN, Citizen, all_at_once, incoming
from tests.storage.postgres_server import Server


class Crossing:
    """Lets two processes look who holds a contact before either of them writes."""

    def __init__(self) -> None:
        self.barrier = asyncio.Barrier(2)
        self.closed = False
        self.met = 0

    async def meet(self) -> None:
        """Wait for the other one, once each."""
        if self.closed and self.met < 2:
            self.met += 1
            await asyncio.wait_for(self.barrier.wait(), 10)


class Looking:
    """A unit, or a store, that meets the other process after each look at the holders."""

    def __init__(self, inner: Any, crossing: Crossing) -> None:  # noqa: ANN401 - either of both
        self._inner = inner
        self._crossing = crossing

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it has
        return getattr(self._inner, name)

    @asynccontextmanager
    async def unit(self, *, now: float) -> AsyncIterator[Any]:
        """A transaction that meets the other one."""
        async with self._inner.unit(now=now) as unit:
            yield Looking(unit, self._crossing)

    async def holders(self, contacts: Sequence[str]) -> Any:  # noqa: ANN401 - as the unit says
        """Look, then let the other one look."""
        found = await self._inner.holders(contacts)
        if contacts:
            await self._crossing.meet()
        return found


@pytest.fixture
async def crossing() -> Crossing:
    """Open until a test closes it."""
    return Crossing()


@pytest.fixture
async def crowded(
    server: Server, tmp_path: Path, crossing: Crossing
) -> AsyncIterator[PostgresTown]:
    """A town on PostgreSQL whose processes meet while they look."""

    def around(store: Store) -> Any:  # noqa: ANN401 - a store, as far as the engine can tell
        return Looking(store, crossing)

    async with server.database() as url:
        town = PostgresTown(tmp_path, settings=STAFFED, around=around)
        town.url = url
        async with town:
            yield town


async def _types_last(
    town: PostgresTown, crossing: Crossing, typed: Sequence[tuple[Citizen, str]]
) -> None:
    """Both last codes at once, each in a process of its own."""
    async with AsyncExitStack() as stack:
        engines: list[Engine] = [town.engine, await town.second_process(stack)]
        crossing.closed = True
        done = await all_at_once(
            [
                engine.batches.put(incoming(citizen.chat, Event(TEXT, code)))
                for engine, (citizen, code) in zip(engines, typed, strict=True)
            ]
        )
    assert done == [None, None]
    assert crossing.met == 2
    await town.deliver()


def _told(one: Citizen, other: Citizen) -> list[bool]:
    return sorted(citizen.last.text.startswith("Xong.") for citizen in (one, other))


async def test_a_phone_for_two_accounts(crowded: PostgresTown, crossing: Crossing) -> None:
    """Both looked while nobody had it: exactly one gets it, the other is told it was not done."""
    lan, hung = crowded.citizen("telegram:1"), crowded.citizen("telegram:2")
    typed = []
    for citizen, person in ((lan, LAN), (hung, HUNG)):
        await asks_for_both(citizen, person, NEW)
        await citizen.says(crowded.code_for(person.phone))
        typed.append((citizen, crowded.code_for(NEW)))
        crowded.clock.pass_(61)
    before = len(lan.bubbles), len(hung.bubbles)
    await _types_last(crowded, crossing, typed)
    phones = [(await member(crowded, person)).person.phone for person in (LAN, HUNG)]
    assert phones.count(NEW) == 1
    assert len(await changes(crowded, LAN)) + len(await changes(crowded, HUNG)) == 1
    assert len(await acts(crowded, "contact_changed")) == 1
    assert _told(lan, hung) == [False, True]
    assert (len(lan.bubbles), len(hung.bubbles)) == (before[0] + 1, before[1] + 1)
    loser = lan if phones[1] == NEW else hung
    assert await where(loser) != "done"
    assert not await crowded.store.asides(limit=1)


async def test_two_numbers_for_two_accounts(crowded: PostgresTown, crossing: Crossing) -> None:
    """Who asks for another number is in nobody's way: both are done."""
    lan, hung = crowded.citizen("telegram:1"), crowded.citizen("telegram:2")
    typed = []
    for citizen, person, new in ((lan, LAN, NEW), (hung, HUNG, NEWER)):
        await asks_for_both(citizen, person, new)
        await citizen.says(crowded.code_for(person.phone))
        typed.append((citizen, crowded.code_for(new)))
    await _types_last(crowded, crossing, typed)
    phones = [(await member(crowded, person)).person.phone for person in (LAN, HUNG)]
    assert phones == [NEW, NEWER]
    assert _told(lan, hung) == [True, True]


async def test_the_store_refuses_the_second(crowded: PostgresTown) -> None:
    """Two real stores: of two units that looked at a free contact the second one's write fails."""
    both = asyncio.Barrier(2)

    async def gives(store: Store, person: Person) -> None:
        async with store.unit(now=crowded.clock.now()) as unit:
            account = (await unit.members([person.bhxh_number]))[person.bhxh_number].account
            assert await unit.holders([NEW]) == {}
            await asyncio.wait_for(both.wait(), 10)
            await unit.set_contacts([Contact(account, "phone", NEW)])

    other = await crowded._opened()
    try:
        done = await all_at_once([gives(crowded.store, LAN), gives(other, HUNG)])
    finally:
        await other.close()
    assert sorted(map(type, done), key=str) == [type(None), Conflict]
    phones = [(await member(crowded, person)).person.phone for person in (LAN, HUNG)]
    assert phones.count(NEW) == 1


async def test_who_was_seen_is_for_the_caller_to_judge(crowded: PostgresTown) -> None:
    """A holder that the unit saw when it looked is no conflict."""
    hung, now = (await member(crowded, HUNG)).account, crowded.clock.now()
    async with crowded.store.unit(now=now) as unit:
        await unit.members([HUNG.bhxh_number])
        assert LAN.phone in await unit.holders([LAN.phone])
        await unit.set_contacts([Contact(hung, "phone", LAN.phone)])
    assert (await member(crowded, HUNG)).person.phone == LAN.phone
