"""SQLite stores on disk for the tests that look at files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from storage.sqlite import SqliteStore
from storage.vault import Vault
from tests.storage import rows

Opener = Callable[..., Awaitable[SqliteStore]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture
async def opened(database: Path) -> AsyncIterator[Opener]:
    """Opens the database as often as asked; all are closed at the end."""
    async with AsyncExitStack() as stack:

        async def open_(vault: Vault | None = None) -> SqliteStore:
            store = SqliteStore(str(database), vault or rows.vault(), rows.AUDIT_KEY)
            await store.open(now=0)
            stack.push_async_callback(store.close)
            return store

        yield open_


@pytest.fixture
async def disk(opened: Opener) -> SqliteStore:
    return await opened()
