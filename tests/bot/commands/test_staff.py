"""`staff`: links to enrol with, who is disabled, and officers who are the same people."""

import re

import pytest

from bot.commands.opening import Opened
from storage.base import Act, Staff
from tests.bot.commands.conftest import Installation

AN = "an.nguyen"
LINK = re.compile(r"^https://console\.example\.vn/enrol/([\w-]{22})$", re.MULTILINE)


@pytest.fixture
def agency(house: Installation) -> Installation:
    """An installation with a console and an officer named in the settings."""
    with house.config.open("a", encoding="utf-8") as config:
        config.write('[console]\npublic_url = "https://console.example.vn"\n')
        config.write('[dossiers]\nofficers = ["binh.tran", "chi.le"]\n')
    return house


def people(agency: Installation) -> dict[str, Staff]:
    async def everybody(here: Opened) -> list[Staff]:
        return await here.store.all_staff()

    return {row.name: row for row in agency.ask(everybody)}


def test_add(agency: Installation) -> None:
    """The link is shown once; what is stored is its hash, for a day."""
    shown = agency.run("staff", "add", AN, "--role", "agent")
    found = LINK.search(shown.out)
    assert (shown.code, found is not None) == (0, True)
    assert found is not None
    row = people(agency)[AN]
    assert (row.role, row.state, row.password_hash) == ("agent", "invited", "")
    assert found[1].encode() not in agency.database.read_bytes()
    again = agency.run("staff", "add", AN, "--role", "admin")
    assert (again.code, again.out) == (1, "")
    assert "reset" in again.err
    assert people(agency)[AN] == row


@pytest.mark.parametrize("name", ["An", "", "a b", "x" * 33, "citizen", "á"])
def test_names_that_cannot_be(agency: Installation, name: str) -> None:
    """A name is one that can stand in a command, a page and the audit chain."""
    assert agency.run("staff", "add", name, "--role", "agent").code == 2
    assert people(agency) == {}


def test_reset_and_disable(agency: Installation) -> None:
    """A reset makes another link and can change the role; disabling ends it; both are noted."""
    first = LINK.search(agency.run("staff", "add", AN, "--role", "agent").out)
    second = LINK.search(agency.run("staff", "reset", AN, "--role", "supervisor").out)
    assert first
    assert second
    assert first[1] != second[1]
    assert people(agency)[AN].role == "supervisor"
    assert agency.run("staff", "disable", AN).code == 0
    row = people(agency)[AN]
    assert (row.state, row.invite) == ("disabled", b"")
    for words in (("reset", "nobody"), ("disable", "nobody")):
        assert "nobody called nobody" in agency.run("staff", *words).err

    async def verified(here: Opened) -> int:
        return await here.store.verify_audit()

    assert agency.ask(verified) == 3


def test_list(agency: Installation) -> None:
    """Everybody with role and state, and those whom only the settings name."""
    agency.run("staff", "add", AN, "--role", "admin")
    lines = agency.run("staff", "list").out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        [AN, "admin", "invited"],
        ["binh.tran", "-", "terminal"],
        ["chi.le", "-", "terminal"],
    ]


def test_officers_are_the_same_people(agency: Installation) -> None:
    """`--as` takes names of the settings and of the console, and nobody who is disabled."""

    def taken(name: str) -> str:
        return agency.run("queue", "take", 9, "--as", name).err

    assert "no open request" in taken("binh.tran")
    assert "--as" in taken(AN)
    agency.run("staff", "add", AN, "--role", "agent")
    assert "--as" in taken(AN)  # who has not enrolled may still be anybody

    async def enrol(here: Opened) -> None:
        async with here.store.unit(now=here.clock.now()) as unit:
            await unit.save_staff([Staff(AN, "agent", "active", 1.0)])
            await unit.add_acts([Act(1.0, "staff.enrolled", AN)])

    agency.ask(enrol)
    assert "no open request" in taken(AN)
    agency.run("staff", "add", "binh.tran", "--role", "viewer")
    assert "no open request" in taken("binh.tran")
    agency.run("staff", "disable", "binh.tran")
    assert "--as" in taken("binh.tran")
