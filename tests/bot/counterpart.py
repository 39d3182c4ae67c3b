"""What stands at the other end of a sender: it takes, refuses, fails or waits as it is told."""

import asyncio
from collections import deque
from typing import Self

from bot.notifier.parcel import Delivered, Letter, Verdict


class Counterpart:
    """A gateway, mail server or platform that keeps what it is sent and answers by script."""

    def __init__(self, name: str) -> None:
        """Take everything until told otherwise."""
        self.name = name
        self.tried: list[Letter] = []
        self.letters: list[Letter] = []
        self._script: deque[Verdict | Exception] = deque()
        self._open = asyncio.Event()
        self._open.set()
        self._reached = asyncio.Condition()

    def answers(self, verdict: Verdict | Exception, *, times: int = 1) -> Self:
        """Say this next; an exception is raised."""
        self._script.extend([verdict] * times)
        return self

    then = answers

    def holds(self) -> None:
        """Keep everyone waiting."""
        self._open.clear()

    def lets_go(self) -> None:
        """Answer those who wait, and at once from now on."""
        self._open.set()

    async def send(self, letter: Letter) -> Verdict:
        """One try."""
        self.tried.append(letter)
        async with self._reached:
            self._reached.notify_all()
        await self._open.wait()
        verdict = self._script.popleft() if self._script else Delivered()
        if isinstance(verdict, Exception):
            raise verdict
        if isinstance(verdict, Delivered):
            self.letters.append(letter)
        return verdict

    async def is_reached(self, times: int = 1) -> None:
        """Return when so many tries have been begun in all."""
        async with asyncio.timeout(5), self._reached:
            await self._reached.wait_for(lambda: len(self.tried) >= times)

    async def close(self) -> None:
        """There is no connection."""
