"""Updates at fixed times, whatever the bot does with them.

A latency counts from the time at which an update was due, not from when a line was free for
it, so a bot that stalls cannot hide how many it kept waiting.
"""

import asyncio
import time
from array import array
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from benchmarks.http.town import Talk, Town
from benchmarks.http.wire import Line

PATIENCE = 120.0  # seconds that what was due may remain open before it counts as lost
AGAIN_AFTER = 0.2  # seconds
_NEVER = float("nan")
Said = tuple[Talk, bytes]


@dataclass(frozen=True, slots=True)
class Phase:
    """So many updates per second for so many seconds."""

    rate: float
    seconds: float


def _floats() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Trace:
    """When each update was due, acknowledged and answered, in seconds from the first.

    lost: acknowledgements and answers that never came. errors: answers other than 200 and
    connections that broke (broken), after which the update was brought again.
    """

    due: "array[float]" = field(default_factory=_floats)
    acked: "array[float]" = field(default_factory=_floats)
    replied: "array[float]" = field(default_factory=_floats)
    errors: int = 0
    broken: int = 0
    lost: int = 0

    def add(self, due: float) -> int:
        """One more update; its place."""
        self.due.append(due)
        self.acked.append(_NEVER)
        self.replied.append(_NEVER)
        return len(self.due) - 1


class Load:
    """The sender of updates. What is not answered with 200 is brought again, as Telegram does."""

    def __init__(self, town: Town) -> None:
        """Citizens of `town` say what is sent."""
        self._town = town
        self._trace = Trace()
        self._begun = 0.0
        self._settled = asyncio.Event()
        self._waiting: deque[float] = deque()
        self._again: deque[Said] = deque()
        self._free: deque[Line] = deque()
        self._said: dict[Line, Said] = {}
        self._opening: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connected(self, heads: Mapping[int, bytes], lines: int) -> AsyncIterator[None]:
        """Keep so many lines open to each port; hang up afterwards. Heads: see `Line`.

        Updates go to the ports by turns, whichever has a line free.
        """
        self._heads = heads
        await asyncio.gather(*(self._open(port) for _ in range(lines) for port in heads))
        yield
        for task in self._opening:
            task.cancel()
        for line in self._free:
            line.close()
        self._free.clear()

    async def run(self, *phases: Phase) -> Trace:
        """All phases without a pause between, then wait for what is still open."""
        self._trace = trace = Trace()
        self._begun = time.perf_counter()
        for due in _times(phases):
            if (early := due - self._now()) > 0:
                await asyncio.sleep(early)
            trace.lost += 2
            self._waiting.append(due)
            self._post()
        if trace.lost:
            self._settled.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), PATIENCE)
        return trace

    def bubble(self, chat: int) -> None:
        """The bot has written into a chat."""
        place = self._town.bubble(chat)
        if place is not None:
            self._trace.replied[place] = self._now()
            self._one_less()

    def _post(self) -> None:
        while self._free and (self._again or self._waiting):
            said = self._again.popleft() if self._again else self._next()
            line = self._free.popleft()
            self._said[line] = said
            line.post(said[1])

    def _next(self) -> Said:
        return self._town.says(self._trace.add(self._waiting.popleft()))

    def _answered(self, line: Line, status: int) -> None:
        said = self._said.pop(line)
        self._free.append(line)
        if status == 200:
            self._trace.acked[said[0].place] = self._now()
            self._one_less()
            self._town.acked(said[0])
        else:
            self._bring_again(said)
        self._post()

    def _lost(self, port: int, line: Line) -> None:
        """The other side hung up: the line is opened anew, what it carried is brought again."""
        if line in self._free:
            self._free.remove(line)
        if said := self._said.pop(line, None):
            self._trace.broken += 1
            self._bring_again(said)
        opening = asyncio.get_running_loop().create_task(self._open(port))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    def _bring_again(self, said: Said) -> None:
        self._trace.errors += 1
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self._again.append, said)
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self._post)

    async def _open(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        make = partial(Line, self._heads[port], self._answered, partial(self._lost, port))
        while True:
            try:
                _, line = await loop.create_connection(make, "127.0.0.1", port)
            except OSError:
                await asyncio.sleep(AGAIN_AFTER)
            else:
                self._free.append(line)
                self._post()
                return

    def _one_less(self) -> None:
        self._trace.lost -= 1
        if not self._trace.lost:
            self._settled.set()

    def _now(self) -> float:
        return time.perf_counter() - self._begun


def _times(phases: Sequence[Phase]) -> Iterator[float]:
    begin = 0.0
    for phase in phases:
        yield from (begin + turn / phase.rate for turn in range(round(phase.rate * phase.seconds)))
        begin += phase.seconds
