"""Photos on their way in: fetched, cleaned, kept, and their procedure is told what became of them.

It stands where a sender stands, so a photo is tried again, survives a crash and takes effect once
like any letter. One try is one download. It never keeps a photo as it came, and never drops one
without a word: see `give_up`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, runtime_checkable

from bot.notifier.parcel import Dead, Delivered, Later, Letter, PhotoBody, Verdict
from bot.photos import LIMITS, Limits, Photo, Refused, clean
from flows.model import Event, file
from storage.base import Unavailable

# Downloads at once: each may hold 10 MiB, and must not take all places from codes and bubbles.
AT_ONCE = 4
_BUSY = 1.0  # seconds

Fetched = bytes | Refused | Later | Dead
Keep = Callable[[str, str, int, Photo], Awaitable[None]]
Tell = Callable[[str, str, Event], Awaitable[object]]


class Source(Protocol):
    """Where the files of one chat platform lie."""

    async def fetch(self, file_id: str) -> Fetched:
        """Make one try; never raises for what the platform does."""


@runtime_checkable
class HasFiles(Protocol):
    """The sender of a platform on which people send photos."""

    @property
    def files(self) -> Source:
        """Where those photos lie."""


class PhotoFetcher:
    """Brings in the photos of one chat platform."""

    name = "photo"

    def __init__(
        self, platform: str, source: Source, keep: Keep, tell: Tell, limits: Limits = LIMITS
    ) -> None:
        """Take what to call with the result; the same result may be handed on twice.

        platform: what its chats' names begin with, for example "telegram".
        keep: takes ref, chat, run and photo; a ref again has no effect.
        tell: takes chat, key and event; a key again has no effect.
        """
        self._platform = platform
        self._source = source
        self._keep = keep
        self._tell = tell
        self._limits = limits
        self._places = asyncio.Semaphore(AT_ONCE)
        # One at a time, also when a try is broken off: a large picture takes 150 MB to draw.
        self._darkroom = ThreadPoolExecutor(1, "photo")

    async def send(self, letter: Letter) -> Verdict:
        if not isinstance(letter.body, PhotoBody):
            raise TypeError("only photos are fetched")
        if self._places.locked():
            return Later("busy", after=_BUSY)
        try:
            async with self._places:
                return await self._bring(letter, letter.body)
        except Unavailable:
            return Later("database unavailable")

    async def give_up(self, letter: Letter) -> None:
        """Tell the chat that this photo did not come and will not be tried again."""
        await self._say(letter, Event(file("failed")))

    async def close(self) -> None:
        """Let a photo that is being drawn be finished; nobody waits for it."""
        self._darkroom.shutdown(wait=False, cancel_futures=True)

    async def _bring(self, letter: Letter, body: PhotoBody) -> Verdict:
        match await self._cleaned(body.file_id):
            case Photo() as photo:
                await self._keep(letter.ref, self._chat(letter), body.run, photo)
                await self._say(letter, Event(file("kept"), letter.ref))
            case Refused(word=word):
                await self._say(letter, Event(file(word)))
            case Dead() as dead:
                await self.give_up(letter)
                return dead
            case Later() as later:
                return later
        return Delivered()

    async def _cleaned(self, file_id: str) -> Photo | Refused | Later | Dead:
        fetched = await self._source.fetch(file_id)
        if not isinstance(fetched, bytes):
            return fetched
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._darkroom, clean, fetched, self._limits)

    async def _say(self, letter: Letter, event: Event) -> None:
        # No procedure waits for a photo that was sent to an officer: the console shows it.
        if isinstance(letter.body, PhotoBody) and letter.body.run >= 0:
            await self._tell(self._chat(letter), f"photo:{letter.ref}", event)

    def _chat(self, letter: Letter) -> str:
        return f"{self._platform}:{letter.to}"
