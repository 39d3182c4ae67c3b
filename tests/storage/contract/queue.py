"""Requests for a person: one open for a chat, places in the queue, and the lines of a chat."""

from msgspec.structs import replace

from storage.base import HandOverRequest, Line, Store
from tests.storage.rows import KEEP


def asked(chat: str, at: float = 10.0) -> HandOverRequest:
    return HandOverRequest(chat, at, "forgot_password", "code", "code")


async def save(store: Store, *rows: HandOverRequest) -> None:
    async with store.unit(now=1) as unit:
        await unit.save_hand_overs(rows)


async def queue(store: Store) -> list[HandOverRequest]:
    return [replace(row, number=0) for row in await store.queue(limit=10)]


async def first(store: Store) -> HandOverRequest:
    return (await store.queue(limit=1))[0]


class QueueContract:
    """A request lives from the wish to the return."""

    async def test_life(self, store: Store) -> None:
        """It is found by its chat and in the queue until it has ended, then another may follow."""
        await save(store, asked("a"))
        taken = replace(await first(store), officer="an", taken_at=11.0)
        await save(store, taken)
        async with store.unit(now=1) as unit:
            found = await unit.hand_overs(["a", "none"])
            assert await unit.hand_overs([]) == {}
        assert found == {"a": taken}
        assert await store.queue(limit=1) == [taken]
        await save(store, replace(taken, ended_at=12.0))
        assert await store.queue(limit=10) == []
        await save(store, asked("a", 13.0))
        assert await queue(store) == [asked("a", 13.0)]
        assert (await first(store)).number > taken.number

    async def test_ratings(self, store: Store) -> None:
        """The newest that an officer ended is rated, once; the span's figures tell how many."""
        await save(store, asked("a"), asked("b"), asked("c"))
        for row in await store.queue(limit=3):
            officer = "" if row.chat == "c" else "an"
            await save(store, replace(row, officer=officer, taken_at=11.0, ended_at=12.0))
        for grade in ("good", "poor"):
            async with store.unit(now=13.0) as unit:
                await unit.rate_hand_overs([("a", grade), ("c", grade), ("none", grade)])
                await unit.rate_hand_overs([])
        rated = (await store.figures(0.0, 20.0)).rated
        assert rated == [("forgot_password", "", 1), ("forgot_password", "good", 1)]
        assert (await store.figures(20.0, 40.0)).rated == []

    async def test_places(self, store: Store) -> None:
        """The longest wait comes first; whoever has been taken or has gone is not counted."""
        rows = [asked("b", 10.0), asked("a", 10.0), asked("c", 9.0), asked("d", 30.0)]
        await save(store, *rows)
        await save(store, replace(await first(store), officer="an", taken_at=11.0))
        assert [row.chat for row in await queue(store)] == ["c", "a", "b", "d"]
        assert [row.chat for row in await store.queue(limit=2)] == ["c", "a"]
        places = [(10.0, "a"), (10.0, "b"), (30.0, "d"), (40.0, "e")]
        async with store.unit(now=1) as unit:
            assert await unit.ahead(places) == {"a": 0, "b": 1, "d": 2, "e": 3}
            assert await unit.ahead([]) == {}

    async def test_old_ones_go(self, store: Store) -> None:
        """Ended requests go with the transcript; open ones stay, however old."""
        await save(store, asked("a"), asked("b"))
        await save(store, replace(await first(store), ended_at=20.0))
        await store.purge(KEEP, now=20.0 + KEEP.transcript - 1)
        await save(store, asked("a", 30.0))
        gone = await store.purge(KEEP, now=20.0 + KEEP.transcript + 1)
        assert gone == 1
        assert [row.chat for row in await queue(store)] == ["b", "a"]

    async def test_transcript(self, store: Store) -> None:
        """The newest lines of one chat come back opened, in their order."""
        lines = [Line("a", turn, 10.0 + turn, "/", f"nghe {turn}", "đáp") for turn in range(12)]
        async with store.unit(now=1) as unit:
            await unit.add_lines([*lines, Line("b", 99, 10.0, "/", "khác", "")])
        assert await store.transcript("a", limit=3) == lines[-3:]
        assert await store.transcript("none", limit=3) == []
