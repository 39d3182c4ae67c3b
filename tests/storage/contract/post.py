"""Messages on their way out: leases, fences, lanes."""

from storage.base import (
    Backlog,
    Store,
)
from tests.storage.rows import challenge, claim, end, outbound


class PostContract:
    """Messages are claimed under a lease, in the order of their lane."""

    async def testclaim(self, store: Store) -> None:
        """A due message comes with its challenge as it stands; the first try is number 1."""
        message = outbound(chat="telegram:1", run=2, slot="proof", counter=1)
        async with store.unit(now=1) as unit:
            await unit.save_challenges([challenge()])
            await unit.add_outbound([message], 5.0)
        assert await claim(store, now=9.0) == []
        assert await store.claim("me", ["sms"], now=10.0, lease=30, limit=9) == []
        (parcel,) = await claim(store, now=10.0)
        assert (parcel.message, parcel.challenge) == (message, challenge())
        assert (parcel.tries, parcel.created_at) == (1, 5.0)
        assert await claim(store, now=11.0) == []

    async def test_lane_order(self, store: Store) -> None:
        """Of each lane only the oldest waiting message goes, even when it waits for a retry."""
        async with store.unit(now=1) as unit:
            await unit.add_outbound([outbound("a1", lane="a"), outbound("b1", lane="b")], 1.0)
            await unit.add_outbound([outbound("a2", lane="a", due=0.0)], 1.0)
        first, other = await claim(store, now=10.0)
        assert [first.message.ref, other.message.ref] == ["a1", "b1"]
        await store.settle([end(first, "waiting", due=50.0), end(other, "sent")])
        assert await claim(store, now=40.0) == []
        (again,) = await claim(store, now=50.0)
        assert (again.message.ref, again.tries) == ("a1", 2)
        await store.settle([end(again, "dead")])
        assert [parcel.message.ref for parcel in await claim(store, now=50.0)] == ["a2"]

    async def test_limit(self, store: Store) -> None:
        """No more than asked for is claimed, what is due longest first."""
        async with store.unit(now=1) as unit:
            await unit.add_outbound(
                [outbound(f"r{due}", lane=f"l{due}", due=float(due)) for due in (3, 1, 2)], 1.0
            )
        parcels = await claim(store, now=10.0, limit=2)
        assert {parcel.message.ref for parcel in parcels} == {"r1", "r2"}

    async def test_lease_and_fence(self, store: Store) -> None:
        """A lease that ran out is claimed anew and the late settlement changes nothing."""
        async with store.unit(now=1) as unit:
            await unit.add_outbound([outbound()], 1.0)
        (late,) = await claim(store, now=10.0)
        assert await claim(store, now=39.9) == []
        (mine,) = await claim(store, now=40.0)
        assert (mine.fence, mine.tries) == (late.fence + 1, 2)
        await store.settle([end(late, "dead")])
        assert await store.backlog(now=40.0) == Backlog(1, None)
        await store.settle([end(mine, "sent")])
        await store.settle([end(mine, "waiting", due=0.0)])
        assert await store.backlog(now=99.0) == Backlog(0, None)

    async def test_backlog(self, store: Store) -> None:
        """The backlog tells what waits and since when the oldest could have been claimed."""
        waiting = [
            outbound(due=15.0),
            outbound("r2", due=12.0),
            outbound("r3", lane="b", due=20.0),
        ]
        async with store.unit(now=1) as unit:
            await unit.add_outbound(waiting, 1.0)
        assert await store.backlog(now=13.0) == Backlog(3, None)
        assert await store.backlog(now=30.0) == Backlog(3, 15.0)

    async def test_settled_with_the_claim(self, store: Store) -> None:
        """What a claim settles makes room in its lane for that very claim."""
        async with store.unit(now=1) as unit:
            await unit.add_outbound([outbound(), outbound("r2")], 1.0)
        (first,) = await claim(store, now=10.0)
        ended = [end(first, "sent")]
        (second,) = await store.claim("me", ["chat"], now=11.0, lease=1, limit=9, settled=ended)
        assert second.message.ref == "r2"
        assert (await store.backlog(now=99.0)).waiting == 1

    async def test_nothing_to_settle(self, store: Store) -> None:
        """An empty list of settlements is no error."""
        await store.settle([])
