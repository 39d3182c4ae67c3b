"""A database of an older schema is brought to this one, with every row in it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import moving
from storage.base import Standing
from storage.postgres import copy
from storage.postgres.schema import LATEST
from storage.postgres.wire import LONG, Pool
from tests.storage import older, rows
from tests.storage.postgres_server import Server, ask, opened, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


@pytest.fixture
async def first(tmp_path: Path) -> Path:
    """A SQLite file of the first schema."""
    path = tmp_path / "first.db"
    await older.make_first(path)
    return path


async def _make_first(url: str, first: Path) -> dict[str, int]:
    """Give an empty database the first schema and the rows of a file that has it."""
    pool = Pool(url, 1)
    await pool.open()
    with closing(sqlite3.connect(first, check_same_thread=False)) as db:
        file = moving.SqliteFile(db)
        async with pool.begun(LONG) as wire:
            await wire.execute(older.first("postgres"))
            await wire.execute("UPDATE schema_version SET version = 1")
            tables = copy.PostgresTables(wire)
            moved = await moving.move(file.columns(), file, tables, lambda *_: None)
            await copy._number_on(wire)
    await pool.close()
    return moved


async def test_from_the_first_schema(url: str, first: Path) -> None:
    """Processes that start at once on an older database all come up, with every row in it."""
    before = await _make_first(url, first)
    assert all(before.values())
    assert "dossiers" not in before
    stores = await asyncio.gather(*(opened(url) for _ in range(3)))
    after = {
        table: (await ask(url, f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608
        for table in before
    }
    assert after == before
    assert await ask(url, "SELECT version FROM schema_version") == [(LATEST,)]
    await older.goes_on(stores[0])
    for store in stores:
        await store.close()


async def test_file_of_the_first_schema_moves_in(url: str, first: Path) -> None:
    """A file that an older program left moves in as it is."""
    store = await opened(url)
    moved = await store.move_in(str(first), now=8.0, told=lambda *_: None)
    assert "dossiers" not in moved
    await older.goes_on(store)
    await store.close()


async def test_state_of_a_member_has_its_time(url: str) -> None:
    """Since when an account has been in its state is on record."""
    store = await opened(url)
    await store.add_members([rows.PERSON])
    async with store.unit(now=1) as unit:
        account = store.index("bhxh", rows.PERSON.bhxh_number)
        await unit.set_standings([Standing(account, "frozen", 12.5)])
    assert await ask(url, "SELECT state, state_at FROM members") == [("frozen", 12.5)]
    await store.close()
