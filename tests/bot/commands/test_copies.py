"""`backup` and `restore`: what comes back is whole, and nothing in it lives on."""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.commands.opening import Opened
from storage.base import Challenge
from tests.bot.commands.conftest import Installation, line
from tests.storage import rows

CODE = ("telegram:1", 2, "proof")


@pytest.fixture
def copy(house: Installation) -> Path:
    """A backup with one member and a living code; the database has gone on since."""
    house.run("registry", "import", house.csv(line(1)))
    house.ask(_live)
    done = house.run("backup", house.folder / "copy.db")
    assert (done.code, done.err) == (0, "")
    house.run("registry", "import", house.csv(line(2)))
    return house.folder / "copy.db"


async def _live(here: Opened) -> None:
    async with here.store.unit(now=1.0) as unit:
        await rows.everything(unit)


async def _code(here: Opened) -> Challenge:
    async with here.store.unit(now=1.0) as unit:
        return (await unit.challenges([CODE]))[CODE]


def test_backup(house: Installation, copy: Path) -> None:
    """The copy is one file for its owner only, without the keys, and never replaces another."""
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(house.folder.glob("copy*")) == [copy]
    again = house.run("backup", copy)
    assert (again.code, again.err) == (1, f"{copy} exists; nothing is overwritten\n")


def test_the_keys_are_named(house: Installation) -> None:
    """Whoever makes a backup is told what is not in it."""
    done = house.run("backup", house.folder / "copy.db")
    assert f"The keys are not in it: back up {house.keys}" in done.out
    assert "MB in" in done.out


def test_restore_over_nothing(house: Installation, copy: Path) -> None:
    """The members are back, every code is void, and the backup is as it was."""
    before = copy.read_bytes()
    house.database.unlink()
    done = house.run("restore", copy)
    assert (done.code, done.err) == (0, "")
    assert "4 codes, links, messages, sessions and held changes ended" in done.out
    assert [person.bhxh_number for person in house.people()] == ["0000000001"]
    assert house.ask(_code).void_at is not None
    assert copy.read_bytes() == before
    assert stat.S_IMODE(house.database.stat().st_mode) == 0o600
    assert [path.name for path in house.database.parent.iterdir()] == ["vssid.db"]
    assert house.run("audit", "verify").code == 0


def test_restore_beside_a_left_log(house: Installation, copy: Path) -> None:
    """The log of a database that is gone is not taken for the restored one's."""
    log = house.database.with_name("vssid.db-wal")

    async def with_log(_: Opened) -> bytes:
        return log.read_bytes()

    left = house.ask(with_log)
    house.database.unlink()
    log.write_bytes(left)
    assert house.run("restore", copy).code == 0
    assert len(house.people()) == 1
    assert len(list(log.parent.glob("vssid.db.before-*-wal"))) == 1


def test_restore_over_a_database(house: Installation, copy: Path) -> None:
    """One that exists is only moved aside, and only with --force."""
    refused = house.run("restore", copy)
    assert (refused.code, "--force moves it aside" in refused.err) == (1, True)
    assert len(house.people()) == 2
    assert house.run("restore", "--force", copy).code == 0
    assert len(house.people()) == 1
    (aside,) = house.database.parent.glob("vssid.db.before-*")
    shutil.move(aside, house.database)
    assert len(house.people()) == 2


def test_restore_over_a_damaged_database(house: Installation, copy: Path) -> None:
    """The very reason to restore is no reason to refuse."""
    house.database.write_bytes(b"not a database" * 1000)
    assert house.run("restore", "--force", copy).code == 0
    assert len(house.people()) == 1


def test_not_while_the_bot_runs(house: Installation, copy: Path) -> None:
    """A database that another process has open is left to it."""
    with house.elsewhere():
        done = house.run("restore", "--force", copy)
    assert (done.code, "the database is in use" in done.err) == (1, True)
    assert len(house.people()) == 2


def test_anchors_of_the_lost_time(house: Installation, copy: Path) -> None:
    """Anchors that an older state cannot have are set aside, and the operator is told."""
    house.run("audit", "anchor")
    done = house.run("restore", "--force", copy)
    assert "is not in the chain" in done.out
    assert house.run("audit", "verify").code == 0
    assert len(list(house.keys.parent.glob("audit.anchors.before-*"))) == 1


@pytest.mark.parametrize("harm", ["empty", "text", "cut", "foreign", "altered", "missing"])
def test_what_is_no_backup(house: Installation, copy: Path, harm: str) -> None:
    """What does not prove sound takes nobody's place and leaves nothing behind."""
    _harm(copy, harm)
    done = house.run("restore", "--force", copy)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert len(house.people()) == 2
    assert [path.name for path in house.database.parent.iterdir()] == ["vssid.db"]


def _harm(copy: Path, harm: str) -> None:
    whole = copy.read_bytes()
    match harm:
        case "empty":
            copy.write_bytes(b"")
        case "text":
            copy.write_bytes(b"a diary\n" * 1000)
        case "cut":
            copy.write_bytes(whole[: len(whole) // 2])
        case "foreign":
            copy.unlink()
            with closing(sqlite3.connect(copy)) as db, db:
                db.execute("CREATE TABLE meta (anything)")
        case "altered":
            copy.write_bytes(whole.replace(b"registry.imported", b"registry.exported"))
        case _:
            copy.unlink()


def test_other_keys(house: Installation, copy: Path) -> None:
    """A backup made with other keys is refused, and so is any without keys at hand."""
    house.keys.rename(house.folder / "saved")
    assert house.run("restore", "--force", copy).code == 2
    house.run("keys", "new")
    done = house.run("restore", "--force", copy)
    assert (done.code, "missing from key file" in done.err) == (1, True)


def test_with_its_log(house: Installation, copy: Path) -> None:
    """A copy made by hand comes back together with the log beside it."""
    raw = house.folder / "raw.db"

    async def copied(here: Opened) -> None:
        await here.store.add_members([replace(rows.PERSON, national_id="")])
        for tail in ("", "-wal"):
            shutil.copyfile(f"{house.database}{tail}", f"{raw}{tail}")

    house.ask(copied)
    assert copy.exists()
    assert house.run("restore", "--force", raw).code == 0
    assert len(house.people()) == 3
