"""Phones and e-mails of members, and the changes of them."""

import pytest
from msgspec.structs import replace

from storage.base import Change, Conflict, Contact, Member, Person, Standing, Store
from tests.storage.rows import MAIL, NEW, PERSON, change

NOBODY = b"n" * 16


class ContactContract:
    """A member's contacts move as a whole: what is stored, found by, and remembered."""

    async def test_members_of(self, store: Store) -> None:
        """Members are found by blind index too; an account that nobody has is absent."""
        await store.add_members([PERSON, Person("1111111111")])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            assert await unit.members_of([account, NOBODY]) == {account: Member(account, PERSON)}
            assert await unit.members_of([]) == {}

    async def test_new_contacts(self, store: Store) -> None:
        """Phone and e-mail of one batch both hold, found by the same numbers and by the new."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        changed = [Contact(account, "phone", NEW), Contact(account, "email", MAIL)]
        async with store.unit(now=1) as unit:
            await unit.set_contacts([*changed, Contact(NOBODY, "phone", NEW)])
            seen = await unit.members([PERSON.bhxh_number])
        expected = replace(PERSON, phone=NEW, email=MAIL)
        assert seen[PERSON.bhxh_number].person == expected
        async with store.unit(now=2) as unit:
            found = await unit.members([PERSON.bhxh_number, PERSON.national_id])
            asked = [NEW, MAIL, PERSON.phone, PERSON.email]
            holders = await unit.holders(asked)
        assert [member.person for member in found.values()] == [expected] * 2
        assert holders == dict.fromkeys(asked[:2], frozenset([account]))
        assert [member.person async for member in store.all_members()] == [expected]

    async def test_contact_changed_again(self, store: Store) -> None:
        """Of several new phones the last one counts, and an empty one takes it away."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            await unit.set_contacts([Contact(account, "phone", p) for p in ("+841", "+842")])
            await unit.set_contacts([Contact(account, "email", "")])
            await unit.set_contacts([])
            assert await unit.holders(["+841", "+842", PERSON.email]) == {"+842": {account}}
            person = (await unit.members_of([account]))[account].person
        assert person == replace(PERSON, phone="+842", email="")

    async def test_new_accounts(self, store: Store) -> None:
        """They are there for whoever looks next, in this unit too, open and without a password."""
        new = replace(PERSON, phone=NEW)
        account = store.index("bhxh", new.bhxh_number)
        async with store.unit(now=1) as unit:
            assert await unit.members([new.bhxh_number]) == {}
            assert await unit.holders([NEW]) == {}
            await unit.open_members([])
            await unit.open_members([new])
            assert await unit.members_of([account]) == {account: Member(account, new)}
        async with store.unit(now=2) as unit:
            assert [*await unit.members([new.national_id])] == [new.national_id]
            assert await unit.holders([NEW]) == {NEW: {account}}

    @pytest.mark.parametrize("national_id", ["", PERSON.national_id])
    async def test_an_account_is_not_opened_twice(self, store: Store, national_id: str) -> None:
        """A number or a citizen ID that has an account refuses the whole unit."""
        await store.add_members([PERSON])
        number = "7999999998" if national_id else PERSON.bhxh_number
        with pytest.raises(Conflict):
            async with store.unit(now=1) as unit:
                await unit.open_members([Person("7999999997"), Person(number, national_id)])
        assert [member.person async for member in store.all_members()] == [PERSON]

    async def test_only_contacts(self, store: Store) -> None:
        """Nothing else of a person can be changed that way."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        with pytest.raises(ValueError, match="a phone or an e-mail"):
            async with store.unit(now=1) as unit:
                await unit.set_contacts([Contact(account, "full_name", "X")])
        assert [member.person async for member in store.all_members()] == [PERSON]

    async def test_import_after_a_change(self, store: Store) -> None:
        """An import that leaves contacts empty keeps the new ones, and the state."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            await unit.set_contacts([Contact(account, "phone", NEW)])
            await unit.set_standings([Standing(account, "frozen", 1.0)])
        await store.add_members([Person(PERSON.bhxh_number, full_name="Other")])
        (member,) = [member async for member in store.all_members()]
        assert member.person == replace(PERSON, phone=NEW, full_name="Other")
        assert member.state == "frozen"

    async def test_holders(self, store: Store) -> None:
        """A family shares a phone; capital letters make no other address; nobody's is absent."""
        family = [Person("1" * 10, phone="+841", email="A@x.vn"), Person("2" * 10, phone="+841")]
        await store.add_members(family)
        one, two = (store.index("bhxh", person.bhxh_number) for person in family)
        async with store.unit(now=1) as unit:
            found = await unit.holders(["+841", "a@X.vn", "A@x.vn", "+842", "b@x.vn"])
            assert await unit.holders([]) == {}
        assert found == {"+841": {one, two}, "a@X.vn": {one}, "A@x.vn": {one}}

    async def test_standings(self, store: Store) -> None:
        """A member's state changes and nothing else of it; the last one of a batch counts."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            rows = [Standing(account, state, 1.0) for state in ("cancelled", "frozen")]
            await unit.set_standings([*rows, Standing(NOBODY, "frozen", 1.0)])
            await unit.set_standings([])
        (member,) = [member async for member in store.all_members()]
        assert member == Member(account, PERSON, "frozen")

    # --- changes -----------------------------------------------------------------------

    async def test_changes(self, store: Store) -> None:
        """A change comes back whole by reference, by account and by the mark of its undo code."""
        other = change("b", account=b"b" * 16, before="", undo_mark=b"2" * 16, decided_at=11.0)
        async with store.unit(now=1) as unit:
            await unit.save_changes([change(), other])
            assert await unit.changes(["change-1", "none"]) == {"change-1": change()}
        async with store.unit(now=1) as unit:
            assert await unit.changes_of([other.account, NOBODY], 11.0) == [other]
            assert await unit.changes_of([other.account], 11.5) == []
            assert await unit.changes_marked([b"2" * 16, NOBODY]) == {b"2" * 16: other}

    async def test_changes_only_move_forward(self, store: Store) -> None:
        """What was applied or ended stays so, whatever is saved later."""
        ended = change(applied_at=21.0, ended_at=22.0, ended_as="undone")
        later = change(applied_at=31.0, ended_at=32.0, ended_as="refused", undo_until=99.0)
        async with store.unit(now=1) as unit:
            await unit.save_changes([change()])
            await unit.save_changes([ended])
            await unit.save_changes([change(undo_until=98.0), later])
            found = await unit.changes(["change-1"])
        assert found == {"change-1": replace(ended, undo_until=99.0)}

    async def test_one_undo_code_twice(self, store: Store) -> None:
        """Of two changes with the same mark the newest that still stands is meant."""
        ended = change("c", decided_at=12.0, ended_at=13.0, ended_as="undone")
        newest = change("b", decided_at=11.0)
        async with store.unit(now=1) as unit:
            await unit.save_changes([ended, newest, change("a")])
            assert await unit.changes_marked([newest.undo_mark]) == {newest.undo_mark: newest}

    async def test_due_changes(self, store: Store) -> None:
        """Those whose hold is over and that nobody has made or ended, the oldest first."""
        rows = [
            change("late", applies_at=9.0),
            change("first", applies_at=8.0),
            change("held", applies_at=10.5),
            change("made", applies_at=1.0, applied_at=2.0),
            change("over", applies_at=1.0, ended_at=2.0, ended_as="refused"),
        ]
        async with store.unit(now=1) as unit:
            await unit.save_changes(rows)
        assert _refs(await store.due_changes(now=10.0, limit=9)) == ["first", "late"]
        assert _refs(await store.due_changes(now=10.5, limit=1)) == ["first"]
        assert _refs(await store.due_changes(now=10.5, limit=9)) == ["first", "late", "held"]
        assert (await store.due_changes(now=8.0, limit=9)) == [rows[1]]


def _refs(rows: list[Change]) -> list[str]:
    return [row.ref for row in rows]
