"""Rows go in and come out of a unit, in batches."""

from msgspec.structs import replace

from storage.base import (
    HandOverRequest,
    Link,
    Seen,
    SetAside,
    Store,
    Tally,
)
from tests.storage import rows
from tests.storage.rows import ACCOUNT, challenge, conversation


class UnitContract:
    """Rows go in and come out, in batches."""

    async def test_conversations(self, store: Store) -> None:
        """A saved conversation comes back whole, the newest wins, an unknown chat is absent."""
        other = conversation("telegram:2", account=None, memo=b"")
        async with store.unit(now=1) as unit:
            await unit.save_conversations([conversation(turn=1), other])
            await unit.save_conversations([conversation()])
        async with store.unit(now=1) as unit:
            found = await unit.conversations(["telegram:2", "telegram:3", "telegram:1"])
        assert found == {"telegram:1": conversation(), "telegram:2": other}

    async def test_first_seen(self, store: Store) -> None:
        """Only the first sight of a key counts, within a batch and across units."""
        async with store.unit(now=1) as unit:
            assert await unit.first_seen([Seen("a", 1), Seen("b", 1), Seen("a", 1)]) == {"a", "b"}
        async with store.unit(now=1) as unit:
            assert await unit.first_seen([Seen("b", 2), Seen("c", 2)]) == {"c"}

    async def test_challenges(self, store: Store) -> None:
        """Challenges come back under their key, the decoy's mark included."""
        decoy = challenge(slot="other", decoy=True)
        async with store.unit(now=1) as unit:
            await unit.save_challenges([challenge(), decoy])
            found = await unit.challenges(
                [
                    ("telegram:1", 2, "proof"),
                    ("telegram:1", 2, "other"),
                    ("telegram:1", 3, "proof"),
                ]
            )
        assert found == {
            ("telegram:1", 2, "proof"): challenge(),
            ("telegram:1", 2, "other"): decoy,
        }

    async def test_challenges_only_move_forward(self, store: Store) -> None:
        """Used and void stay as first set and tries never fall, whatever is saved later."""
        async with store.unit(now=1) as unit:
            await unit.save_challenges([challenge(tries=3, used_at=5.0, void_at=6.0)])
            await unit.save_challenges([challenge(tries=1, used_at=None, void_at=9.0, counter=2)])
            found = await unit.challenges([("telegram:1", 2, "proof")])
        expected = challenge(tries=3, used_at=5.0, void_at=6.0, counter=2)
        assert list(found.values()) == [expected]

    async def test_void_challenges(self, store: Store) -> None:
        """All unused codes of an account are voided, in every chat, and no other one."""
        used, stranger = challenge("b", used_at=4.0), challenge("c", account=b"x" * 16)
        async with store.unit(now=1) as unit:
            await unit.save_challenges([challenge("a"), used, stranger])
            await unit.void_challenges([ACCOUNT], 7.0)
            found = await unit.challenges([(chat, 2, "proof") for chat in "abc"])
        assert {key[0]: row.void_at for key, row in found.items()} == {
            "a": 7.0,
            "b": None,
            "c": None,
        }

    async def test_void_pages(self, store: Store) -> None:
        """Unused pages of an account end with its codes: of any purpose and chat, no other's."""
        kept = {b"u": rows.page(b"u", used_at=4.0), b"s": rows.page(b"s", account=b"x" * 16)}
        open_ = [
            rows.page(b"a"),
            rows.page(b"b", chat="telegram:2", purpose="sign_in"),
            rows.page(b"c", purpose="paper tk1_ts HS-1"),
        ]
        async with store.unit(now=1) as unit:
            await unit.save_pages([*open_, *kept.values()])
        async with store.unit(now=2) as unit:
            await unit.void_challenges([ACCOUNT, b"nobody"], 7.0)
            found = await unit.pages([row.token_hash for row in (*open_, *kept.values())])
        assert found == kept | {row.token_hash: replace(row, used_at=7.0) for row in open_}

    async def test_a_page_made_after_the_void(self, store: Store) -> None:
        """What a unit makes after it has voided the account's pages is good, and stays so."""
        async with store.unit(now=1) as unit:
            await unit.save_pages([rows.page(b"old")])
            await unit.void_challenges([ACCOUNT], 7.0)
            await unit.save_pages([rows.page(b"new"), rows.page(b"old")])
        async with store.unit(now=2) as unit:
            found = await unit.pages([b"old", b"new"])
        assert {name: row.used_at for name, row in found.items()} == {b"old": 7.0, b"new": None}

    async def test_tallies(self, store: Store) -> None:
        """Hits add up per key and slice, and clearing forgets all slices of a key."""
        async with store.unit(now=1) as unit:
            await unit.add_tallies([Tally(b"k", 1, 1), Tally(b"k", 1, 2), Tally(b"k", 2, 1)])
            await unit.add_tallies([Tally(b"other", 1, 1)])
            assert set(await unit.tallies([b"k", b"none"])) == {
                Tally(b"k", 1, 3),
                Tally(b"k", 2, 1),
            }
            await unit.clear_tallies([b"k"])
            assert await unit.tallies([b"k", b"other"]) == [Tally(b"other", 1, 1)]

    async def test_pages(self, store: Store) -> None:
        """A one-time page that was used stays used."""
        async with store.unit(now=1) as unit:
            await unit.save_pages([rows.page()])
            await unit.save_pages([rows.page(used_at=5.0)])
            await unit.save_pages([rows.page(used_at=None)])
            found = await unit.pages([b"h" * 32, b"none"])
        assert found == {b"h" * 32: rows.page(used_at=5.0)}

    async def test_links(self, store: Store) -> None:
        """A link is remembered once per account and chat, with its newest time."""
        async with store.unit(now=1) as unit:
            await unit.add_links([Link(ACCOUNT, "a", 1.0), Link(ACCOUNT, "b", 1.0)])
            await unit.add_links([Link(ACCOUNT, "a", 2.0), Link(b"x" * 16, "a", 3.0)])
            found = await unit.links([ACCOUNT])
        assert set(found) == {Link(ACCOUNT, "a", 2.0), Link(ACCOUNT, "b", 1.0)}

    async def test_links_know_their_language(self, store: Store) -> None:
        """A link says what its chat speaks now; "" where nothing was ever said there."""
        spoken = [rows.conversation("a", lang="en"), rows.conversation("b")]
        async with store.unit(now=1) as unit:
            await unit.conversations(["c"])
            await unit.save_conversations(spoken)
            await unit.add_links([Link(ACCOUNT, chat, 1.0, "vi") for chat in "abcd"])
        async with store.unit(now=1) as unit:
            found = {link.chat: link.lang for link in await unit.links([ACCOUNT])}
        assert found == {"a": "en", "b": "vi", "c": "", "d": ""}

    async def test_append_only_rows(self, store: Store) -> None:
        """Every kind of row is accepted, and an event set aside twice does no harm."""
        async with store.unit(now=1) as unit:
            await rows.everything(unit)
            await unit.save_hand_overs([HandOverRequest("a", 1.0, "", "", "")])
            await unit.set_aside([SetAside("odd", "telegram:1", 11.0, "ValueError", b"again")])
        assert [event.key for event in await store.asides(limit=5)] == ["odd"]
        assert await store.asides(limit=0) == []

    async def test_empty_lists(self, store: Store) -> None:
        """Empty batches are answered with nothing."""
        async with store.unit(now=1) as unit:
            assert await unit.conversations([]) == {}
            assert await unit.first_seen([]) == set()
            assert await unit.members([]) == {}
            assert await unit.tallies([]) == []
            await unit.add_acts([])
            await unit.save_conversations([])

    async def test_high_water(self, store: Store) -> None:
        """The mark of time follows units forward and never falls."""
        assert await store.high_water() == 0
        for now in (100.0, 100.4, 50.0, 103.0, 102.0):
            async with store.unit(now=now):
                pass
        assert await store.high_water() == 103.0
