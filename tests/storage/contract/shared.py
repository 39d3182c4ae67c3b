"""What two stores on one database owe each other."""

import asyncio

from msgspec.structs import replace

from storage.base import (
    Act,
    Conflict,
    Store,
)
from tests.storage.rows import (
    ACCOUNT,
    change,
    claim,
    conversation,
    dossier,
    edge,
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

    async def test_officers_at_once(self, pair: tuple[Store, Store]) -> None:
        """Of officers who look and decide at once one wins; the others see what was decided."""

        async def decide(store: Store, officer: str) -> bool:
            async with store.unit(now=1) as unit:
                row = (await unit.dossiers(["dossier-1"]))["dossier-1"]
                if not row.is_open:
                    return False
                closed = replace(row, version=row.version + 1, state="resolved", is_open=False)
                await unit.save_dossiers([closed])
                await unit.add_edges([edge(version=closed.version, who=officer)])
                return True

        async with pair[0].unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
        asked = [decide(store, f"{n}") for n in range(5) for store in pair]
        assert sum(await asyncio.gather(*asked)) == 1
        async with pair[1].unit(now=1) as unit:
            assert [step.version for step in await unit.edges(["dossier-1"])] == [2]

    async def test_officers_who_looked_before(self, pair: tuple[Store, Store]) -> None:
        """Of steps from one version one is taken; the others are conflicts and leave nothing."""

        async def decide(store: Store, officer: str) -> None:
            async with store.unit(now=1) as unit:
                await unit.add_edges([edge(version=2, who=officer)])
                await unit.save_dossiers([dossier(version=2, state=officer)])

        async with pair[0].unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
        asked = [decide(store, f"{n}") for n in range(5) for store in pair]
        ended = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(end) for end in ended if end] == [Conflict] * 9
        async with pair[0].unit(now=1) as unit:
            found = (await unit.dossiers(["dossier-1"]))["dossier-1"]
            (step,) = await unit.edges(["dossier-1"])
        assert (found.version, found.state) == (2, step.who)

    async def test_opened_at_once(self, pair: tuple[Store, Store]) -> None:
        """Whoever looks before opening a dossier never opens a second one."""

        async def open_one(store: Store, ref: str) -> None:
            async with store.unit(now=1) as unit:
                if not await unit.dossiers_of([ACCOUNT]):
                    await unit.save_dossiers([dossier(ref)])

        await asyncio.gather(*(open_one(store, f"{n}") for n in range(5) for store in pair))
        async with pair[0].unit(now=1) as unit:
            assert len(await unit.dossiers_of([ACCOUNT])) == 1

    async def test_undone_while_it_is_made(self, pair: tuple[Store, Store]) -> None:
        """A change that one process makes while another undoes it is one or the other."""

        async def make(store: Store, ref: str) -> None:
            async with store.unit(now=1) as unit:
                row = (await unit.changes([ref]))[ref]
                if row.ended_at is None:
                    await unit.save_changes([replace(row, applied_at=2.0)])

        async def undo(store: Store, mark: bytes) -> None:
            async with store.unit(now=1) as unit:
                row = (await unit.changes_marked([mark]))[mark]
                if row.applied_at is None:
                    await unit.save_changes([replace(row, ended_at=2.0, ended_as="undone")])

        refs = [f"{n}" for n in range(10)]
        async with pair[0].unit(now=1) as unit:
            await unit.save_changes([change(ref, undo_mark=ref.encode()) for ref in refs])
        await asyncio.gather(
            *(work for ref in refs for work in (make(pair[0], ref), undo(pair[1], ref.encode())))
        )
        async with pair[0].unit(now=1) as unit:
            found = await unit.changes(refs)
        assert all((row.applied_at is None) != (row.ended_at is None) for row in found.values())

    async def test_audit_of_two_stores(self, pair: tuple[Store, Store]) -> None:
        """Both continue the same chain."""

        async def act(store: Store) -> None:
            async with store.unit(now=1) as unit:
                await unit.add_acts([Act(1.0, "a", "me")])

        await asyncio.gather(*(act(store) for _ in range(10) for store in pair))
        assert [await store.verify_audit() for store in pair] == [20, 20]
