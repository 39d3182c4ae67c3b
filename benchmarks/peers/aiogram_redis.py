"""aiogram 3 with its RedisStorage, on a Redis that writes every change to disk at once.

States and data survive; updates and replies do not. Updates of one batch run at the same time,
as under aiogram's webhook, so that Redis can write what comes together in one go. The client has
its parser in C, as its documentation recommends; the number of connections is the best found.
"""

import asyncio
from collections.abc import Sequence

from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.redis import RedisStorage
from redis.asyncio import BlockingConnectionPool, UnixDomainSocketConnection
from redis.asyncio import Redis as Client

from benchmarks.peers.aiogram_memory import InMemory
from benchmarks.peers.servers import Redis
from benchmarks.system import Setting

_CONNECTIONS = 256


class AlwaysOnDisk(InMemory):
    """The peer as a system, with a server of its own."""

    def storage(self, setting: Setting) -> BaseStorage:
        """Start the server and talk to it over its socket."""
        self.server = Redis(setting.folder)
        pool = BlockingConnectionPool(
            connection_class=UnixDomainSocketConnection,
            path=str(self.server.socket),
            max_connections=_CONNECTIONS,
        )
        return RedisStorage(Client(connection_pool=pool))

    async def take(self, batch: Sequence[bytes]) -> None:
        await asyncio.gather(*map(self.feed, batch))

    async def close(self) -> None:
        await super().close()
        self.server.stop()
