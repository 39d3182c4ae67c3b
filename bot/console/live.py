"""What has changed since: one look at the database per process, told to everybody who watches.

It looks only while somebody watches, and remembers nothing that a restart could lose.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar, cast

import structlog

from bot.clock import Clock
from storage.base import StorageError, Store
from storage.inbox import Stir

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

# Chats, each with whether it is only looked at.
Stirred = frozenset[tuple[str, bool]]
# What somebody is told whose page may have missed anything.
ANYTHING: Stirred = frozenset({("", False)})

PERIOD = 0.4  # seconds between two looks
AT_ONCE = 5  # watchers; all at once would have the cores to themselves while citizens write
OVERLAP = 5.0  # seconds; a commit may come later than the time that its rows bear
BEAT = 3.0  # seconds after which a watcher hears of it even if nothing has changed


class Live:
    """Chats that have stirred, numbered by the looks that found them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: frozenset[Stir] = frozenset()
        self._watchers: set[asyncio.Queue[Stirred | None]] = set()
        self._somebody = asyncio.Event()
        self._process = secrets.token_hex(4)
        self._left_at = 0.0  # when nobody was left who watches
        self.number = 0
        self._read: tuple[int, float, dict[object, asyncio.Future[Any]]] = (0, 0.0, {})

    async def run(self) -> None:
        """Look until cancelled; whoever watches then is told that it is over."""
        try:
            while True:
                await self._somebody.wait()
                await self._tell(await self._look(), PERIOD)
        finally:
            self.close()

    def close(self) -> None:
        """Send everybody home."""
        for watcher in self._watchers:
            watcher.put_nowait(None)

    @property
    def place(self) -> str:
        """What a page notes before it reads anything, so that it is told what it then missed."""
        return f"{self._process}.{self.number}"

    async def watch(self, place: str) -> AsyncIterator[Stirred]:
        """The chats that have stirred since the place; an empty set now and then."""
        queue: asyncio.Queue[Stirred | None] = asyncio.Queue()
        if not self._watchers and self._clock.now() - self._left_at > OVERLAP / 2:
            self.number += 1  # nobody looked meanwhile
        if place != self.place:
            queue.put_nowait(ANYTHING)
        self._watchers.add(queue)
        self._somebody.set()
        try:
            while (stirred := await self._next(queue)) is not None:
                yield stirred
        finally:
            self._watchers.discard(queue)
            if not self._watchers:
                self._somebody.clear()
                self._left_at = self._clock.now()

    @staticmethod
    async def _next(queue: "asyncio.Queue[Stirred | None]") -> Stirred | None:
        try:
            first = await asyncio.wait_for(queue.get(), BEAT)
        except TimeoutError:
            return frozenset()
        # A slow watcher gets at once what has gathered.
        while first is not None and not queue.empty():
            more = queue.get_nowait()
            first = None if more is None else first | more
        return first

    async def shared(self, key: object, read: Callable[[], Awaitable[Result]]) -> Result:
        """What `read` finds, read once for all who ask for the same until something stirs.

        Only for what is asked for after a stir was told: it may be a beat old otherwise.
        """
        now, (number, at, known) = self._clock.now(), self._read
        if number != self.number or not 0 <= now - at < BEAT:
            known = {}
            self._read = (self.number, now, known)
        if key not in known:
            known[key] = asyncio.ensure_future(read())
        return await asyncio.shield(cast("asyncio.Future[Result]", known[key]))

    async def _tell(self, new: Stirred, within: float) -> None:
        """Tell them by and by, so that there is no rush."""
        watchers = list(self._watchers) if new else []
        parts = max(-(-len(watchers) // AT_ONCE), 1)
        for part in range(parts):
            for watcher in watchers[part::parts]:
                watcher.put_nowait(new)
            await asyncio.sleep(within / parts)

    async def _look(self) -> Stirred:
        since = self._clock.now() - OVERLAP
        try:
            rows = await self._store.stirred(since)
        except StorageError:
            log.warning("the console cannot see what has changed")
            return frozenset()
        found = frozenset(rows)
        new = frozenset((row.chat, row.looked) for row in found - self._known)
        self._known = found
        self.number += bool(new)
        return new
