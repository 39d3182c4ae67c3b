"""The audit chain, retention and routine upkeep."""

from storage.base import (
    Act,
    Seen,
    Store,
    Tally,
)
from tests.storage import rows
from tests.storage.rows import ACCOUNT, HOUR, KEEP, claim, conversation, end


class UpkeepContract:
    """Old rows go, fresh ones stay."""

    async def test_audit(self, store: Store) -> None:
        """Records continue one chain, and its head moves with each."""
        assert await store.audit_head() == (0, b"")
        assert await store.verify_audit() == 0
        heads = set()
        for number in range(3):
            async with store.unit(now=1) as unit:
                await unit.add_acts([Act(number, "a", "me"), Act(1, "b", "me", ACCOUNT, "why")])
            heads.add(await store.audit_head())
        assert {seq for seq, _ in heads} == {2, 4, 6}
        assert await store.verify_audit() == 6

    async def test_purge(self, store: Store) -> None:
        """What outlived its retention goes, what has not stays, streaks and waiting mail too."""
        async with store.unit(now=10) as unit:
            await rows.everything(unit)
            await unit.add_tallies([Tally(b"streak", 0, 5)])
        (parcel,) = await claim(store, now=10.0)
        assert await store.purge(KEEP, now=HOUR) == 0
        await store.settle([end(parcel, "sent")])
        assert await store.purge(KEEP, now=2 * HOUR) == 7
        async with store.unit(now=11) as unit:
            assert await unit.first_seen([Seen("telegram:1", 1.0)])
            assert await unit.challenges([("telegram:1", 2, "proof")]) == {}
            assert await unit.tallies([b"streak"]) == [Tally(b"streak", 0, 5)]
            talk = (await unit.conversations(["telegram:1"]))["telegram:1"]
        expected = conversation(flow="", version=0, state="", account=None, memo=b"")
        assert talk == expected

    async def test_purge_in_chunks(self, store: Store) -> None:
        """More rows than one short transaction takes are all deleted."""
        async with store.unit(now=10) as unit:
            await unit.first_seen([Seen(f"k{number}", 1.0) for number in range(4100)])
        assert await store.purge(KEEP, now=2 * HOUR) == 4100

    async def test_tidy(self, store: Store) -> None:
        """Routine upkeep can be called at any time."""
        await store.tidy()
