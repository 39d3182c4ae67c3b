"""What the rows of a span add up to."""

from msgspec.structs import replace

from storage.base import HandOverRequest, Settlement, Store
from storage.figures import Came, Closed, Codes, Minute, Request, Way
from tests.storage import rows
from tests.storage.rows import claim, conversation

ACCOUNTS = [bytes([number]) * 16 for number in range(9)]


async def sends(store: Store, count: int, verdict: str = "sent", slot: str = "proof") -> None:
    """Messages written at 100; the first takes a second, the next two, and so on."""
    mine = [f"{verdict}{number}" for number in range(count)]
    async with store.unit(now=100) as unit:
        letters = [rows.outbound(ref, lane=ref, slot=slot, due=100.0) for ref in mine]
        await unit.add_outbound(letters, 100.0)
    taken = await claim(store, now=100.0, limit=count)
    await store.settle(
        [
            Settlement(it.id, it.fence, 1, verdict, 100.0 + number, 0.0, "gate", "")
            for number, it in enumerate(taken, 1)
        ]
    )


class FigureContract:
    """Every figure of a span, and nothing from outside of it."""

    async def test_nothing(self, store: Store) -> None:
        """Where nothing happened all is empty."""
        found = await store.figures(0.0, 1000.0)
        assert [*found.came, *found.minutes, *found.ways, *found.requests] == []
        assert found.typed == found.handed == Codes(0, 0.0, 0.0)
        assert await store.lost(0.0, 1000.0, 5) == []

    async def test_turns(self, store: Store) -> None:
        """Turns by what came of them and by minute; the span's end is not in it."""
        states = ("a/x", "a/x>lost", "a/x", "a/y>lost", "a/x>bad")
        times = (59.9, 60.0, 90.5, 119.9, 180.0)
        lines = [
            replace(rows.line("web:a", turn, at), state=state)
            for turn, (state, at) in enumerate(zip(states, times, strict=True))
        ]
        async with store.unit(now=1) as unit:
            await unit.save_conversations([conversation("web:a")])
            await unit.add_lines(lines)
        found = await store.figures(0.0, 180.0)
        assert sorted(found.came) == [Came("a/x", 2), Came("a/x>lost", 1), Came("a/y>lost", 1)]
        assert found.minutes == [Minute(0, 1), Minute(1, 3)]
        assert await store.lost(0.0, 180.0, 5) == [lines[3], lines[1]]
        assert await store.lost(0.0, 100.0, 5) == [lines[1]]
        assert await store.lost(0.0, 180.0, 1) == [lines[3]]

    async def test_messages(self, store: Store) -> None:
        """Half of twenty took ten seconds at the most, 95 of 100 nineteen; the lost ones apart."""
        await sends(store, 20)
        await sends(store, 3, "dead", "")
        found = await store.figures(100.0, 200.0)
        assert found.ways == [
            Way("gate", "dead", 3, 2.0, 3.0),
            Way("gate", "sent", 20, 10.0, 19.0),
        ]
        assert found.handed == Codes(20, 10.0, 19.0)
        assert (await store.figures(0.0, 101.0)).ways == []

    async def test_codes(self, store: Store) -> None:
        """Only codes that were typed back count, from when they were sent."""
        async with store.unit(now=1) as unit:
            typed = [
                rows.challenge(f"web:{n}", used_at=10.0 + n, sent_at=10.0) for n in (5, 7, 30)
            ]
            await unit.save_challenges([*typed, rows.challenge("web:none")])
        assert (await store.figures(0.0, 100.0)).typed == Codes(3, 7.0, 30.0)
        assert (await store.figures(16.0, 20.0)).typed == Codes(1, 7.0, 7.0)

    async def test_requests_for_a_person(self, store: Store) -> None:
        """Open and ended ones, by when they were made."""
        asked = [
            HandOverRequest("web:a", 10.0, "a", "x", "menu"),
            HandOverRequest("web:b", 11.0, "b", "x", "menu", "an", 15.0, 20.0),
            HandOverRequest("web:c", 90.0, "b", "x", "menu"),
        ]
        async with store.unit(now=1) as unit:
            await unit.save_hand_overs(asked)
        found = await store.figures(0.0, 50.0)
        assert found.requests == [Request("a", 10.0, None, None), Request("b", 11.0, 15.0, 20.0)]

    async def test_dossiers(self, store: Store) -> None:
        """Closed by their day or after it, or open after it; withdrawn ones do not count."""
        states = (
            ("resolved", False),
            ("rejected", False),
            ("withdrawn", False),
            ("in_review", True),
        )
        async with store.unit(now=1) as unit:
            await unit.save_dossiers(
                [
                    rows.dossier(f"d{n}", account=ACCOUNTS[n], chat=f"web:{n}")
                    for n, _ in enumerate(states)
                ]
            )
        for number, (state, is_open) in enumerate(states):
            async with store.unit(now=800 + 200 * number) as unit:
                row = rows.dossier(f"d{number}", account=ACCOUNTS[number], chat=f"web:{number}")
                moved = replace(row, state=state, is_open=is_open, version=2)
                await unit.save_dossiers([moved])
        found = await store.figures(0.0, 2000.0)
        assert found.closed == [Closed("reissue_card", 2, 1)]
        assert found.overdue == {"reissue_card": 1}
