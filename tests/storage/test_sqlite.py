"""The contract, held by SQLite on disk and in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.base import Store
from storage.sqlite import SqliteStore
from tests.storage import rows
from tests.storage.contract import SharedContract, StoreContract


async def _opened(where: str) -> SqliteStore:
    store = SqliteStore(where, rows.vault(), rows.AUDIT_KEY)
    await store.open(now=0)
    return store


class TestOnDisk(StoreContract):
    """SQLite in a file."""

    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        store = await _opened(f"sqlite:///{tmp_path / 'bot.db'}")
        yield store
        await store.close()


class TestInMemory(StoreContract):
    """SQLite without a file."""

    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        store = await _opened(":memory:")
        yield store
        await store.close()


class TestShared(SharedContract):
    """Two stores on one file, as two processes have it."""

    @pytest.fixture
    async def pair(self, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
        one, two = [await _opened(str(tmp_path / "bot.db")) for _ in range(2)]
        yield one, two
        await one.close()
        await two.close()
