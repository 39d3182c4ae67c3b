"""Dossiers: each step on top of the one before, one open of a kind, pictures with them."""

import pytest

from storage.base import Conflict, Dossier, Store, Unavailable, Unit
from tests.storage.rows import ACCOUNT, dossier, edge, photo

OTHER = b"o" * 16


class DossierContract:
    """A dossier's life is a line of versions."""

    async def test_steps(self, store: Store) -> None:
        """A dossier comes back as it was left, step by step, also several in one batch."""
        paused = dossier(version=2, state="needs_info", due_at=None, paused_at=11.5, form=b"{}")
        closed = dossier(version=4, state="resolved", is_open=False)
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
            assert await unit.dossiers(["dossier-1", "none"]) == {"dossier-1": dossier()}
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([paused])
        async with store.unit(now=1) as unit:
            assert await unit.dossiers(["dossier-1"]) == {"dossier-1": paused}
            await unit.save_dossiers([dossier(version=3), closed])
            assert await unit.dossiers(["dossier-1"]) == {"dossier-1": closed}

    @pytest.mark.parametrize(
        "wrong",
        [
            dossier(version=1),
            dossier(version=2),
            dossier(version=4),
            dossier("unknown", kind="x", version=2),
            dossier("unknown", kind="x", version=0),
        ],
    )
    async def test_stale_version(self, store: Store, wrong: Dossier) -> None:
        """Any version but the next one is a conflict, and nothing of that unit is kept."""
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
            await unit.save_dossiers([dossier(version=2)])
        with pytest.raises(Conflict, match="look at it again"):
            async with store.unit(now=1) as unit:
                await unit.save_dossiers([dossier("good", kind="good"), wrong])
        async with store.unit(now=1) as unit:
            found = await unit.dossiers(["dossier-1", "unknown", "good"])
        assert found == {"dossier-1": dossier(version=2)}

    async def test_swallowed_conflict(self, store: Store) -> None:
        """After a conflict a unit cannot be committed, even if it is swallowed."""

        async def step(unit: Unit) -> None:
            await unit.save_dossiers([dossier()])
            await unit.dossiers(["dossier-1"])  # brings it along

        async def swallow() -> None:
            async with store.unit(now=1) as unit:
                await step(unit)
                with pytest.raises(Conflict):
                    await step(unit)

        with pytest.raises(Unavailable):
            await swallow()
        async with store.unit(now=1) as unit:
            assert await unit.dossiers(["dossier-1"]) == {}

    async def test_one_open_of_a_kind(self, store: Store) -> None:
        """An account has one open dossier of each kind; other kinds and accounts do not count."""
        fine = [dossier(), dossier("b", kind="unfreeze"), dossier("c", account=OTHER)]
        async with store.unit(now=1) as unit:
            await unit.save_dossiers(fine)
        with pytest.raises(Conflict, match="an open dossier of this kind"):
            async with store.unit(now=1) as unit:
                await unit.save_dossiers([dossier("second")])
        async with store.unit(now=1) as unit:
            assert len(await unit.dossiers_of([ACCOUNT, OTHER])) == 3

    async def test_closed_makes_room(self, store: Store) -> None:
        """One batch may close a dossier and open the next one of its kind, in any order."""
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
            await unit.save_dossiers([dossier("a"), dossier(version=2, is_open=False)])
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier("a", version=2, is_open=False), dossier("z")])
            found = await unit.dossiers_of([ACCOUNT])
        assert {row.ref: row.is_open for row in found} == {
            "dossier-1": False,
            "a": False,
            "z": True,
        }

    async def test_of_an_account(self, store: Store) -> None:
        """All that are open, however old, and the ten newest; of a chat just the ten newest."""
        old = dossier("old", opened_at=1.0)
        closed = [dossier(f"{n:02}", opened_at=10.0 + n, is_open=False) for n in range(12)]
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([old, *closed, dossier("x", account=OTHER, chat="b")])
            mine = await unit.dossiers_of([ACCOUNT, ACCOUNT])
            sent = await unit.dossiers_from(["telegram:1", "telegram:1"])
            assert [row.ref for row in await unit.dossiers_from(["b", "none"])] == ["x"]
            assert len(await unit.dossiers_of([OTHER, ACCOUNT])) == 12
        assert sent == closed[:1:-1]
        assert mine == [*sent, old]

    async def test_list(self, store: Store) -> None:
        """The officers' list begins with what is due first; what has no date comes last."""
        rows = [
            dossier("never", kind="a", due_at=None),
            dossier("later", kind="b", due_at=30.0, state="in_review"),
            dossier("soon", kind="c", due_at=20.0),
            dossier("done", kind="d", due_at=1.0, state="resolved", is_open=False),
        ]
        async with store.unit(now=1) as unit:
            await unit.save_dossiers(rows)
        states = ["submitted", "in_review"]
        assert await store.list_dossiers(states=states, limit=9) == [rows[2], rows[1], rows[0]]
        assert await store.list_dossiers(states=states, limit=1) == [rows[2]]
        assert await store.list_dossiers(states=["draft"], limit=9) == []
        assert await store.list_dossiers(states=[], limit=9) == []

    async def test_list_of_kinds(self, store: Store) -> None:
        """A kind is chosen before the limit counts; pages follow each other without a gap."""
        rows = [
            dossier(f"{n:02}", kind=f"{'ab'[n % 2]}{n}", due_at=float(n // 4) or None)
            for n in range(20)
        ]
        odd = [row.kind for row in rows if row.kind.startswith("b")]
        async with store.unit(now=1) as unit:
            await unit.save_dossiers(rows)
        whole = await store.list_dossiers(states=["submitted"], kinds=odd, limit=99)
        dated = [row.ref for row in rows[5::2]]
        assert [row.ref for row in whole] == [*dated, "01", "03"]
        paged: list[Dossier] = []
        while page := await store.list_dossiers(
            states=["submitted"], kinds=odd, limit=3, after=paged[-1].ref if paged else ""
        ):
            paged += page
        assert paged == whole
        assert await store.list_dossiers(states=["submitted"], kinds=["x"], limit=9) == []
        for last in ("none", "03"):
            assert await store.list_dossiers(states=["submitted"], limit=9, after=last) == []

    # --- edges -------------------------------------------------------------------------

    async def test_edges(self, store: Store) -> None:
        """Every step comes back, each dossier's in their order."""
        steps = [edge("a", 1), edge("a", 2, to="received", who="officer", why=""), edge("b", 1)]
        async with store.unit(now=1) as unit:
            await unit.add_edges(steps[::-1])
            await unit.save_dossiers([dossier("a"), dossier("b", kind="unfreeze")])
        async with store.unit(now=1) as unit:
            assert await unit.edges(["b", "a", "a", "none"]) == steps

    async def test_a_step_happens_once(self, store: Store) -> None:
        """Two steps to one version are a conflict, and the first one stays."""
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier()])
            await unit.add_edges([edge()])
        with pytest.raises(Conflict, match="look at it again"):
            async with store.unit(now=1) as unit:
                await unit.add_edges([edge(to="withdrawn")])
        async with store.unit(now=1) as unit:
            assert await unit.edges(["dossier-1"]) == [edge()]

    async def test_a_step_of_nothing(self, store: Store) -> None:
        """A step without its dossier is not kept."""
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            async with store.unit(now=1) as unit:
                await unit.add_edges([edge()])
        async with store.unit(now=1) as unit:
            assert await unit.edges(["dossier-1"]) == []

    # --- pictures ----------------------------------------------------------------------

    async def test_photos(self, store: Store) -> None:
        """The pictures of a run come back whole, the oldest first, each kept once."""
        second, other = photo("b", at=11.0, image=b"\0" * 70_000), photo("c", run=3)
        async with store.unit(now=1) as unit:
            await unit.add_photos([second, photo("a"), other])
            await unit.add_photos([photo("a", image=b"another"), photo("a")])
        async with store.unit(now=1) as unit:
            run = ("telegram:1", 2)
            assert await unit.photos([run, run, ("telegram:2", 2)]) == [photo("a"), second]

    async def test_photos_handed_in(self, store: Store) -> None:
        """The pictures of a run go to a dossier, once; those of other runs do not."""
        async with store.unit(now=1) as unit:
            await unit.add_photos([photo("a"), photo("b", run=3), photo("c", chat="b")])
            await unit.give_photos("telegram:1", 2, "dossier-1")
            await unit.give_photos("telegram:1", 2, "dossier-2")
            given = [photo("a", dossier="dossier-1")]
            assert await unit.photos_in(["dossier-1", "dossier-1", "none"]) == given
            assert await unit.photos([("telegram:1", 2)]) == given
            assert await unit.photos_in(["dossier-2", ""]) == []

    async def test_no_requests(self, store: Store) -> None:
        """Empty batches are answered with nothing, and without asking the database."""
        async with store.unit(now=1) as unit:
            pass
        # The unit is over: whatever it would have to carry is refused.
        assert await unit.changes([]) == {}
        assert await unit.changes_marked([]) == {}
        assert await unit.members_of([]) == {}
        assert await unit.holders([]) == {}
        assert await unit.changes_of([], 0.0) == []
        assert await unit.dossiers([]) == {}
        assert await unit.dossiers_of([]) == await unit.dossiers_from([]) == []
        assert await unit.edges([]) == []
        assert await unit.photos([]) == await unit.photos_in([]) == []
        await unit.save_changes([])
        await unit.set_contacts([])
        await unit.set_standings([])
        await unit.save_dossiers([])
        await unit.add_edges([])
        await unit.add_photos([])
