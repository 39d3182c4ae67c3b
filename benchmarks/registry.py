"""The registry of a benchmark: fictitious members, loaded as the product loads them."""

from itertools import islice

from benchmarks.dialogue import Citizen
from storage.base import Person, Store

_CHUNK = 10_000


async def fill(store: Store, members: int) -> None:
    """Add `Citizen(0 … members - 1)`, a chunk per transaction."""
    people = map(_person, map(Citizen, range(members)))
    while chunk := list(islice(people, _CHUNK)):
        await store.add_members(chunk)


def _person(citizen: Citizen) -> Person:
    return Person(
        bhxh_number=citizen.number,
        national_id=f"0{citizen.index:011d}",
        full_name="Nguyễn Thị Lan",
        birth_date="1960-01-01",
        phone="+84" + citizen.phone.removeprefix("0"),
        agency="BHXH quận Ba Đình",
    )
