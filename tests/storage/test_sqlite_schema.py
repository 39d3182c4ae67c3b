"""Settings, migrations and copies of the file itself."""

import asyncio
import re
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from storage.base import Corrupt, Standing, Unavailable
from storage.sqlite import SqliteStore, wire
from storage.sqlite.schema import LATEST
from tests.storage import older, rows
from tests.storage.cancelling import cancelled_at
from tests.storage.conftest import Opener
from tests.storage.tampering import exists, tamper

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


async def _setting(store: SqliteStore, name: str) -> object:
    found = await store._look(lambda db: db.execute(f"PRAGMA {name}").fetchone())
    return found[0]


async def test_settings(disk: SqliteStore) -> None:
    """The connection really has the settings that durability and erasure need."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "user_version": LATEST,
    }
    assert {name: await _setting(disk, name) for name in expected} == expected


def test_refused_setting() -> None:
    """A database that does not take a setting is refused, naming it."""
    refused = pytest.raises(Unavailable, match="journal_mode = WAL")
    with closing(sqlite3.connect(":memory:")) as db, refused:
        wire._settle_in(db, in_memory=False)


async def test_schema_from_the_future(disk: SqliteStore, opened: Opener, database: Path) -> None:
    """A database of a newer program is refused with the remedy, and left as it is."""
    await disk.close()
    tamper(database, "PRAGMA user_version = 99")
    with pytest.raises(Corrupt, match="start the newer program"):
        await opened()
    assert tamper(database, "PRAGMA user_version") == [(99,)]


async def test_first_start_of_several(opened: Opener, database: Path) -> None:
    """Processes that start at once on a new file all come up, on one schema."""
    await asyncio.gather(*(opened() for _ in range(3)))
    assert tamper(database, "PRAGMA integrity_check") == [("ok",)]


async def test_reopening_keeps_everything(disk: SqliteStore, opened: Opener) -> None:
    """What was committed is there after a restart."""
    async with disk.unit(now=7) as unit:
        await rows.everything(unit)
    await disk.close()
    again = await opened()
    assert await again.high_water() == 7
    assert await again.verify_audit() == 1


async def test_from_the_first_schema(opened: Opener, database: Path) -> None:
    """A database of the first schema is brought to this one with every row in it."""
    database.parent.mkdir()
    await older.make_first(database)
    tables = [name for (name,) in tamper(database, _TABLES)]
    before = {name: tamper(database, f"SELECT count(*) FROM {name}") for name in tables}  # noqa: S608
    assert "dossiers" not in tables
    store = await opened()
    assert before == {name: tamper(database, f"SELECT count(*) FROM {name}") for name in tables}  # noqa: S608
    assert tamper(database, "PRAGMA user_version") == [(LATEST,)]
    await older.goes_on(store)
    await store.close()
    await opened()


async def test_first_schema_opened_by_several(opened: Opener, database: Path) -> None:
    """Processes that start at once on an older file all come up, on one schema."""
    database.parent.mkdir()
    await older.make_first(database)
    stores = await asyncio.gather(*(opened() for _ in range(3)))
    assert tamper(database, "PRAGMA user_version") == [(LATEST,)]
    await older.goes_on(stores[1])


async def test_state_of_a_member_has_its_time(disk: SqliteStore, database: Path) -> None:
    """Since when an account has been in its state is on record."""
    await disk.add_members([rows.PERSON])
    async with disk.unit(now=1) as unit:
        account = disk.index("bhxh", rows.PERSON.bhxh_number)
        await unit.set_standings([Standing(account, "frozen", 12.5)])
    assert tamper(database, "SELECT state, state_at FROM members") == [("frozen", 12.5)]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_column_is_explained(engine: str) -> None:
    """Every table and index has a comment; so has each column that its name does not explain."""
    folder = resources.files(f"storage.{engine}").joinpath("schema")
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(lines := text.splitlines()):
            if re.match("(CREATE|ALTER) TABLE (?!.*PARTITION OF)", line):
                assert lines[number - 1].startswith("--"), line
            if re.match(r"CREATE (UNIQUE )?INDEX", line):
                assert "--" in lines[number - 1] + line or lines[number - 1].startswith("CREATE")


async def test_backup(disk: SqliteStore, database: Path) -> None:
    """A backup taken between units is one whole file that a store can open."""
    async with disk.unit(now=1) as unit:
        await rows.turn(unit, "x")
    target = database.with_name("copy.db")
    await disk.backup(str(target))
    with pytest.raises(FileExistsError):
        await disk.backup(str(target))
    assert tamper(target, "PRAGMA integrity_check") == [("ok",)]
    assert not target.with_name("copy.db-wal").exists()
    copy = SqliteStore(str(target), rows.vault(), rows.AUDIT_KEY)
    await copy.open(now=1)
    assert await copy.verify_audit() == 1
    await copy.close()


async def test_backup_while_in_use(disk: SqliteStore, database: Path) -> None:
    """A unit under way is not in the backup, and is not held up by it."""
    async with disk.unit(now=1) as unit:
        await rows.turn(unit, "x")
        await disk.backup(str(database.with_name("copy.db")))
    assert tamper(database.with_name("copy.db"), "SELECT count(*) FROM audit") == [(0,)]


async def test_backup_that_fails_leaves_no_file(disk: SqliteStore, database: Path) -> None:
    """A backup that was cut off leaves nothing that looks like one."""
    for step in range(1, 50):
        target = database.with_name(f"copy {step}.db")
        finished = await cancelled_at(disk.backup(str(target)), step)
        assert exists(target) == finished
        if finished:
            break
    assert finished
    assert step > 2


async def test_backup_of_memory(tmp_path: Path) -> None:
    """A store in memory can be copied to a file too."""
    store = SqliteStore(":memory:", rows.vault(), rows.AUDIT_KEY)
    await store.open(now=0)
    await store.backup(str(tmp_path / "copy.db"))
    await store.close()
    assert tamper(tmp_path / "copy.db", "PRAGMA user_version") == [(LATEST,)]
