"""The registry of members."""

import pytest
from msgspec.structs import replace

from storage.base import (
    Conflict,
    Password,
    Person,
    Store,
)
from tests.storage.rows import PERSON


class RegistryContract:
    """Members are found by either number and stream out in order."""

    async def test_members(self, store: Store) -> None:
        """A member is found by BHXH and by personal number, under the number asked for."""
        assert await store.add_members([PERSON, Person("1111111111")]) == 2
        async with store.unit(now=1) as unit:
            asked = ["0123456789", "001099012345", "2222222222", "12", "1111111111"]
            found = await unit.members(asked)
        assert set(found) == {"0123456789", "001099012345", "1111111111"}
        assert found["0123456789"] == found["001099012345"]
        assert found["0123456789"].person == PERSON
        assert found["0123456789"].account == store.index("bhxh", "0123456789")

    async def test_update_keeps_the_rest(self, store: Store) -> None:
        """Importing again changes what the file has, keeps what it leaves empty, and passwords."""
        await store.add_members([PERSON])
        account = store.index("bhxh", PERSON.bhxh_number)
        async with store.unit(now=1) as unit:
            await unit.set_passwords([Password(account, "hash", 99.0, must_change=True)])
        await store.add_members([Person(PERSON.bhxh_number, phone="+84907654321")])
        (member,) = [member async for member in store.all_members()]
        assert member.person == replace(PERSON, phone="+84907654321")
        assert (member.password_hash, member.password_until) == ("hash", 99.0)
        assert member.must_change
        assert member.state == "active"

    async def test_one_number_twice_in_a_file(self, store: Store) -> None:
        """Of two rows for one account in one batch the later one counts, field by field."""
        assert await store.add_members([PERSON, Person(PERSON.bhxh_number, email="b@x.vn")]) == 1
        (member,) = [member async for member in store.all_members()]
        assert member.person == replace(PERSON, email="b@x.vn")

    async def test_conflict(self, store: Store) -> None:
        """Two accounts cannot share a personal number, and nothing of the batch stays."""
        await store.add_members([PERSON])
        with pytest.raises(Conflict):
            await store.add_members([Person("1111111111"), replace(PERSON, bhxh_number="2" * 10)])
        assert [member.person async for member in store.all_members()] == [PERSON]

    async def test_all_members(self, store: Store) -> None:
        """All members come out in the order of insertion, across the pages they are read in."""
        people = [Person(f"{number:010}") for number in range(2500, 0, -1)]
        await store.add_members(people[:1500])
        await store.add_members(people[1500:])
        assert [member.person async for member in store.all_members()] == people
