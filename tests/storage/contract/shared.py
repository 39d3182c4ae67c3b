"""What two stores on one database owe each other."""

import asyncio

from msgspec.structs import replace

from storage.base import (
    Act,
    Store,
)
from tests.storage.rows import (
    claim,
    conversation,
    outbound,
)


class SharedContract:
    """What two stores on one database owe each other. Brings the `pair` fixture."""

    async def test_two_workers(self, pair: tuple[Store, Store]) -> None:
        """Two notifiers that claim at once never get the same message, and nothing is left."""
        async with pair[0].unit(now=1) as unit:
            await unit.add_outbound([outbound(f"r{n}", lane=f"l{n}") for n in range(60)], 1.0)
        claims = (claim(store, now=10.0, limit=7) for _ in range(6) for store in pair)
        parcels = [parcel for found in await asyncio.gather(*claims) for parcel in found]
        assert sorted(parcel.id for parcel in parcels) == list(range(1, 61))

    async def test_units_of_two_stores(self, pair: tuple[Store, Store]) -> None:
        """Units of two processes on one chat run one after the other."""

        async def count(store: Store) -> None:
            async with store.unit(now=1) as unit:
                row = (await unit.conversations(["telegram:1"]))["telegram:1"]
                await unit.save_conversations([replace(row, turn=row.turn + 1)])

        async with pair[0].unit(now=1) as unit:
            await unit.save_conversations([conversation(turn=0)])
        await asyncio.gather(*(count(store) for _ in range(20) for store in pair))
        async with pair[1].unit(now=1) as unit:
            assert (await unit.conversations(["telegram:1"]))["telegram:1"].turn == 40

    async def test_audit_of_two_stores(self, pair: tuple[Store, Store]) -> None:
        """Both continue the same chain."""

        async def act(store: Store) -> None:
            async with store.unit(now=1) as unit:
                await unit.add_acts([Act(1.0, "a", "me")])

        await asyncio.gather(*(act(store) for _ in range(10) for store in pair))
        assert [await store.verify_audit() for store in pair] == [20, 20]
