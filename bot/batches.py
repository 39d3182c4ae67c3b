"""What waits to be taken: one queue per chat, and the loop that makes batches of them.

A caller's `put` returns when its event is committed, so a channel that awaits it before
acknowledging can lose nothing. While one batch is being committed the next one gathers
by itself: under load batches grow, when it is quiet they are of one.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from bot.channels.base import Incoming
from bot.turn import Turns
from bot.watch import QUIET, Watch

Waiting = tuple[Incoming, "asyncio.Future[bool]"]


class Batches:
    """The intake of every channel. `after` is called after each commit (wakes the notifier)."""

    def __init__(
        self, turns: Turns, after: Callable[[], None], most: int = 256, watch: Watch = QUIET
    ) -> None:
        """`most`: events in one batch at the most."""
        self._turns = turns
        self._after = after
        self._most = most
        self._watch = watch
        self._chats: dict[str, deque[Waiting]] = {}
        self._something = asyncio.Event()

    async def put(self, incoming: Incoming) -> None:
        """Return after `incoming` is committed; raise what kept it from being so."""
        await self.ask(incoming)

    async def ask(self, incoming: Incoming) -> bool:
        """Like `put`; False when it had no effect (a repeat, a page that is used up)."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._chats.setdefault(incoming.chat, deque()).append((incoming, done))
        self._something.set()
        return await done

    async def run(self) -> None:
        """Take batches until cancelled; whoever still waits then is told so."""
        try:
            while True:
                await self._something.wait()
                batch = self._next()
                if not batch:
                    self._something.clear()
                    continue
                await self._take(batch)
        finally:
            self._turn_away()

    def _next(self) -> list[Waiting]:
        """The oldest event of every chat that waits; a chat with more goes to the end."""
        batch = []
        for chat in list(self._chats)[: self._most]:
            waiting = self._chats.pop(chat)
            batch.append(waiting.popleft())
            if waiting:
                self._chats[chat] = waiting
        return batch

    async def _take(self, batch: list[Waiting]) -> None:
        futures = {incoming.key: done for incoming, done in batch}
        began = self._turns.clock.now()
        try:
            taken = await self._turns.take([incoming for incoming, _ in batch])
        except BaseException as error:
            self._watch.turned_away(len(batch))
            for done in futures.values():
                if not done.done():
                    done.set_exception(_told(error))
            if not isinstance(error, Exception):
                raise
            return
        self._after()
        refused = {incoming.key for incoming in taken.refused}
        for incoming in taken.waiting:
            self._put_back(incoming, futures.pop(incoming.key))
        for key, done in futures.items():
            if not done.done():
                done.set_result(key not in refused)
        seconds = self._turns.clock.now() - began
        self._watch.batch(len(futures) - len(refused), len(refused), seconds)

    def _turn_away(self) -> None:
        for waiting in self._chats.values():
            for _, done in waiting:
                if not done.done():
                    done.set_exception(_told(asyncio.CancelledError()))
        self._chats.clear()

    def _put_back(self, incoming: Incoming, done: "asyncio.Future[bool]") -> None:
        self._chats.setdefault(incoming.chat, deque()).appendleft((incoming, done))


def _told(error: BaseException) -> Exception:
    """What a waiting channel is told; a shutdown is a failure to it, not its own cancellation."""
    return error if isinstance(error, Exception) else ConnectionAbortedError("shutting down")
