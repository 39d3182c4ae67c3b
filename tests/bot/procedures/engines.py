"""The town on either engine: SQLite in memory, or a database of a real PostgreSQL server."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.postgres import PostgresStore
from tests.bot.procedures.walks import ROOMY
from tests.bot.town import Town
from tests.storage.postgres_server import Server, ask, running


class PostgresTown(Town):
    """The same town on PostgreSQL."""

    url = ""

    async def _opened(self) -> Any:  # noqa: ANN401 - another engine than that of all other towns
        vault, audit = self.keyring.vault(), self.keyring.subkey("audit")
        store = PostgresStore(self.url, vault, audit)
        await store.open(now=self.clock.now())
        return store

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself; only without values."""
        assert not values
        return await ask(self.url, query)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of this process."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on each of the two engines."""
    if request.param == "sqlite":
        async with Town(tmp_path, settings=ROOMY) as town:
            yield town
        return
    server: Server = request.getfixturevalue("server")
    async with server.database() as url:
        town = PostgresTown(tmp_path, settings=ROOMY)
        town.url = url
        async with town:
            yield town
