"""Switches, messages as operators see them, and pages of the audit log."""

from msgspec.structs import replace

from storage.base import Act, Search, Store, Switch
from tests.storage.rows import KEEP, challenge, claim, end, outbound

OFF = Switch("flow:forgot_password", "", "Tạm dừng.", "Paused.", 0.0, "an.nguyen", 10.0)
DAY = Switch("day:2026-12-01", "08:00-11:30", "Họp", "Meeting", 0.0, "an.nguyen", 11.0)


async def fails(store: Store, *refs: str, keep: bool = True, slot: str = "") -> None:
    """Messages that nobody could deliver."""
    rows = [
        replace(outbound(ref, lane=ref), keep=keep, slot=slot, dies_at=500.0, to="+84901234567")
        for ref in refs
    ]
    async with store.unit(now=1) as unit:
        if slot:
            await unit.save_challenges([challenge()])
        await unit.add_outbound(rows, 1.0)
    parcels = await claim(store, now=10.0)
    await store.settle([end(parcel, "dead") for parcel in parcels])


class OperationsContract:
    """What operators set, see and send again."""

    async def test_switches(self, store: Store) -> None:
        """They come back as they were saved, by name, until they are taken back."""
        async with store.unit(now=1) as unit:
            await unit.save_switches([OFF, DAY])
            await unit.save_switches([replace(OFF, vi="Đang sửa.")])
            await unit.save_switches([])
        assert await store.switches() == [DAY, replace(OFF, vi="Đang sửa.")]
        async with store.unit(now=2) as unit:
            await unit.drop_switches([OFF.name, "nothing"])
            await unit.drop_switches([])
        assert await store.switches() == [DAY]

    async def test_records(self, store: Store) -> None:
        """The audit log comes newest first, in pages, by kind and by whom."""
        acts = [Act(float(n), f"kind{n % 2}", f"who{n % 3}", detail=str(n)) for n in range(6)]
        assert await store.records(Search()) == []
        async with store.unit(now=1) as unit:
            await unit.add_acts(acts)
        first = await store.records(Search(limit=2))
        assert [(each.number, each.detail) for each in first] == [(6, "5"), (5, "4")]
        rest = await store.records(Search(before=first[-1].number))
        assert [each.number for each in rest] == [4, 3, 2, 1]
        (one,) = await store.records(Search(kind="kind1", who="who1"))
        assert (one.kind, one.who, one.at) == ("kind1", "who1", 1.0)

    async def test_sendings(self, store: Store) -> None:
        """A message shows its address as long as there is a letter, and how its try ended."""
        await fails(store, "kept")
        async with store.unit(now=1) as unit:
            await unit.add_outbound([outbound("waits")], 1.0)
        waiting, dead = await store.sendings(Search())
        assert (waiting.status, waiting.kept, waiting.tries) == ("waiting", False, 0)
        assert (dead.status, dead.kept, dead.to) == ("dead", True, "+84901234567")
        assert dead.sender
        assert [it.id for it in await store.sendings(Search(kind="dead"))] == [dead.id]
        assert [it.id for it in await store.sendings(Search(before=waiting.id))] == [dead.id]
        assert await store.sendings(Search(who="carrier pigeon")) == []

    async def test_sent_again(self, store: Store) -> None:
        """A kept letter leaves once more; one that was not kept, or is worthless, never."""
        await fails(store, "kept")
        await fails(store, "secret", keep=False)
        secret, kept = await store.sendings(Search())
        assert (secret.kept, secret.to) == (False, "")
        async with store.unit(now=20) as unit:
            assert await unit.send_again([kept.id, secret.id, 999], 20.0) == [kept.id]
            assert await unit.send_again([kept.id], 20.0) == []
            assert await unit.send_again([], 20.0) == []
        (parcel,) = await claim(store, now=20.0)
        assert (parcel.message.ref, parcel.tries) == ("kept", 1)
        await store.settle([end(parcel, "dead")])
        async with store.unit(now=500) as unit:
            assert await unit.send_again([kept.id], 500.0) == []

    async def test_letters_are_erased(self, store: Store) -> None:
        """A kept letter goes when it is worthless."""
        await fails(store, "kept")
        await store.purge(KEEP, now=499.0)
        assert (await store.sendings(Search()))[0].kept
        await store.purge(KEEP, now=500.0)
        assert not (await store.sendings(Search()))[0].kept
