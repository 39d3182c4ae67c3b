"""One connection that everybody in the process shares, one after the other.

A connection whose disk has failed, or that may still hold a transaction, is replaced before its
next use.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from storage.base import StorageError, Unavailable
from storage.sqlite.wire import Broken, Wire, Work, connect, roll_back, to_the_end, written

Result = TypeVar("Result")


class OneConnection:
    """Whose turn it is."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = asyncio.Lock()
        self._wire: Wire | None = None
        self._broken = False

    async def _beside(self, work: Work[Result]) -> Result:
        """Work on a connection of its own, while units go on."""
        beside = await connect(self._path)
        try:
            return await beside.hop(work)
        finally:
            await to_the_end(beside.close())

    async def _alone(self, work: Work[Result]) -> Result:
        return await self._look(partial(written, work))

    async def _look(self, work: Work[Result]) -> Result:
        async with self._held():
            return await self._hop(work)

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        async with self._lock:
            if self._wire is None:
                raise Unavailable("the store is not open")
            if self._broken:
                await to_the_end(self._wire.close())
                self._wire = await connect(self._path)
                self._broken = False
            yield

    async def _hop(self, work: Work[Result]) -> Result:
        if self._wire is None:
            raise Unavailable("the store is not open")
        try:
            return await self._wire.hop(work)
        except Broken:
            self._broken = True
            raise

    async def _roll_back(self) -> None:
        try:
            await self._hop(roll_back)
        except (StorageError, sqlite3.Error):
            # It may still hold a transaction; closing it ends that.
            self._broken = True
