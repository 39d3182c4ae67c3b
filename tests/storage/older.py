"""A database as the first schema left it, with a row in every table it had."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from storage.base import Store
from storage.sqlite import SqliteStore
from storage.vault import Vault
from tests.storage import rows

FIRST = "0001_start.sql"


class _Whole(Vault):
    """Seals with the ring's key alone, as long ago."""

    def new_half(self) -> bytes:
        return b""


async def make_first(path: Path) -> None:
    """Make a SQLite file with the first schema; what is in it was sealed by today's program."""
    newest = path.with_name("newest.db")
    store = SqliteStore(str(newest), _Whole([rows.key(1)]), rows.AUDIT_KEY)
    await store.open(now=0)
    await store.add_members([rows.PERSON])
    async with store.unit(now=7.0) as unit:
        await rows.everything(unit)
    (parcel,) = await rows.claim(store, now=10.0)
    await store.settle([rows.end(parcel, "sent")])
    await store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(first("sqlite"))
        db.execute("PRAGMA user_version = 1")
        db.execute("ATTACH ? AS newest", (str(newest),))
        for table in _tables(db):
            names = ", ".join(name for (name,) in db.execute(_COLUMNS, (table,)))
            db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM newest.{table}")  # noqa: S608
    newest.unlink()


def first(engine: str) -> str:
    """The text of the first schema."""
    folder = resources.files(f"storage.{engine}").joinpath("schema")
    return folder.joinpath(FIRST).read_text(encoding="utf-8")


async def goes_on(store: Store) -> None:
    """Find what was there before, and write and read what is new."""
    account = store.index("bhxh", rows.PERSON.bhxh_number)
    assert await store.verify_audit() == 1
    assert await store.high_water() == 7
    async with store.unit(now=8) as unit:
        assert len(await unit.conversations(["telegram:1"])) == 1
        assert (await unit.members_of([account]))[account].person == rows.PERSON
        await rows.turn(unit, "telegram:2")
        await rows.requests(unit, account)
    async with store.unit(now=9) as unit:
        assert set(await unit.holders([rows.NEW, rows.PERSON.phone])) == {rows.NEW}
        assert len(await unit.dossiers(["telegram:1", "telegram:2", "dossier-1"])) == 2
    assert [(row.chat, row.officer) for row in await store.queue(limit=9)] == [("telegram:1", "")]


_COLUMNS = "SELECT name FROM pragma_table_info(?)"


def _tables(db: sqlite3.Connection) -> list[str]:
    text = "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY rowid"
    return [name for (name,) in db.execute(text)]
