"""The contract, held by PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest

from storage.base import Store
from tests.storage.contract import SharedContract, StoreContract
from tests.storage.postgres_server import Server, opened, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


class TestPostgres(StoreContract):
    """PostgreSQL by itself."""

    @pytest.fixture
    async def store(self, server: Server) -> AsyncIterator[Store]:
        async with server.database() as url:
            store = await opened(url)
            yield store
            await store.close()


class TestShared(SharedContract):
    """Two stores on one database, as two processes have it."""

    @pytest.fixture
    async def pair(self, server: Server) -> AsyncIterator[tuple[Store, Store]]:
        async with server.database() as url:
            one, two = [await opened(url) for _ in range(2)]
            yield one, two
            await one.close()
            await two.close()
