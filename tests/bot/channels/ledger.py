"""An intake that keeps what it was given, and fails or waits when told to."""

import asyncio
from dataclasses import dataclass, field

from bot.channels.base import Incoming


@dataclass(slots=True)
class Ledger:
    """`taken` holds what is committed, in order."""

    taken: list[Incoming] = field(default_factory=list)
    _failures: dict[str, list[Exception]] = field(default_factory=dict)
    _grew: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    def fails_on(self, text: str, failure: Exception) -> None:
        """The next time this text comes, it cannot be committed."""
        self._failures.setdefault(text, []).append(failure)

    def stalls(self) -> None:
        """Nothing is committed from now on, and nothing fails."""
        self._open.clear()

    def goes_on(self) -> None:
        """What was held back is committed."""
        self._open.set()

    @property
    def texts(self) -> list[str]:
        """The committed texts."""
        return [incoming.event.text for incoming in self.taken]

    async def put(self, incoming: Incoming) -> None:
        if failures := self._failures.get(incoming.event.text):
            raise failures.pop(0)
        await self._open.wait()
        self.taken.append(incoming)
        self._grew.set()

    async def until_taken(self, number: int) -> list[str]:
        """Wait until so many are committed; their texts."""
        async with asyncio.timeout(5):
            while len(self.taken) < number:
                self._grew.clear()
                await self._grew.wait()
        return self.texts
