"""What is held of one person, requests about it, and erasing it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import halves
from storage.base import Consent, HandOverRequest, Line, Link, Look, Right, SetAside, Store
from tests.storage import rows
from tests.storage.rows import ACCOUNT, HOUR, KEEP, conversation, dossier, line, photo

ME, OTHER = "telegram:1", "telegram:2"


def right(ref: str = "QD-1", **changes: object) -> Right:
    row = Right(ref, "erase", ME, ACCOUNT, "vi", 10.0, 20.0, 90.0, applies_at=30.0)
    return replace(row, **changes)


async def save(store: Store, *rights: Right) -> None:
    async with store.unit(now=1) as unit:
        await unit.save_rights(rights)


async def talked(store: Store) -> None:
    """Two people have said and sent all there is to say and send."""
    async with store.unit(now=10) as unit:
        for chat in (ME, OTHER):
            await unit.save_conversations([conversation(chat)])
            await unit.add_lines([line(chat), line(chat, 4)])
            await unit.add_photos([photo(f"{chat} stray", chat=chat)])
            await unit.add_links([Link(ACCOUNT, chat, 10.0)])
            await unit.add_looks([Look(chat, "an", 3, 10.0)])
            await unit.set_aside([SetAside(chat, chat, 10.0, "ValueError", b"a payload")])
            await unit.save_hand_overs([HandOverRequest(chat, 10.0, "x", "y", "z", ended_at=11.0)])
            await unit.save_hand_overs([HandOverRequest(chat, 12.0, "x", "y", "z")])
        await unit.save_dossiers([dossier("open")])
        await unit.add_photos([photo("needed", dossier="open")])


async def erase(store: Store, chat: str = ME) -> None:
    async with store.unit(now=40) as unit:
        await unit.conversations([chat])
        await unit.erase([chat])


async def held(store: Store, chat: str) -> dict[str, int]:
    async with store.unit(now=50) as unit:
        return {each.category: each.n for each in await unit.holdings(chat, ACCOUNT) if each.n}


class RightsContract:
    """People may ask what there is of them, and have it erased."""

    async def test_requests_about_data(self, store: Store) -> None:
        """They come back as they were saved; what was answered or has ended stays so."""
        await save(store, right(why="a private reason"), right("QD-2", asked_at=11.0))
        await save(
            store, right(answered_at=12.0, ended_at=13.0, ended_as="done", counts='{"a":1}')
        )
        await save(store, right(answered_at=14.0, ended_at=15.0, ended_as="refused"))
        first = right(answered_at=12.0, ended_at=13.0, ended_as="done")
        async with store.unit(now=1) as unit:
            assert await unit.rights(["QD-1", "none"]) == {"QD-1": first}
            assert await unit.rights_of([ACCOUNT]) == [right("QD-2", asked_at=11.0), first]
            assert await unit.rights([]) == {}
            assert await unit.rights_of([]) == []
            await unit.save_rights([])
        assert await store.list_rights(ended=True, limit=9) == [first]
        assert await store.list_rights(ended=False, limit=9) == [right("QD-2", asked_at=11.0)]

    async def test_reasons_are_sealed(self, store: Store) -> None:
        """An officer's reason comes back."""
        await save(store, right(why="a private reason"))
        (row,) = await store.list_rights(ended=False, limit=9)
        assert row.why == "a private reason"

    async def test_due_rights(self, store: Store) -> None:
        """An erasure is due from its time on, unless it ended or nobody has approved it."""
        other = right("QD-2", applies_at=None), right("QD-3", ended_at=11.0, ended_as="refused")
        await save(store, right(), *other)
        assert await store.due_rights(now=29.0, limit=9) == []
        assert await store.due_rights(now=30.0, limit=9) == [right()]

    async def test_holdings(self, store: Store) -> None:
        """Every category is counted, also the empty ones, since the oldest row."""
        await talked(store)
        async with store.unit(now=50) as unit:
            found = {each.category: each[1:] for each in await unit.holdings(ME, ACCOUNT)}
        assert found["messages"] == (2, 10.0)
        assert found["answers"] == (1, 10.5)
        assert found["photos"] == found["kept_photos"] == (1, 10.0)
        assert found["open_requests"] == found["proofs"] == found["faults"] == (1, 10.0)
        assert found["officers"] == (2, 10.0)
        assert found["changes"] == found["rights"] == found["closed_requests"] == (0, None)

    async def test_newest_consents(self, store: Store) -> None:
        """For each purpose the newest answer counts."""
        said = [Consent(ME, "a", granted=yes, wording="v1", at=1.0) for yes in (True, False)]
        others = [
            Consent(ME, "b", granted=True, wording="v1", at=1.0),
            Consent(OTHER, "a", granted=True, wording="v1", at=1.0),
        ]
        async with store.unit(now=1) as unit:
            await unit.add_consents([*said, *others])
        async with store.unit(now=1) as unit:
            assert await unit.consents_of([ME]) == [said[1], others[0]]
            assert await unit.consents_of([]) == []

    async def test_erasing(self, store: Store) -> None:
        """What one person said, sent and proved is gone, of others nothing, open requests stay."""
        await talked(store)
        before = await held(store, OTHER)
        await erase(store)
        stays = {"kept_photos": 1, "open_requests": 1, "officers": 1}
        assert await held(store, ME) == stays
        assert await held(store, OTHER) == before
        assert await store.transcript(ME, limit=9) == []
        assert len(await store.transcript(OTHER, limit=9)) == 2
        async with store.unit(now=50) as unit:
            talk = (await unit.conversations([ME]))[ME]
            assert [each.chat for each in await unit.links([ACCOUNT])] == [OTHER]
        expected = conversation(flow="", version=0, state="", account=None, memo=b"")
        assert talk == expected

    async def test_going_on_after_erasing(self, store: Store) -> None:
        """Whoever was erased can talk again, in the same unit too."""
        await talked(store)
        async with store.unit(now=40) as unit:
            await unit.erase([ME])
            await unit.add_lines([Line(ME, 5, 40.0, "", "a", "b")])
        async with store.unit(now=41) as unit:
            await unit.save_conversations([conversation(turn=6)])
        assert [each.turn for each in await store.transcript(ME, limit=9)] == [5]
        async with store.unit(now=42) as unit:
            assert (await unit.conversations([ME]))[ME] == conversation(turn=6)

    async def test_evidence_goes_in_time(self, store: Store) -> None:
        """Consents and ended requests go after their years, what could not be handled sooner."""
        await save(store, right(ended_at=11.0, ended_as="done"), right("QD-2"))
        async with store.unit(now=1) as unit:
            await unit.add_consents([Consent(ME, "a", granted=True, wording="v1", at=10.0)])
            await unit.set_aside([SetAside("odd", ME, 10.0, "ValueError", b"a payload")])
        later = replace(KEEP, evidence=9 * HOUR, asides=5 * HOUR)
        assert await store.purge(later, now=5 * HOUR) == 0
        assert await store.purge(later, now=5 * HOUR + 11) == 1
        assert await store.purge(later, now=9 * HOUR + 11) == 2
        assert [each.ref for each in await store.list_rights(ended=False, limit=9)] == ["QD-2"]

    async def test_a_copy_without_halves(self, store: Store, tmp_path: Path) -> None:
        """A copy whose halves were taken out opens with them, and only with them."""
        await talked(store)
        copy, file = tmp_path / "copy", tmp_path / "halves"
        await store.backup(str(copy))
        assert halves.take_out(copy, file) == 2
        await store.check_copy(str(copy))
        whole = tmp_path / "whole"
        whole.write_bytes(copy.read_bytes())
        assert halves.put_back(whole, file, rows.vault()) == 0
        # Two lines and an answer of each.
        assert halves.put_back(copy, tmp_path / "none", rows.vault()) == 6

    async def test_who_was_erased_is_so_in_older_copies(
        self, store: Store, tmp_path: Path
    ) -> None:
        """What a copy holds of them goes when it is put back; others' comes back."""
        await talked(store)
        copy, file = tmp_path / "copy", tmp_path / "halves"
        await store.backup(str(copy))
        halves.take_out(copy, file)
        await erase(store)
        halves.forget(file, [right(ended_at=40.0, ended_as="done", why="a private reason")])
        # Lines, answers, stray picture, link, look, ended request for a person, event set aside.
        assert halves.put_back(copy, file, rows.vault()) == 8
        assert halves.put_back(copy, file, rows.vault()) == 0
        assert b"a private reason" not in file.read_bytes()

    async def test_nothing_to_forget(self, tmp_path: Path) -> None:
        """Where no backup was ever made, no file comes to be."""
        halves.forget(tmp_path / "none", [right()])
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize("times", [1, 2])
    async def test_scrubbing(self, store: Store, times: int) -> None:
        """It can be done at any time."""
        for _ in range(times):
            await store.scrub()
