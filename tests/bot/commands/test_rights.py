"""`rights`, and backups: what officers see and decide, and what older copies still show."""

import re
import sqlite3
from contextlib import closing

import pytest
from msgspec.structs import replace

from bot import keys
from bot.app import build
from bot.commands.opening import Opened
from bot.commands.rights import standing
from bot.due import raise_due
from bot.erasing import halves_of
from storage.base import Corrupt, Line, Link, Right
from storage.sealed import read_line
from tests.bot.commands.conftest import Installation, Outcome, line
from tests.storage import rows

LAN, HUNG = "telegram:1", "telegram:2"
AN, BINH = ("--as", "an.nguyen"), ("--as", "binh.tran")
WHY = ("--why", "Letter 12/2026")
DAY = 86_400.0
NUMBER = "0000000001"


@pytest.fixture
def agency(house: Installation) -> Installation:
    """Two officers, and two people who have talked; the first has proved an account."""
    with house.config.open("a", encoding="utf-8") as config:
        config.write('[dossiers]\nofficers = ["an.nguyen", "binh.tran"]\n')
    house.run("registry", "import", house.csv(line(1)))
    house.ask(_talked)
    return house


async def _talked(here: Opened) -> None:
    async with here.store.unit(now=here.clock.now()) as unit:
        member = (await unit.members([NUMBER]))[NUMBER]
        await unit.save_conversations([rows.conversation(chat) for chat in (LAN, HUNG)])
        await unit.add_lines([rows.line(chat) for chat in (LAN, HUNG)])
        await unit.add_links([Link(member.account, LAN, 10.0)])


def rights(agency: Installation, *words: object) -> Outcome:
    return agency.run("rights", *words)


def asked(agency: Installation) -> str:
    """The reference of an erasing that one officer has asked for."""
    done = rights(agency, "erase", NUMBER, *WHY, *AN)
    found = re.match(r"DL-\d{6}-\w{6}", done.out)
    assert found, done.err
    return found[0]


def erased(agency: Installation) -> int:
    """The bot that runs looks what is due."""

    async def due(here: Opened) -> int:
        engine = build(here.settings, here.keyring, here.store, here.clock, {})
        now, apart = here.clock.now() + 60, halves_of(here.settings)
        return await raise_due(engine.turns, here.store, now=now, apart=apart)

    return agency.ask(due)


def lines(agency: Installation, chat: str) -> list[Line]:
    async def read(here: Opened) -> list[Line]:
        return await here.store.transcript(chat, limit=9)

    return agency.ask(read)


def test_two_officers_erase(agency: Installation) -> None:
    """One asks, only another one approves; then it is done, and the certificate can be proved."""
    ref = asked(agency)
    assert "another officer has to approve it by" in rights(agency, "list").out
    assert rights(agency, "approve", ref, *AN).code == 1
    assert erased(agency) == 0
    assert rights(agency, "approve", ref, *BINH).code == 0
    assert rights(agency, "approve", ref, *BINH).code == 1
    assert erased(agency) == 1
    assert (lines(agency, LAN), len(lines(agency, HUNG))) == ([], 1)
    assert rights(agency, "list").out == "no request is open\n"
    assert ref in rights(agency, "list", "--ended").out
    shown = rights(agency, "show", ref).out
    assert "an.nguyen, binh.tran" in shown
    assert "Letter 12/2026" in shown
    assert "erased    1 messages" in shown
    assert NUMBER not in shown


def test_it_can_be_refused(agency: Installation) -> None:
    """With a reason; then nothing goes."""
    ref = asked(agency)
    assert rights(agency, "refuse", ref, "--why", "No signature", *BINH).code == 0
    assert erased(agency) == 0
    assert len(lines(agency, LAN)) == 1
    assert "refused by binh.tran: No signature" in rights(agency, "show", ref).out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("erase", NUMBER, *WHY, "--as", "nobody"), 2, "--as: "),
        (("erase", "0000000009", *WHY, *AN), 1, "no conversation has proved this account"),
        (("approve", "DL-1", *AN), 1, "DL-1: there is no request that waits"),
        (("show", "DL-1"), 1, "DL-1: there is no such request"),
    ],
)
def test_what_cannot_be(
    agency: Installation, words: tuple[str, ...], code: int, says: str
) -> None:
    """A line says what is wrong."""
    done = rights(agency, *words)
    assert (done.code, says in done.err) == (code, True)


@pytest.mark.parametrize(
    ("changes", "at", "says"),
    [
        ({}, 1.0, "another officer has to approve it by 1970-01-03"),
        ({}, 2.5, "LATE: should have been answered less than a day ago"),
        ({}, 3.5, "LATE: should have been answered 1 day ago"),
        ({"answered_at": 1.0, "applies_at": 1.0}, 3.5, "to be done by 1970-01-21"),
        ({"answered_at": 1.0, "applies_at": 1.0}, 23.5, "LATE: should have been done 3 days ago"),
        ({"ended_at": 21 * DAY, "ended_as": "done"}, 23.5, "done 1970-01-22"),
    ],
)
def test_how_late_it_is(changes: dict[str, float | str], at: float, says: str) -> None:
    """The law's clocks, in words."""
    row = Right("DL-1", "erase", LAN, b"a", "vi", 0.0, 2 * DAY, 20 * DAY)
    assert standing(replace(row, **changes), at * DAY).startswith(says)


# --- older copies ----------------------------------------------------------------------


def erases(agency: Installation) -> str:
    ref = asked(agency)
    rights(agency, "approve", ref, *BINH)
    assert erased(agency) == 1
    return ref


def test_an_older_copy_shows_nothing_of_them(agency: Installation) -> None:
    """Put back, a copy from before the erasing has the other's words, and the certificate."""
    copy = agency.folder / "copy.db"
    assert agency.run("backup", copy).code == 0
    ref = erases(agency)
    done = agency.run("restore", "--force", copy)
    assert (done.code, done.err) == (0, "")
    # A line, the answers, the link to the account.
    assert "3 rows left out that nothing opens any more (of people erased since)" in done.out
    assert (lines(agency, LAN), len(lines(agency, HUNG))) == ([], 1)
    assert "done " in rights(agency, "show", ref).out


def test_no_key_opens_them_in_an_older_copy(agency: Installation) -> None:
    """With all keys and the present halves their words stay sealed; others' open."""
    copy, halves = agency.folder / "copy.db", agency.keys.with_name("people.halves")
    agency.run("backup", copy)
    with closing(sqlite3.connect(halves)) as apart:
        both = [half for (half,) in apart.execute("SELECT half FROM halves")]
    assert [len(half) for half in both] == [16, 16]
    assert not any(half in copy.read_bytes() for half in both)
    erases(agency)
    assert [half in halves.read_bytes() for half in both].count(True) == 1
    vault = keys.load(agency.keys).vault()
    with closing(sqlite3.connect(copy)) as db, closing(sqlite3.connect(halves)) as apart:
        found = dict(apart.execute("SELECT chat, half FROM halves"))
        kept = db.execute("SELECT chat, turn, at, state, words FROM transcript").fetchall()
        assert db.execute("SELECT DISTINCT half FROM conversations").fetchall() == [(b"",)]
    assert found.keys() == {HUNG}
    for row in kept:
        if row[0] == HUNG:
            assert read_line(vault, (*row, found[HUNG])).heard == "what was heard"
            continue
        for half in (b"", found[HUNG]):
            with pytest.raises(Corrupt):
                read_line(vault, (*row, half))


def test_a_copy_without_the_halves(agency: Installation) -> None:
    """Where their file is lost the rest is put back, and the operator is told."""
    copy, halves = agency.folder / "copy.db", agency.keys.with_name("people.halves")
    assert f"of {halves} keep only the newest" in agency.run("backup", copy).out
    assert halves.stat().st_mode & 0o777 == 0o600
    halves.unlink()
    done = agency.run("restore", "--force", copy)
    assert f"since {halves} is missing" in done.out
    assert (lines(agency, LAN), lines(agency, HUNG)) == ([], [])
    assert len(agency.people()) == 1


def test_a_damaged_file_of_halves(agency: Installation) -> None:
    """Nothing is erased by halves: it waits until the file is whole again."""
    halves = agency.keys.with_name("people.halves")
    agency.run("backup", agency.folder / "copy.db")
    whole = halves.read_bytes()
    halves.write_bytes(b"not a database" * 1000)
    ref = asked(agency)
    rights(agency, "approve", ref, *BINH)
    assert erased(agency) == 0
    assert len(lines(agency, LAN)) == 1
    halves.write_bytes(whole)
    assert erased(agency) == 1
    assert lines(agency, LAN) == []
