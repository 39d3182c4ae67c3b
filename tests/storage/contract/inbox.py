"""Lists of conversations, and how far somebody has read them."""

from msgspec.structs import replace

from storage.base import HandOverRequest, Link, Look, Person, Picked, SavedView, Store
from tests.storage import rows
from tests.storage.rows import KEEP, PERSON, conversation

LIMIT = 50


def asked(chat: str, at: float = 10.0, officer: str = "") -> HandOverRequest:
    taken = at + 1 if officer else None
    return HandOverRequest(chat, at, "forgot_password", "code", "code", officer, taken)


async def told(store: Store, *requests: HandOverRequest) -> None:
    """Open requests, each with its conversation."""
    async with store.unit(now=1) as unit:
        chats = [conversation(row.chat, flow="", account=None) for row in requests]
        await unit.save_conversations(chats)
        await unit.save_hand_overs(requests)


async def chats(store: Store, picked: Picked) -> list[str]:
    return [row.conversation.chat for row in await store.inbox(picked)]


class InboxContract:
    """Who waits, who is attended to, who is found, and what has stirred."""

    async def test_views(self, store: Store) -> None:
        """The longest wait comes first; whoever has been taken is another's, mine or anybody's."""
        await told(
            store,
            asked("web:b"),
            asked("web:a"),
            asked("zalo:c", 5.0),
            asked("web:d", 1.0, "an"),
            asked("web:e", 2.0, "binh"),
        )
        assert await chats(store, Picked("waiting")) == ["zalo:c", "web:a", "web:b"]
        assert await chats(store, Picked("mine", "an")) == ["web:d"]
        assert await chats(store, Picked("attended")) == ["web:d", "web:e"]
        assert await chats(store, Picked("waiting", channel="zalo")) == ["zalo:c"]
        assert await chats(store, Picked("waiting", flow="forgot_password", limit=1)) == ["zalo:c"]
        assert await chats(store, Picked("waiting", flow="other")) == []
        counts = await store.counts("an")
        assert (counts.waiting, counts.mine, counts.attended) == (3, 1, 2)
        assert await store.open_by_officer() == {"": 3, "an": 1, "binh": 1}

    async def test_saved_views(self, store: Store) -> None:
        """Each officer has their own, the oldest first, until they are dropped."""
        mine = [SavedView("an", name, f"view={name}", at) for name, at in (("z", 1.0), ("a", 2.0))]
        async with store.unit(now=1) as unit:
            await unit.save_views([*mine, SavedView("binh", "a", "", 1.0)])
        async with store.unit(now=1) as unit:
            await unit.save_views([replace(mine[0], query="view=mine")])
            await unit.save_views([])
        assert await store.views("an") == [replace(mine[0], query="view=mine"), mine[1]]
        async with store.unit(now=2) as unit:
            await unit.drop_view("an", "a")
            await unit.drop_view("an", "nothing")
        assert [row.name for row in await store.views("an")] == ["z"]
        assert [row.name for row in await store.views("binh")] == ["a"]

    async def test_pages(self, store: Store) -> None:
        """Page after page holds everybody once, in order."""
        await told(store, *(asked(f"web:{n:03}", float(n // 3)) for n in range(25)))
        seen, after = [], Picked("waiting").after
        while page := await store.inbox(Picked("waiting", after=after, limit=10)):
            seen += [row.conversation.chat for row in page]
            after = (page[-1].place, page[-1].conversation.chat)
        assert seen == [f"web:{n:03}" for n in range(25)]

    async def test_all_that_speak(self, store: Store) -> None:
        """Everybody with a line since then, the newest first, with the request if there is one."""
        await told(store, asked("web:b"))
        async with store.unit(now=1) as unit:
            await unit.save_conversations([conversation("web:a"), conversation("web:old")])
            times = (("web:a", 30.0), ("web:a", 50.0), ("web:b", 40.0), ("web:old", 9.0))
            await unit.add_lines([rows.line(chat, int(at), at) for chat, at in times])
        found = await store.inbox(Picked("all", since=10.0))
        assert [row.conversation.chat for row in found] == ["web:a", "web:b"]
        assert found[0].request is None
        assert found[1].request is not None
        assert await store.stirred(45.0) == [("web:a", False, 50.0, 50)]

    async def test_a_row_in_full(self, store: Store) -> None:
        """It is opened, and tells how its account stands and that a contact is about to change."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        talk = conversation("web:a", account=account)
        async with store.unit(now=1) as unit:
            await unit.save_conversations([talk])
            await unit.save_hand_overs([asked("web:a")])
        (row,) = await store.inbox(Picked("waiting"))
        assert row.conversation == talk
        assert row.request is not None
        assert replace(row.request, number=0) == asked("web:a")
        assert (row.place, row.standing, row.changing) == (10.0, "active", False)
        assert await store.inbox(Picked("one", ref="web:a")) == [replace(row, place=0.0)]
        assert await store.inbox(Picked("one", ref="web:none")) == []
        async with store.unit(now=1) as unit:
            await unit.save_challenges([rows.challenge("web:a", tries=3)])
            await unit.save_changes([rows.change(account=account)])
        (row,) = await store.inbox(Picked("waiting"))
        assert (row.changing, row.tries) == (True, 3)

    async def test_search(self, store: Store) -> None:
        """Any number of a member finds the chats that had to do with the account; so do names."""
        await store.add_members([PERSON, Person("0000000009", phone="+84900000009")])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            for chat in ("web:link", "web:code", "web:paper", "web:else"):
                await unit.save_conversations([conversation(chat, account=None)])
            await unit.add_links([Link(account, "web:link", 1.0)])
            await unit.save_challenges([rows.challenge("web:code", account=account)])
            await unit.save_dossiers([rows.dossier(account=account, chat="web:paper")])
            await unit.save_hand_overs([asked("web:else")])
        everywhere = ["web:code", "web:link", "web:paper"]
        for kind, value in (
            ("bhxh", PERSON.bhxh_number),
            ("national", PERSON.national_id),
            ("phone", PERSON.phone),
            ("email", PERSON.email.lower()),
        ):
            picked = Picked("found", marks=(store.index(kind, value),))
            assert await chats(store, picked) == everywhere
        assert await chats(store, Picked("found", marks=(b"?" * 16,))) == []
        assert await chats(store, Picked("found", ref="dossier-1")) == ["web:paper"]
        (row,) = await store.queue(limit=1)
        assert await chats(store, Picked("found", ref=str(row.number))) == ["web:else"]

    async def test_looks(self, store: Store) -> None:
        """What somebody has read stays read; who types stirs the chat."""
        async with store.unit(now=1) as unit:
            await unit.add_looks([Look("a", "an", 5, 10.0), Look("b", "an", 1, 11.0)])
            await unit.add_looks([Look("a", "an", 4, 12.0, 12.5), Look("a", "binh", 1, 9.0)])
        found = sorted(await store.looks(["a"]), key=lambda row: row.name)
        assert found == [Look("a", "an", 5, 12.0, 12.5), Look("a", "binh", 1, 9.0)]
        assert await store.stirred(11.5) == [("a", True, 12.5, 5)]
        await store.purge(KEEP, now=12.0 + KEEP.transcript + 1)
        assert await store.looks(["a", "b"]) == []
