"""Wakes the notifiers of other processes when something was queued.

A notification inside a unit would make all units commit one after the other, so it is sent after
the commit, on another connection, a few dozen times a second at the most. It is a courtesy: one
that is lost costs the time until the notifier looks by itself.
"""

import asyncio
from collections.abc import Callable

from storage.errors import StorageError
from storage.postgres.wire import Pool, listen

CHANNEL = "outbound"
_GAP = 0.02  # seconds between two rings


class Bell:
    """Rung after a commit; heard by whoever listens in another process."""

    def __init__(self, pool: Pool, listen_at: str, *, again: float = 1.0) -> None:
        """listen_at: URL without a pooler in between; empty when there is none.

        again: seconds until a lost connection is tried again.
        """
        self._pool = pool
        self._listen_at = listen_at
        self._again = again
        self._name = ""
        self._due = False
        self._ringing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    def named(self, name: str) -> None:
        """Go by a name that no other process has: nobody needs to hear their own bell."""
        self._name = name

    def ring(self) -> None:
        """Tell the others, now or in a moment."""
        self._due = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring())

    def on_ring(self, told: Callable[[], None]) -> None:
        """Have `told` called when another process rings; or never, without a direct connection."""
        if self._listen_at:
            self._listening = asyncio.create_task(self._listen(told))

    async def close(self) -> None:
        tasks = [task for task in (self._ringing, self._listening) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ring(self) -> None:
        while self._due:
            self._due = False
            try:
                await self._pool.notify(CHANNEL, self._name)
            except StorageError:
                return
            await asyncio.sleep(_GAP)

    async def _listen(self, told: Callable[[], None]) -> None:
        def heard(name: str) -> None:
            if name != self._name:
                told()

        while True:
            try:
                ended = await listen(self._listen_at, CHANNEL, heard)
                told()  # whatever was rung while nobody listened
                await ended
            except StorageError:
                await asyncio.sleep(self._again)
