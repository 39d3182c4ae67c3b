"""`registry reopen`: the only thing that ends a streak of wrong codes."""

import pytest
from msgspec.structs import replace

from bot.budgets import streak_key
from bot.changes import opened_by_staff
from bot.commands.opening import Opened
from storage.base import Change, Member, Standing, Tally
from tests.bot.commands.conftest import Installation

GOOD = "7900000001,,Nguyễn Văn Mẫu,,0900000101,,"


def test_reopen_forgets_the_streak(house: Installation) -> None:
    """The account's count begins anew; nothing else ends a streak."""

    async def guess(here: Opened) -> None:
        key = streak_key(here.store.index("bhxh", "7900000001"))
        async with here.store.unit(now=1.0) as unit:
            await unit.add_tallies([Tally(key, 0, 50)])

    async def count(here: Opened) -> list[Tally]:
        key = streak_key(here.store.index("bhxh", "7900000001"))
        async with here.store.unit(now=2.0) as unit:
            return await unit.tallies([key])

    house.run("registry", "import", house.csv(GOOD))
    house.ask(guess)
    assert house.ask(count) != []
    assert house.run("registry", "reopen", "7900000001").code == 0
    assert house.ask(count) == []


def test_reopen_keeps_contacts_as_they_are(house: Installation) -> None:
    """From now on for 72 hours no contact of the account changes, as after any opening (R19)."""

    async def recent(here: Opened) -> list[Change]:
        account = here.store.index("bhxh", "7900000001")
        async with here.store.unit(now=here.clock.now()) as unit:
            return await unit.changes_of([account], 0)

    house.run("registry", "import", house.csv(GOOD))
    assert house.ask(recent) == []
    house.run("registry", "reopen", "7900000001")
    (opened,) = house.ask(recent)
    assert (opened.field, opened.applied_at, opened.ended_at) == ("state", opened.decided_at, None)
    assert opened.undo_until == opened.decided_at


@pytest.mark.parametrize(("number", "code"), [("7900000009", 1), ("79", 2), ("abcdefghij", 2)])
def test_reopen_refuses(number: str, code: int, house: Installation) -> None:
    """An account nobody has, or what is no account number, is refused in words."""
    house.run("registry", "import", house.csv(GOOD))
    done = house.run("registry", "reopen", number)
    assert (done.code, bool(done.err)) == (code, True)


def test_reopen_opens_what_its_owner_had_closed(house: Installation) -> None:
    """It is open again with the contacts it had, and the office reads why it was closed."""

    async def close(here: Opened) -> None:
        async with here.store.unit(now=2.0) as unit:
            (member,) = (await unit.members(["7900000001"])).values()
            made = opened_by_staff(member, "x", here.store.index("undo", "x"), 1.0)
            cancel = replace(made, before="ra nước ngoài", after="cancelled")
            await unit.save_changes([cancel])
            await unit.set_standings([Standing(member.account, "cancelled", 2.0)])

    async def member(here: Opened) -> Member:
        async with here.store.unit(now=3.0) as unit:
            return (await unit.members(["7900000001"]))["7900000001"]

    house.run("registry", "import", house.csv(GOOD))
    before = house.ask(member)
    house.ask(close)
    assert house.ask(member).state == "cancelled"
    done = house.run("registry", "reopen", "7900000001")
    assert done.code == 0
    assert "ra nước ngoài" in done.out
    assert house.ask(member) == before
