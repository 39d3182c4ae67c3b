"""One unit is one transaction: whole or not at all, one after the other."""

import asyncio

import pytest
from msgspec.structs import replace

from storage.base import (
    Seen,
    Store,
    Unavailable,
)
from tests.storage import rows
from tests.storage.cancelling import cancelled_at
from tests.storage.rows import challenge


class TransactionContract:
    """One unit is one transaction, and units exclude each other."""

    async def test_exception_rolls_back(self, store: Store) -> None:
        """Nothing of a unit that raised is visible, and the next one works."""

        async def failing() -> None:
            async with store.unit(now=9) as unit:
                await rows.turn(unit, "x")
                raise LookupError

        with pytest.raises(LookupError):
            await failing()
        assert await store.high_water() == 0
        await _expect_absent(store, "x")

    async def test_units_exclude_each_other(self, store: Store) -> None:
        """Two hundred guesses at once: each unit sees what the one before it wrote."""

        async def guess() -> int:
            async with store.unit(now=1) as unit:
                found = await unit.challenges([("telegram:1", 2, "proof")])
                row = found[("telegram:1", 2, "proof")]
                await asyncio.sleep(0)
                await unit.save_challenges([replace(row, tries=row.tries + 1)])
                return row.tries

        async with store.unit(now=1) as unit:
            await unit.save_challenges([challenge()])
        assert sorted(await asyncio.gather(*(guess() for _ in range(200)))) == list(range(200))

    async def test_cancellation_at_every_await(self, store: Store) -> None:
        """Cut at any await, a unit is there as a whole or not at all, and the next one works."""

        async def work(name: str) -> None:
            async with store.unit(now=1) as unit:
                await rows.turn(unit, name)

        whole = 0
        for number in range(1, 100):
            name = f"cut {number}"
            finished = await cancelled_at(work(name), number)
            async with store.unit(now=1) as unit:
                talk = await unit.conversations([name])
                code = await unit.challenges([(name, 2, "proof")])
                dossier = await unit.dossiers([name])
                step = await unit.edges([name])
                change = await unit.changes([name])
                fresh = await unit.first_seen([Seen(name, 2.0)])
            assert len(talk) == len(code) == 1 - len(fresh)
            assert len(dossier) == len(step) == len(change) == len(talk)
            whole += len(talk)
            assert await store.verify_audit() == whole
            if finished:
                break
        assert finished
        assert number > 4

    async def test_swallowed_failure_cannot_commit(self, store: Store) -> None:
        """After an error inside a unit nothing of it can be committed, even if swallowed."""

        async def failing() -> None:
            async with store.unit(now=1) as unit:
                await rows.turn(unit, "x")
                await unit.add_lines([rows.line("x")])
                with pytest.raises(Exception, match="transcript"):
                    await unit.conversations(["x"])  # brings the repeated line along

        with pytest.raises(Unavailable):
            await failing()
        await _expect_absent(store, "x")

    async def test_a_unit_left_is_over(self, store: Store) -> None:
        """A unit kept beyond its block refuses work."""
        async with store.unit(now=1) as unit:
            pass
        with pytest.raises(Unavailable):
            await unit.conversations(["x"])


async def _expect_absent(store: Store, name: str) -> None:
    async with store.unit(now=1) as unit:
        assert await unit.conversations([name]) == {}
        assert await unit.first_seen([Seen(name, 1.0)]) == {name}
        assert await unit.dossiers([name]) == {}
        assert await unit.changes([name]) == {}
    assert await store.audit_head() == (0, b"")
    assert (await store.backlog(now=1)).waiting == 0
