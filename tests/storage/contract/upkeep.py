"""The audit chain, retention and routine upkeep."""

from pathlib import Path

import pytest

from storage.base import (
    Act,
    Corrupt,
    Seen,
    Store,
    Tally,
)
from tests.storage import rows
from tests.storage.rows import (
    ACCOUNT,
    HOUR,
    KEEP,
    claim,
    conversation,
    dossier,
    edge,
    end,
    photo,
)


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

    async def test_audit_macs(self, store: Store) -> None:
        """The mac of any record can be read by its number, the newest one being the head's."""
        async with store.unit(now=1) as unit:
            await unit.add_acts([Act(1.0, "a", "me"), Act(2.0, "b", "me")])
        macs = await store.audit_macs([1, 2, 3])
        assert set(macs) == {1, 2}
        assert (2, macs[2]) == await store.audit_head()
        assert await store.audit_macs([]) == {}

    async def test_check_copy(self, store: Store, tmp_path: Path) -> None:
        """A backup proves sound without being changed; one that was altered does not."""
        async with store.unit(now=1) as unit:
            await rows.everything(unit)
        copy = tmp_path / "copy"
        await store.backup(str(copy))
        before = copy.read_bytes()
        assert await store.check_copy(str(copy)) == 1
        assert copy.read_bytes() == before
        assert _names(tmp_path, "copy") == ["copy"]
        copy.write_bytes(before.replace(b"turn", b"tuns"))
        with pytest.raises(Corrupt):
            await store.check_copy(str(copy))

    async def test_lay_to_rest(self, store: Store) -> None:
        """What an old copy has alive is ended, once; what was ended stays so, dossiers live."""
        async with store.unit(now=10) as unit:
            await rows.everything(unit)
            await unit.save_challenges([rows.challenge("used", used_at=12.0)])
            await unit.save_changes([rows.change("held"), rows.change("made", applied_at=9.0)])
        assert await store.lay_to_rest(now=20.0) == 5
        assert await store.lay_to_rest(now=30.0) == 0
        assert await claim(store, now=20.0) == []
        async with store.unit(now=31) as unit:
            keys = [("telegram:1", 2, "proof"), ("used", 2, "proof")]
            ended = await unit.challenges(keys)
            (page,) = (await unit.pages([b"h" * 32])).values()
            changes = await unit.changes(["held", "made"])
        assert [ended[key].void_at for key in keys] == [20.0, None]
        assert page.used_at == 20.0
        assert changes["held"] == rows.change("held", ended_at=20.0, ended_as="refused")
        assert changes["made"] == rows.change("made", applied_at=9.0)
        assert await store.due_changes(now=99.0, limit=9) == []

    async def test_purge(self, store: Store) -> None:
        """What outlived its retention goes, what has not stays, streaks and waiting mail too."""
        async with store.unit(now=10) as unit:
            await rows.everything(unit)
            await unit.add_tallies([Tally(b"streak", 0, 5)])
        (parcel,) = await claim(store, now=10.0)
        assert await store.purge(KEEP, now=HOUR) == 0
        await store.settle([end(parcel, "sent")])
        assert await store.purge(KEEP, now=2 * HOUR) == 11
        async with store.unit(now=11) as unit:
            assert await unit.first_seen([Seen("telegram:1", 1.0)])
            assert await unit.challenges([("telegram:1", 2, "proof")]) == {}
            assert await unit.tallies([b"streak"]) == [Tally(b"streak", 0, 5)]
            assert await unit.changes(["telegram:1"]) == {}
            assert len(await unit.dossiers(["telegram:1"])) == 1
            assert len(await unit.photos_in(["telegram:1"])) == 1
            talk = (await unit.conversations(["telegram:1"]))["telegram:1"]
        expected = conversation(flow="", version=0, state="", account=None, memo=b"")
        assert talk == expected

    async def test_purge_in_chunks(self, store: Store) -> None:
        """More rows than one short transaction takes are all deleted."""
        async with store.unit(now=10) as unit:
            await unit.first_seen([Seen(f"k{number}", 1.0) for number in range(4100)])
        assert await store.purge(KEEP, now=2 * HOUR) == 4100

    async def test_purge_of_closed_dossiers(self, store: Store) -> None:
        """Pictures go some time after their dossier was closed, then it goes with its history."""
        async with store.unit(now=10) as unit:
            await unit.save_dossiers([dossier(), dossier("open", kind="y")])
            await unit.add_edges([edge(), edge("open"), edge(version=2)])
            given = [photo(f"{number}", dossier="dossier-1") for number in range(45)]
            await unit.add_photos([*given, photo("kept", dossier="open")])
        async with store.unit(now=HOUR) as unit:
            await unit.save_dossiers([dossier(version=2, is_open=False)])
        assert await store.purge(KEEP, now=2 * HOUR) == 0
        assert await store.purge(KEEP, now=2 * HOUR + 1) == 45
        assert await store.purge(KEEP, now=3 * HOUR) == 0
        assert await store.purge(KEEP, now=3 * HOUR + 1) == 1
        async with store.unit(now=3 * HOUR) as unit:
            assert set(await unit.dossiers(["dossier-1", "open"])) == {"open"}
            assert await unit.edges(["dossier-1", "open"]) == [edge("open")]
            assert len(await unit.photos_in(["dossier-1", "open"])) == 1

    async def test_purge_of_reopened_dossiers(self, store: Store) -> None:
        """A dossier that is open again is kept, however long ago it was closed before."""
        async with store.unit(now=1) as unit:
            await unit.save_dossiers([dossier(), dossier(version=2, is_open=False)])
            await unit.save_dossiers([dossier(version=3)])
        assert await store.purge(KEEP, now=99 * HOUR) == 0
        async with store.unit(now=99 * HOUR) as unit:
            await unit.save_dossiers([dossier(version=4, is_open=False)])
        assert await store.purge(KEEP, now=100 * HOUR) == 0
        assert await store.purge(KEEP, now=101 * HOUR + 1) == 1

    async def test_purge_of_pictures_nobody_handed_in(self, store: Store) -> None:
        """A picture that was never handed in goes after two days; so does one of no dossier."""
        async with store.unit(now=10) as unit:
            await unit.add_photos([photo("stray", at=0.0), photo("orphan", dossier="gone")])
        assert await store.purge(KEEP, now=48 * HOUR) == 1
        assert await store.purge(KEEP, now=48 * HOUR + 1) == 1

    async def test_tidy(self, store: Store) -> None:
        """Routine upkeep can be called at any time."""
        await store.tidy()


def _names(folder: Path, start: str) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.startswith(start)]
