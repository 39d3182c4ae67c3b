"""A crowd for the demo: made-up citizens who write at a human pace, so that the console breathes.

Each says what a visitor of the page could say and through the same door; nothing is written past
the bot. Nobody waits for an answer and nobody uses a code: some ask for a person, some stop.
"""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random

from bot.demo.channel import Said, WebChat
from bot.demo.citizens import Citizen

Pause = Callable[[float], Awaitable[None]]

_WORDS = tomllib.loads((Path(__file__).parent / "crowd.toml").read_text("utf-8"))
STORIES: Sequence[Sequence[str]] = _WORDS["stories"]
THANKS: Sequence[str] = _WORDS["thanks"]
FORGOTTEN: str = _WORDS["forgotten"]  # in place of a number that a citizen has none of
BETWEEN = (3.0, 12.0)  # seconds from one message to the next
REST = (20.0, 90.0)  # seconds until somebody new comes for whoever left
ARRIVAL = 20.0  # seconds within which the first ones come


class Crowd:
    """So many citizens, each one conversation after the other until cancelled."""

    def __init__(
        self,
        chat: WebChat,
        citizens: Sequence[Citizen],
        random: Random,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._chat = chat
        self._citizens = citizens
        self._random = random
        self._pause = pause

    async def walk(self, count: int) -> None:
        """Let them come and write until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._live())

    async def _live(self) -> None:
        await self._pause(self._random.uniform(0, ARRIVAL))
        while True:
            await self.visit()
            await self._pause(self._random.uniform(*REST))

    async def visit(self) -> None:
        """One conversation, from the first word to wherever this citizen leaves it."""
        session = f"crowd-{self._random.getrandbits(48):012x}"
        place = self._random.randrange(len(self._citizens))
        story = (*self._random.choice(STORIES), self._random.choice(THANKS))
        for line in story[: self._random.randint(1, len(story))]:
            text = self._filled(line, self._citizens[place])
            key = f"crowd-{self._random.getrandbits(64):016x}"
            await self._chat.take(Said(session, key, place, text=text))
            await self._pause(self._random.uniform(*BETWEEN))

    @staticmethod
    def _filled(line: str, who: Citizen) -> str:
        papers = {"bhxh_number": who.bhxh_number, "national_id": who.national_id}
        return line.format_map({name: value or FORGOTTEN for name, value in papers.items()})
